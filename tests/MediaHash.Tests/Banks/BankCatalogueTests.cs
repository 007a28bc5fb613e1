using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Hashing;
using Xunit;

namespace Moderation.MediaHash.Tests.Banks;

public sealed class BankCatalogueTests
{
    private static readonly PdqHash Hash = PdqHash.Parse("d8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22");
    private static readonly string Sha256 = new('a', 64);
    private static readonly string Md5 = new('b', 32);

    [Fact]
    public void Match_pdq_within_31_bits_gives_the_entry_with_its_distance()
    {
        var catalogue = With(Entry("e1", HashKind.Pdq, Hash.ToString()));
        var match = Assert.Single(Match(catalogue, Hash with { W0 = Hash.W0 ^ 0x7FFF_FFFF }, 100));
        Assert.Equal(("e1", 31, 100), (match.Entry.Key.EntryId, match.Distance, match.Quality));
        Assert.Empty(Match(catalogue, Hash with { W0 = Hash.W0 ^ 0xFFFF_FFFF }, 100));
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
        catalogue.Apply([new BankChange(new BankEntryKey("bank", "gone"), null)]);
        Assert.Equal("stays", Assert.Single(Match(catalogue, Hash, 100)).Entry.Key.EntryId);
        Assert.Null(catalogue.Find(new BankEntryKey("bank", "gone")));
        Assert.Equal(1, catalogue.Count);
    }

    [Fact]
    public void Apply_several_changes_of_one_identity_keeps_the_last()
    {
        var catalogue = new BankCatalogue();
        var key = new BankEntryKey("bank", "e1");
        catalogue.Apply([new BankChange(key, Entry("e1", HashKind.Md5, Md5)), new BankChange(key, null)]);
        Assert.Empty(Match(catalogue, Hash, 100));
        catalogue.Apply([new BankChange(key, null), new BankChange(key, Entry("e1", HashKind.Pdq, Hash.ToString()))]);
        Assert.Single(Match(catalogue, Hash, 100));
    }

    private static BankCatalogue With(params BankEntry[] entries)
    {
        var catalogue = new BankCatalogue();
        catalogue.Apply([.. entries.Select(entry => new BankChange(entry.Key, entry))]);
        return catalogue;
    }

    private static List<BankMatch> Match(BankCatalogue catalogue, PdqHash hash, int quality)
    {
        var matches = new List<BankMatch>();
        catalogue.Match(new MediaFingerprints("m_1", Sha256, Md5, new PdqFingerprint(hash, quality)), matches);
        return matches;
    }

    private static BankEntry Entry(string id, HashKind kind, string value) => new(
        new BankEntryKey("bank", id), HarmCategory.ViolentExtremism, kind, value, "test", "", "tester", DateTimeOffset.UnixEpoch);
}
