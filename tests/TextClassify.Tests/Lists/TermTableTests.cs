using CsCheck;
using Moderation.TextClassify.Lists;
using Xunit;

namespace Moderation.TextClassify.Tests.Lists;

public sealed class TermTableTests
{
    private static List<(int, string)> Scan(string text, params string[] terms)
    {
        var found = new List<(int, string)>();
        var table = new TermTable([.. terms.Distinct().Order(StringComparer.Ordinal)]);
        for (var start = 0; start < text.Length; start++) table.FindAt(text, start, (at, term) => found.Add((at, term)));
        return found;
    }

    [Fact]
    public void FindAt_overlappingTerms_findsAllOfThem() =>
        Assert.Equal([(1, "she"), (2, "he"), (2, "hers")], Scan("ushers", "he", "she", "his", "hers"));

    [Fact]
    public void FindAt_noTerms_findsNothing() => Assert.Empty(Scan("anything"));

    [Fact]
    public void FindAt_longTermsOfOneHead_areToldApart() =>
        Assert.Equal(
            [(1, "https"), (1, "https://a.example/b")],
            Scan("(https://a.example/bcd", "https", "https://a.example/b", "https://a.example/c", "https://a.example/bce", "https://b.example"));

    [Fact]
    public void FindAt_anyTermsAndText_findsWhatSearchingEachFinds() =>
        Gen.Select(Gen.String[Gen.Char["abc"], 1, 9].Array[0, 40], Gen.String[Gen.Char["abcd"], 0, 60]).Sample(
            (terms, text) =>
            {
                var expected = new List<(int, string)>();
                foreach (var term in terms.Distinct())
                    for (var at = text.IndexOf(term, StringComparison.Ordinal); at >= 0; at = text.IndexOf(term, at + 1, StringComparison.Ordinal)) expected.Add((at, term));
                Assert.Equal(expected.Order(), Scan(text, terms).Order());
            },
            iter: 20_000);

    [Fact]
    public void FindAt_anyUnits_findsWhatSearchingEachFinds() =>
        Gen.Select(Gen.String[1, 7].Array[1, 12], Gen.String[0, 12]).Sample((terms, padding) =>
        {
            var text = padding + string.Join(padding, terms);
            var expected = terms.Distinct().SelectMany(t => Enumerable.Range(0, text.Length).Where(i => text.AsSpan(i).StartsWith(t)).Select(i => (i, t)));
            Assert.Equal(expected.OrderBy(e => e.i).ThenBy(e => e.t, StringComparer.Ordinal), Scan(text, terms).OrderBy(e => e.Item1).ThenBy(e => e.Item2, StringComparer.Ordinal));
        });
}
