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
    [InlineData("मौसम आज अच्छा है", "", "und-Deva", false)]
    [InlineData("Сегодня хорошая погода", "", "und-Cyrl", false)]
    [InlineData("این یک متن فارسی است که می‌گوید", "", "und-Arab", false)]
    [InlineData("今天天气很好", "", "zh", true)]
    [InlineData("오늘 날씨가 좋네요", "", "ko", true)]
    [InlineData("الجو جميل اليوم", "", "ar", true)]
    [InlineData("Casa", "it", "it", false)]
    [InlineData("Casa", "es", "es", true)]
    [InlineData("Casa", "", "und", true)]
    [InlineData("😀😀 123", "", "und", true)]
    [InlineData("This is what they said about the weather", "it", "en", true)]
    public void Identify_text_tellsLanguageAndDomain(string text, string hint, string tag, bool inDomain) =>
        Assert.Equal(new LanguageGuess(tag, inDomain), LanguageIdentifier.Identify(TextNormalizer.Normalize(text).Text, hint));
}
