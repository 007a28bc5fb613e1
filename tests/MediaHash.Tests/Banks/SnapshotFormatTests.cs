using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Banks.Compact;
using Moderation.MediaHash.Hashing;
using Moderation.MediaHash.Tests.Index;
using Xunit;

namespace Moderation.MediaHash.Tests.Banks;

public sealed class SnapshotFormatTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3000)]
    [InlineData(30_000)]
    public void Write_then_read_gives_every_entry_and_matches_alike(int count)
    {
        var entries = Entries(count);
        var catalogue = With(entries);
        var restored = Read(Write(catalogue, "store", 77));
        Assert.Equal(count, restored.Count);
        Assert.All(entries, entry => Assert.Equal(entry, restored.Find(entry.Key)));
        foreach (var entry in entries.Where((_, i) => i % 97 == 0))
            Assert.Equal(Matches(catalogue, entry), Matches(restored, entry));
    }

    [Fact]
    public void Read_goes_on_as_the_catalogue_that_was_written_would()
    {
        var entries = Entries(2000);
        var restored = Read(Write(With(entries), "store", 1));
        var random = new Random(3);
        foreach (var entry in entries.OrderBy(_ => random.Next()).Take(1500).ToList())
        {
            // Of an earlier life nothing is heard any more; of this one, the removal is.
            restored.Apply([new BankChange(entry.Key, entry with { Note = "late" }, 1)]);
            restored.Apply([new BankChange(entry.Key, null, 1)]);
            Assert.Null(restored.Find(entry.Key));
            Assert.DoesNotContain(entry.Key.EntryId, Matches(restored, entry).Select(match => match.EntryId));
        }
        Assert.Equal(500, restored.Count);
    }

    [Fact]
    public void Read_damaged_at_any_byte_is_refused_and_changes_nothing()
    {
        var whole = Write(With(Entries(40)), "store", 5);
        var before = With(Entries(2));
        for (var at = 0; at < whole.Length; at++)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= (byte)(1 << (at % 8));
            Assert.Throws<SnapshotException>(() => ReadInto(before, damaged));
        }
        Assert.Equal(2, before.Count);
    }

    [Fact]
    public void Read_cut_off_or_longer_is_refused()
    {
        var whole = Write(With(Entries(40)), "store", 5);
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<SnapshotException>(() => Read(whole[..length]));
        Assert.Throws<SnapshotException>(() => Read([.. whole, 0]));
        Assert.Equal(40, Read(whole).Count);
    }

    [Fact]
    public void Read_blocks_in_another_order_is_refused()
    {
        // Two pages of the same length, changed for each other: each has its own right sum, but not at that place.
        var whole = Write(With(Entries(30_000)), "store", 5);
        var (first, second) = (BlockAt(whole, 2), BlockAt(whole, 3));
        byte[] swapped = [.. whole[..first.Start], .. whole[second.Start..second.End], .. whole[first.Start..first.End], .. whole[second.End..]];
        Assert.Equal(whole.Length, swapped.Length);
        Assert.Throws<SnapshotException>(() => Read(swapped));
    }

    [Fact]
    public void Open_other_format_says_which()
    {
        var other = Write(With(Entries(1)), "store", 5);
        other[SnapshotFormat.MagicLength]++;
        var wrong = Assert.Throws<SnapshotException>(() => SnapshotFormat.Open(new MemoryStream(other)));
        Assert.Contains($"format {SnapshotFormat.Version + 1}", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_tells_what_the_writer_was_told()
    {
        var header = SnapshotFormat.Open(new MemoryStream(Write(With(Entries(12)), "store-1", 42))).Header;
        Assert.Equal(("store-1", 42L, 9UL, 12), (header.StoreId, header.Version, header.Anchor, header.Count));
    }

    [Fact]
    public void Capture_stays_as_it_was_whatever_changes_afterwards()
    {
        var entries = Entries(20_000);
        var catalogue = With(entries);
        var (_, moment) = catalogue.Capture();
        // Enough is removed for pages to be emptied and dropped.
        catalogue.Apply([.. entries.Where((_, i) => i % 4 != 0).Select(entry => new BankChange(entry.Key, null, 1))]);
        catalogue.Apply([.. Entries(100, from: 1_000_000).Select(entry => new BankChange(entry.Key, entry, 2))]);
        catalogue.Compact();
        var file = new MemoryStream();
        SnapshotFormat.Write(file, new SnapshotHeader("s", 1, 0, moment.Count, moment.Pictures), moment);
        var restored = Read(file.ToArray());
        Assert.Equal(20_000, restored.Count);
        Assert.All(entries.Where((_, i) => i % 50 == 0), entry => Assert.Equal(entry, restored.Find(entry.Key)));
    }

    private static (int Start, int End) BlockAt(byte[] file, int number)
    {
        var at = SnapshotFormat.MagicLength + 4;
        for (var i = 0; ; i++)
        {
            var end = at + 5 + BitConverter.ToInt32(file, at) + 8;
            if (i == number)
                return (at, end);
            at = end;
        }
    }

    private static byte[] Write(BankCatalogue catalogue, string store, long version)
    {
        var (_, moment) = catalogue.Capture();
        var file = new MemoryStream();
        SnapshotFormat.Write(file, new SnapshotHeader(store, version, 9, moment.Count, moment.Pictures), moment);
        return file.ToArray();
    }

    private static BankCatalogue Read(byte[] file)
    {
        var catalogue = new BankCatalogue();
        ReadInto(catalogue, file);
        return catalogue;
    }

    private static void ReadInto(BankCatalogue catalogue, byte[] file) => catalogue.Restore(SnapshotFormat.Open(new MemoryStream(file)));

    internal static BankCatalogue With(IEnumerable<BankEntry> entries)
    {
        var catalogue = new BankCatalogue();
        catalogue.Apply([.. entries.Select(entry => new BankChange(entry.Key, entry, 1))]);
        return catalogue;
    }

    private static List<(string EntryId, int Distance)> Matches(BankCatalogue catalogue, BankEntry like)
    {
        var found = new List<BankMatch>();
        var digests = new ExactDigests(Of(HashKind.Sha256, 64), Of(HashKind.Sha1, 40), Of(HashKind.Md5, 32));
        catalogue.Match(new MediaFingerprints("m", digests, new PdqFingerprint(like.Kind == HashKind.Pdq ? PdqHash.Parse(like.Value) : default, 100), []), found);
        return [.. found.Select(match => (match.Entry.Key.EntryId, match.Distance)).Order()];

        string Of(HashKind kind, int digits) => like.Kind == kind ? like.Value : new string('0', digits);
    }

    /// <summary>Entries of all kinds and terms, some of the same value.</summary>
    internal static List<BankEntry> Entries(int count, int from = 0)
    {
        var random = new Random(count + from);
        var hashes = Hashes.Centres(random, Math.Max(1, count));
        return [.. Enumerable.Range(0, count).Select(i => Entry(random, hashes[i % 7 == 6 ? i - 1 : i], from + i))];
    }

    private static BankEntry Entry(Random random, PdqHash hash, int i)
    {
        var kind = (i % 5) switch { 0 => HashKind.Sha256, 1 => HashKind.Md5, _ => HashKind.Pdq };
        kind = i % 31 == 30 ? HashKind.Vpdq : i % 37 == 36 ? HashKind.Sha1 : kind;
        var value = hash.ToString();
        value = kind switch { HashKind.Md5 => value[..32], HashKind.Sha1 => value[..40], HashKind.Vpdq => $"{value},{value}", _ => value };
        var isUsual = random.Next(3) > 0;
        return new BankEntry(
            new BankEntryKey("bank-" + (i % 3), "entry:" + i), HarmCategory.Hate, kind, value, i % 2 == 0 ? "a list" : "source " + i, isUsual ? "" : "ein Vermerk, größer",
            "person", new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(i))
        {
            Severity = (EntrySeverity)(i % 5),
            Labels = isUsual ? [] : ["label", "l-" + i],
            Terms = isUsual
                ? EntryTerms.Default with { State = i % 11 == 0 ? EntryState.Quarantined : EntryState.Active }
                : new EntryTerms
                {
                    State = EntryState.Disabled,
                    DisableEndTime = DateTimeOffset.UnixEpoch.AddDays(i),
                    MatchRadius = i % 32,
                    TrafficShare = 0.25,
                    IsNegative = i % 2 == 0,
                    TenantIds = ["tenant-" + i],
                    MinQueryPercent = 70,
                    MinReferencePercent = 10,
                    ReviewTime = i % 2 == 0 ? null : DateTimeOffset.UnixEpoch.AddHours(i),
                },
        };
    }
}
