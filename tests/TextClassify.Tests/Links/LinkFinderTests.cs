using CsCheck;
using Moderation.TextClassify.Links;
using Xunit;

namespace Moderation.TextClassify.Tests.Links;

public sealed class LinkFinderTests
{
    [Fact]
    public void Find_link_saysWhereItStands()
    {
        var link = Assert.Single(LinkFinder.Find("😀 at https://www.a.example/b"));
        Assert.Contains("a.example", link.Keys);
        Assert.Contains("www.a.example/b", link.Keys);
        Assert.Equal((13, 26), (link.Start, link.End));
    }

    [Theory]
    [InlineData("no links here")]
    [InlineData("e.g. 3.14 and i.e. this")]
    [InlineData("...")]
    [InlineData("dot dot dot")]
    public void Find_noHost_findsNone(string text) => Assert.DoesNotContain(LinkFinder.Find(text), l => l.Keys.Any(k => k.Contains("example", StringComparison.Ordinal)));

    [Fact]
    public void Find_anyText_staysInBounds() => Gen.String[Gen.Char["ab.。 [](dot)/:xn-éа了@%\ud83d\ude00\u200b"], 0, 80].Sample(text =>
    {
        var length = text.EnumerateRunes().Count();
        foreach (var link in LinkFinder.Find(text)) Assert.True(link.Start >= 0 && link.Start < link.End && link.End <= length && link.Keys.Count > 0);
    }, iter: 20_000);

    [Fact]
    public void Find_longChainOfLabels_isLinear()
    {
        var links = LinkFinder.Find(string.Concat(Enumerable.Repeat("a. ", 50_000)));
        Assert.True(links.Sum(l => l.Keys.Count) < 50_000 * 20);
    }
}
