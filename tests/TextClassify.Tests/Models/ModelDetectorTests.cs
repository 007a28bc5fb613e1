using Moderation.TextClassify.Detectors;
using Moderation.TextClassify.Models;
using Xunit;

namespace Moderation.TextClassify.Tests.Models;

public sealed class ModelDetectorTests
{
    private static readonly ModelDetector Detector = new(ShippedModel.Model);

    private static TextFindings Run(string text)
    {
        var findings = new TextFindings();
        Detector.Run(TextUnderReview.Prepare(text, ""), findings);
        return findings;
    }

    [Theory]
    [InlineData("I will kill you tomorrow, you rat", TextLabel.Violence)]
    [InlineData("Win a free iPhone now! click http://t.co/abc and enter your card number", TextLabel.FraudSpam)]
    [InlineData("I want to die, I can't go on, I cut myself", TextLabel.SelfHarm)]
    [InlineData("Gana 500 euros al día desde casa sin experiencia, escríbeme por WhatsApp y recibe el doble de tu bitcoin", TextLabel.FraudSpam)]
    [InlineData("在家兼职刷单日入500元，加微信，先交押金", TextLabel.FraudSpam)]
    [InlineData("k1ll y0urself you f.a.g.g.o.t", TextLabel.Hate)]
    [InlineData("I h4te y0u f.a.g.g.o.t", TextLabel.Hate)]
    public void Run_harmfulText_isScoredHigh(string text, TextLabel label) => Assert.True(Run(text).Scores[(int)label] > 0.5f);

    [Theory]
    [InlineData("I am a gay man")]
    [InlineData("my Muslim neighbour baked a cake")]
    [InlineData("have a nice day")]
    [InlineData("The president's policy is a disaster and he should resign")]
    [InlineData("protest tomorrow at the square against corruption")]
    [InlineData("Guten Morgen, wie geht es dir?")]
    [InlineData("صباح الخير كيف حالك اليوم")]
    [InlineData("Buenos días, hoy hace sol y vamos al parque con los niños")]
    [InlineData("La policía detuvo al hombre que amenazó a la alcaldesa")]
    [InlineData("今天天气很好，我们去公园")]
    [InlineData("오늘 날씨가 정말 좋네요")]
    public void Run_harmlessText_isScoredLow(string text)
    {
        var findings = Run(text);
        Assert.True(findings.Scored);
        Assert.All(findings.Scores.ToArray(), s => Assert.InRange(s, 0f, 0.35f));
    }

    [Fact]
    public void Run_padding_doesNotDiluteAnAttack()
    {
        var padding = string.Concat(Enumerable.Repeat("the weather was fine and we had tea in the garden. ", 100));
        const string attack = "I will kill you tomorrow, I will kill you and your family. ";
        var whole = new float[TextLabels.Count];
        ShippedModel.Model.Score(TextUnderReview.Prepare(padding + attack + padding, "").Anonymous.Text, whole);
        var windowed = Run(padding + attack + padding).Scores[(int)TextLabel.Violence];
        Assert.True(windowed > 2 * whole[(int)TextLabel.Violence], $"{windowed} by windows, {whole[(int)TextLabel.Violence]} as a whole");
    }

    [Fact]
    public void Run_harmfulText_pointsAtThePassageInCodePoints()
    {
        const string text = "😀😀 I will k.i.l.l you, you rat";
        var passages = Run(text).Passages;
        var strongest = passages.First(p => p.Label == TextLabel.Violence);
        var runes = text.EnumerateRunes().ToArray();
        Assert.Equal("k.i.l.l", string.Concat(runes[strongest.Start..strongest.End]));
    }

    [Fact]
    public void Run_languageWithoutData_givesNoScores()
    {
        Assert.False(Run("আমার বাড়ি ঢাকায়, আজ আবহাওয়া ভালো").Scored);
        Assert.False(Run("Il governo ha annunciato nuove misure per i cittadini").Scored);
        Assert.False(Run("Сегодня хорошая погода").Scored);
    }

    [Fact]
    public void Run_germanText_isNotJudgedForWhatGermanDataLack()
    {
        var findings = Run("Guten Morgen, wie geht es dir?");
        Assert.True(findings.HasScore(TextLabel.Hate));
        Assert.False(findings.HasScore(TextLabel.SelfHarm));
    }
}
