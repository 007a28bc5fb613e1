using Moderation.Testing;
using Moderation.TextClassify.Language;
using Moderation.TextClassify.Normalize;
using Xunit;

namespace Moderation.TextClassify.Tests.Language;

public sealed class LanguageIdentifierTests
{
    [Theory]
    [InlineData("This is what they said about the weather", "", "en", true)]
    [InlineData("Das ist nicht mein Auto und ich weiß es", "", "de", true)]
    [InlineData("Je ne sais pas ce que tu veux dire", "", "fr", true)]
    [InlineData("Eu não sei o que você está fazendo aqui", "", "pt", true)]
    [InlineData("No sé lo que quiere hacer con esta casa", "", "es", true)]
    [InlineData("Non so che cosa vuoi fare con questa casa", "", "it", false)]
    [InlineData("Ik weet niet wat je met dit huis wilt doen", "", "nl", false)]
    [InlineData("Nie wiem, co chcesz zrobić z tym domem", "", "pl", false)]
    [InlineData("今日は天気がいいですね", "", "ja", false)]
    [InlineData("मौसम आज अच्छा है", "", "hi", false)]
    [InlineData("Сегодня хорошая погода", "", "ru", false)]
    [InlineData("این یک متن فارسی است که می‌گوید", "", "fa", false)]
    [InlineData("今天天气很好", "", "zh", true)]
    [InlineData("오늘 날씨가 좋네요", "", "ko", true)]
    [InlineData("الجو جميل اليوم", "", "ar", true)]
    [InlineData("Casa", "it", "it", false)]
    [InlineData("Casa", "es", "es", true)]
    [InlineData("Casa", "", "und", true)]
    [InlineData("😀😀 123", "", "und", true)]
    [InlineData("This is what they said about the weather", "it", "en", true)]
    [InlineData("今天天气很好😀🔫🐍🏿", "", "zh", true)]
    [InlineData("Non so che cosa 🔫🔫 fare con questa 🐍", "", "it", false)]
    public void Identify_text_tellsLanguageAndDomain(string text, string hint, string tag, bool inDomain) =>
        Assert.Equal(new LanguageGuess(tag, inDomain), LanguageIdentifier.Identify(TextNormalizer.Normalize(text).Text, hint));

    private static (string Language, string Text)[] Sentences() =>
    [
        .. File.ReadAllLines(Repository.PathOf("tests", "TextClassify.Tests", "Language", "sentences.tsv")).Select(l => l.Split('\t')).Select(p => (p[0], p[1])),
    ];

    [Fact]
    public void Identify_sentencesOfFiftyLanguages_areMostlyTold()
    {
        var results = Sentences().Select(s => (s.Language, Guess: LanguageIdentifier.Identify(TextNormalizer.Normalize(s.Text).Text), s.Text)).ToArray();
        var told = results.GroupBy(r => r.Language).Select(g => (g.Key, Right: g.Count(r => r.Guess.Tag == g.Key), All: g.Count())).ToArray();
        Assert.True(told.Length >= 50, $"{told.Length} languages");
        foreach (var r in results.Where(r => r.Guess.Tag != r.Language)) TestContext.Current.TestOutputHelper?.WriteLine($"{r.Language} as {r.Guess}: {r.Text}");
        Assert.True(told.Count(t => t.Right >= t.All - 1) >= 45, string.Join(", ", told.Where(t => t.Right < t.All - 1)));
        Assert.True(results.Count(r => r.Guess.Tag == r.Language) >= 0.95 * results.Length);
    }

    [Fact]
    public void Identify_sentences_areInTheDomainOrOutOfIt()
    {
        var results = Sentences().Select(s => (s.Language, LanguageIdentifier.Identify(TextNormalizer.Normalize(s.Text).Text).InDomain, s.Text)).ToArray();
        Assert.All(results.Where(r => LanguageIdentifier.Domain.Contains(r.Language)), r => Assert.True(r.InDomain, r.Text));
        var others = results.Where(r => !LanguageIdentifier.Domain.Contains(r.Language)).ToArray();
        Assert.True(others.Count(r => r.InDomain) <= 0.05 * others.Length, string.Join('\n', others.Where(r => r.InDomain)));
    }
}
