using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Hashing;
using Moderation.MediaHash.Video;
using Xunit;

namespace Moderation.MediaHash.Tests.Banks;

public sealed class BankCatalogueTests
{
    private static readonly PdqHash Hash = PdqHash.Parse("d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22");
    private static readonly string Sha256 = new('a', 64);
    private static readonly string Md5 = new('b', 32);
    private static readonly string Sha1 = new('c', 40);

    [Fact]
    public void Match_pdq_within_31_bits_gives_the_entry_with_its_distance()
    {
        var catalogue = With(Entry("e1", HashKind.Pdq, Hash.ToString()));
        var match = Assert.Single(Match(catalogue, Hash with { W0 = Hash.W0 ^ 0x7FFF_FFFF }, 100));
        Assert.Equal(("e1", 31, 100), (match.Entry.Key.EntryId, match.Distance, match.Quality));
        Assert.Empty(Match(catalogue, Hash with { W0 = Hash.W0 ^ 0xFFFF_FFFF }, 100));
    }

    [Fact]
    public void Match_turned_picture_says_how_it_was_turned_and_each_entry_comes_once_by_its_nearest_form()
    {
        var (turned, far) = (Hash with { W0 = ~Hash.W0 }, Hash with { W1 = ~Hash.W1 });
        var catalogue = With(Entry("as-is", HashKind.Pdq, far.ToString()), Entry("turned", HashKind.Pdq, turned.ToString()));
        var matches = new List<BankMatch>();
        var media = new MediaFingerprints("m", new MediaHash.Hashing.ExactDigests("", "", ""), new PdqFingerprint(far, 100), [])
        {
            // The second form is nearer than the first, and none is as near to "as-is" as the picture itself.
            Forms = [turned with { W3 = turned.W3 ^ 7 }, turned with { W3 = turned.W3 ^ 1 }, far with { W3 = far.W3 ^ 1 }],
        };
        catalogue.Match(media, matches);
        Assert.Equal(
            [("as-is", PictureForm.AsIs, 0), ("turned", PictureForm.Rotated180, 1)],
            matches.Select(match => (match.Entry.Key.EntryId, match.Form, match.Distance)).OrderBy(match => match.EntryId, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(49, 0)]
    [InlineData(50, 1)]
    public void Match_pdq_of_quality_49_or_less_is_not_used(int quality, int expected) =>
        Assert.Equal(expected, Match(With(Entry("e1", HashKind.Pdq, Hash.ToString())), Hash, quality).Count);

    [Fact]
    public void Match_exact_hashes_match_whatever_the_quality()
    {
        var catalogue = With(Entry("sha", HashKind.Sha256, Sha256), Entry("md5", HashKind.Md5, Md5), Entry("same", HashKind.Md5, Md5));
        var matches = Match(catalogue, default, 0);
        Assert.Equal(["md5", "same", "sha"], matches.Select(match => match.Entry.Key.EntryId).Order(StringComparer.Ordinal));
        Assert.All(matches, match => Assert.Equal((0, 100), (match.Distance, match.Quality)));
    }

    [Fact]
    public void Match_a_pdq_value_is_not_taken_for_a_sha256() =>
        Assert.Empty(Match(With(Entry("e1", HashKind.Pdq, Sha256)), default, 100));

    [Theory]
    [InlineData(HashKind.Pdq)]
    [InlineData(HashKind.Sha256)]
    [InlineData(HashKind.Md5)]
    public void Apply_removal_stops_matching_and_only_that_entry(HashKind kind)
    {
        var value = kind switch { HashKind.Pdq => Hash.ToString(), HashKind.Sha256 => Sha256, _ => Md5 };
        var catalogue = With(Entry("gone", kind, value), Entry("stays", kind, value));
        catalogue.Apply([new BankChange(new BankEntryKey("bank", "gone"), null, 1)]);
        Assert.Equal("stays", Assert.Single(Match(catalogue, Hash, 100)).Entry.Key.EntryId);
        Assert.Null(catalogue.Find(new BankEntryKey("bank", "gone")));
        Assert.Equal(1, catalogue.Count);
    }

    [Theory]
    [InlineData(HashKind.Pdq)]
    [InlineData(HashKind.Md5)]
    public void Apply_adding_and_removing_in_one_batch_leaves_nothing(HashKind kind)
    {
        var catalogue = new BankCatalogue();
        var entry = Entry("e1", kind, kind == HashKind.Pdq ? Hash.ToString() : Md5);
        catalogue.Apply([new BankChange(entry.Key, entry, 1), new BankChange(entry.Key, null, 1)]);
        Assert.Empty(Match(catalogue, Hash, 100));
        catalogue.Apply([new BankChange(entry.Key, entry, 2), new BankChange(entry.Key, null, 2), new BankChange(entry.Key, entry, 3)]);
        Assert.Single(Match(catalogue, Hash, 100));
    }

    [Fact]
    public void Apply_late_news_of_an_earlier_life_leave_the_later_one()
    {
        var catalogue = new BankCatalogue();
        var entry = Entry("e1", HashKind.Pdq, Hash.ToString());
        catalogue.Apply([new BankChange(entry.Key, entry, 1), new BankChange(entry.Key, entry, 2), new BankChange(entry.Key, entry, 1), new BankChange(entry.Key, null, 1)]);
        Assert.Single(Match(catalogue, Hash, 100));
    }

    [Fact]
    public void Apply_repeated_changes_nothing()
    {
        var entry = Entry("e1", HashKind.Pdq, Hash.ToString());
        var catalogue = With(entry);
        catalogue.Apply([new BankChange(entry.Key, entry, 1), new BankChange(entry.Key, entry, 1)]);
        Assert.Single(Match(catalogue, Hash, 100));
        Assert.Equal(1, catalogue.Count);
    }

    [Fact]
    public void Replace_drops_what_is_not_named()
    {
        var (old, kept) = (Entry("old", HashKind.Pdq, Hash.ToString()), Entry("kept", HashKind.Md5, Md5));
        var added = Entry("new", HashKind.Pdq, Hash.ToString());
        var catalogue = With(old, kept);
        catalogue.Replace([new BankChange(kept.Key, kept, 1), new BankChange(added.Key, added, 5)]);
        Assert.Equal(["kept", "new"], Match(catalogue, Hash, 100).Select(match => match.Entry.Key.EntryId).Order(StringComparer.Ordinal));
        Assert.Equal(2, catalogue.Count);
    }

    [Fact]
    public void Match_video_counts_frames_of_both_sides_and_says_when_they_are_shown()
    {
        var random = new Random(8);
        var scenes = Index.Hashes.Centres(random, 5);
        var known = string.Join(',', scenes.Take(4));
        var catalogue = With(Entry("video", HashKind.Vpdq, known), Entry("picture", HashKind.Pdq, scenes[0].ToString()));
        var match = Assert.Single(MatchVideo(catalogue, scenes[0], scenes[1], Index.Hashes.Flip(scenes[2], random, 9), scenes[0], scenes[4]));
        Assert.Equal("video", match.Entry.Key.EntryId);
        Assert.Equal((0, 90), (match.Distance, match.Quality));
        Assert.Equal(new VpdqScore(80, 75), match.Video!.Score); // a video's match has its score
        Assert.Equal([0, 1, 2, 3], match.Video.FrameTimes.Select(time => time.TotalSeconds));

        // A frame less, and the share of the query falls under vPDQ's 80 per cent.
        Assert.Empty(MatchVideo(catalogue, scenes[0], scenes[1], scenes[2], scenes[4]));
        catalogue.Apply([new BankChange(new BankEntryKey("bank", "video"), null, 1)]);
        Assert.Empty(MatchVideo(catalogue, scenes[0]));
    }

    [Fact]
    public void List_pages_through_a_bank_in_order()
    {
        var catalogue = With([.. "dbace".Select(c => Entry(c.ToString(), HashKind.Md5, Md5))]);
        Assert.Equal(["a", "b"], catalogue.List("bank", "", 2).Select(entry => entry.Key.EntryId));
        Assert.Equal(["c", "d", "e"], catalogue.List("bank", "b", 9).Select(entry => entry.Key.EntryId));
        Assert.Empty(catalogue.List("other", "", 9));
    }

    private static BankCatalogue With(params BankEntry[] entries)
    {
        var catalogue = new BankCatalogue();
        catalogue.Apply([.. entries.Select(entry => new BankChange(entry.Key, entry, 1))]);
        return catalogue;
    }

    private static List<BankMatch> Match(BankCatalogue catalogue, PdqHash hash, int quality)
    {
        var matches = new List<BankMatch>();
        catalogue.Match(new MediaFingerprints("m_1", new ExactDigests(Sha256, Sha1, Md5), new PdqFingerprint(hash, quality), []), matches);
        return matches;
    }

    private static List<BankMatch> MatchVideo(BankCatalogue catalogue, params PdqHash[] frames)
    {
        var matches = new List<BankMatch>();
        VideoFrame[] video = [.. frames.Select((hash, second) => new VideoFrame(TimeSpan.FromSeconds(second), new PdqFingerprint(hash, 90)))];
        catalogue.Match(new MediaFingerprints("m_2", new ExactDigests(Md5, Md5, Md5), default, video), matches);
        return [.. MatchFilter.Apply(matches, "tenant", DateTimeOffset.UnixEpoch).Matches];
    }

    private static BankEntry Entry(string id, HashKind kind, string value) => new(
        new BankEntryKey("bank", id), HarmCategory.ViolentExtremism, kind, value, "test", "", "tester", DateTimeOffset.UnixEpoch);
}
