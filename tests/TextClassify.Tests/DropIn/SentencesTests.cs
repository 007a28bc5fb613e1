using CsCheck;
using Moderation.TextClassify.DropIn;
using Xunit;

namespace Moderation.TextClassify.Tests.DropIn;

public sealed class SentencesTests
{
    private static string[] Cut(string text) => [.. Sentences.Of(text).Select(s => text[s.Start..s.End])];

    [Theory]
    [InlineData("One. Two! Three? ", new[] { "One.", "Two!", "Three?" })]
    [InlineData("Version 1.2 of a.example is out... Really?!", new[] { "Version 1.2 of a.example is out...", "Really?!" })]
    [InlineData("He said \"go.\" She went.", new[] { "He said \"go.\"", "She went." })]
    [InlineData("第一句。第二句！第三", new[] { "第一句。", "第二句！", "第三" })]
    [InlineData("a line\nanother", new[] { "a line", "another" })]
    [InlineData("no end", new[] { "no end" })]
    [InlineData("  \n ", new string[0])]
    public void Of_cutsAtSentences(string text, string[] expected) => Assert.Equal(expected, Cut(text));

    [Fact]
    public void Of_endlessText_hasABoundedNumber()
    {
        var cut = Sentences.Of(string.Concat(Enumerable.Repeat("a. ", 1000)));
        Assert.Equal(Sentences.Most, cut.Count);
        Assert.Equal(2999, cut[^1].End);
    }

    [Fact]
    public void Of_anyText_coversAllButBlanksInOrder() => Gen.String[Gen.Char["ab .!?。\n\"'é"], 0, 60].Sample(text =>
    {
        var at = 0;
        foreach (var (start, end) in Sentences.Of(text))
        {
            Assert.True(start >= at && end > start && end <= text.Length);
            Assert.True(string.IsNullOrWhiteSpace(text[at..start]));
            at = end;
        }
        Assert.True(string.IsNullOrWhiteSpace(text[at..]));
    });
}
