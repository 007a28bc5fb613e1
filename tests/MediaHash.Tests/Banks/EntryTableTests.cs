using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Banks.Compact;
using Moderation.MediaHash.Hashing;
using Xunit;

namespace Moderation.MediaHash.Tests.Banks;

/// <summary>The compact records under churn, beside a plain dictionary.</summary>
public sealed class EntryTableTests
{
    [Fact]
    public void Apply_thousands_of_changes_agree_with_a_dictionary_and_memory_does_not_grow()
    {
        var pool = SnapshotFormatTests.Entries(6000);
        var catalogue = new BankCatalogue();
        var expected = new Dictionary<BankEntryKey, (BankEntry Entry, long Incarnation)>();
        var random = new Random(11);
        var incarnation = 0L;
        var largest = 0L;
        for (var round = 0; round < 120; round++)
        {
            var changes = new List<BankChange>();
            for (var i = 0; i < 1000; i++)
            {
                var entry = pool[random.Next(pool.Count)];
                if (expected.Remove(entry.Key, out var there) && random.Next(3) > 0)
                {
                    changes.Add(new BankChange(entry.Key, null, there.Incarnation));
                    continue;
                }
                entry = entry with { Note = "note " + round };
                expected[entry.Key] = (entry, ++incarnation);
                changes.Add(new BankChange(entry.Key, entry, incarnation));
            }
            catalogue.Apply(changes);
            if (round == 40)
                largest = catalogue.EntryBytes;
        }
        Assert.Equal(expected.Count, catalogue.Count);
        Assert.All(pool, entry => Assert.Equal(expected.TryGetValue(entry.Key, out var there) ? there.Entry : null, catalogue.Find(entry.Key)));
        // 120 rounds write far more than what lives; half of a page may be dead, and the tail is not full.
        Assert.InRange(catalogue.EntryBytes, 1, largest + (2 << 20));
        var listed = catalogue.List("bank-1", "", 100_000).Select(entry => entry.Key.EntryId);
        Assert.Equal(expected.Keys.Where(key => key.BankId == "bank-1").Select(key => key.EntryId).Order(StringComparer.Ordinal), listed);
    }

    [Fact]
    public async Task Match_finds_what_stays_while_pages_are_emptied()
    {
        var staying = SnapshotFormatTests.Entries(300).Where(entry => entry.Kind == HashKind.Pdq && entry.Value != new string('0', 64)).ToList();
        var passing = SnapshotFormatTests.Entries(20_000, from: 50_000);
        var catalogue = SnapshotFormatTests.With(passing.Take(10_000).Concat(staying).Concat(passing.Skip(10_000)));
        using var done = new CancellationTokenSource();
        var reading = Task.Run(() =>
        {
            var looked = 0;
            for (var i = 0; !done.IsCancellationRequested || looked < staying.Count; i++, looked++)
            {
                var entry = staying[i % staying.Count];
                var found = new List<BankMatch>();
                catalogue.Match(new MediaFingerprints("m", new ExactDigests("", "", ""), new PdqFingerprint(PdqHash.Parse(entry.Value), 100), []), found);
                Assert.Contains(entry, found.Select(match => match.Entry));
            }
            return looked;
        });
        var incarnation = 1L;
        for (var round = 0; round < 4; round++)
        {
            foreach (var some in passing.Chunk(2000))
                catalogue.Apply([.. some.Select(entry => new BankChange(entry.Key, null, incarnation))]);
            incarnation++;
            catalogue.Apply([.. passing.Select(entry => new BankChange(entry.Key, entry, incarnation))]);
            catalogue.Compact();
        }
        await done.CancelAsync();
        Assert.True(await reading >= staying.Count);
        Assert.Equal(staying.Count + passing.Count, catalogue.Count);
    }

    [Theory]
    [InlineData("zz")]
    [InlineData("ABCDEF")]
    [InlineData("abc")]
    [InlineData("")]
    public void Records_keep_values_that_are_no_lower_case_hexadecimal(string value)
    {
        var words = new WordTable();
        var entry = SnapshotFormatTests.Entries(2)[0] with { Kind = HashKind.Md5, Value = value };
        var record = new EntryRecord(new RecordWriter(words).Write(entry, 7), words);
        Assert.Equal((entry, 7L), (record.ToEntry(), record.Incarnation));
    }

    [Fact]
    public void Words_beyond_the_shared_ones_stand_in_the_records()
    {
        var words = new WordTable();
        var writer = new RecordWriter(words);
        var entries = SnapshotFormatTests.Entries(WordTable.Capacity * 3);
        foreach (var entry in entries)
        {
            var record = new EntryRecord(writer.Write(entry, 1), words);
            Assert.Equal(entry, record.ToEntry());
            Assert.True(record.Is(entry.Key));
            Assert.Equal(EntryRecord.HashOf(entry.Key), record.KeyHash);
        }
        Assert.Equal(WordTable.Capacity, words.Count);
    }
}
