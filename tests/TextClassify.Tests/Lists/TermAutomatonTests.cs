using CsCheck;
using Moderation.TextClassify.Lists;
using Xunit;

namespace Moderation.TextClassify.Tests.Lists;

public sealed class TermAutomatonTests
{
    private static List<(int, int)> Scan(string text, params string[] terms)
    {
        var found = new List<(int, int)>();
        new TermAutomaton([.. terms.Distinct().Order(StringComparer.Ordinal)]).Scan(text, (start, length) => found.Add((start, length)));
        return found;
    }

    [Fact]
    public void Scan_overlappingTerms_findsAllOfThem() =>
        Assert.Equal([(1, 3), (2, 2), (2, 4)], Scan("ushers", "he", "she", "his", "hers").Order());

    [Fact]
    public void Scan_noTerms_findsNothing() => Assert.Empty(Scan("anything"));

    [Fact]
    public void Scan_anyTermsAndText_findsWhatSearchingEachFinds() =>
        Gen.Select(Gen.String[Gen.Char["abc"], 1, 5].Array[0, 12], Gen.String[Gen.Char["abcd"], 0, 40]).Sample((terms, text) =>
        {
            var expected = new List<(int, int)>();
            foreach (var term in terms.Distinct())
                for (var at = text.IndexOf(term, StringComparison.Ordinal); at >= 0; at = text.IndexOf(term, at + 1, StringComparison.Ordinal)) expected.Add((at, term.Length));
            Assert.Equal(expected.Order(), Scan(text, terms).Order());
        });
}
