using Moderation.TextClassify.Detectors;
using Moderation.TextClassify.DropIn;
using Moderation.TextClassify.Language;
using Moderation.TextClassify.Models;
using Xunit;

namespace Moderation.TextClassify.Tests.DropIn;

public sealed class AttributeScoresTests
{
    private static readonly AttributeScorer Scorer = new(ShippedModel.Model, ShippedModel.Attributes);

    private static TextFindings Found(params (TextLabel Label, float Score)[] scores)
    {
        var findings = new TextFindings();
        foreach (var (label, score) in scores) findings.Raise(label, score);
        return findings;
    }

    private static (TextLabel, float) Head(PerspectiveAttribute attribute, float score) => ((TextLabel)(int)attribute, score);

    [Fact]
    public void Map_eachAttribute_readsItsOwnScore()
    {
        var scores = new AttributeScores(
            Found((TextLabel.Hate, 0.1f), (TextLabel.Harassment, 0.2f), (TextLabel.Violence, 0.3f), (TextLabel.Sexual, 0.4f)),
            Found(Head(PerspectiveAttribute.Toxicity, 0.5f), Head(PerspectiveAttribute.SevereToxicity, 0.05f), Head(PerspectiveAttribute.Insult, 0.6f), Head(PerspectiveAttribute.Profanity, 0.7f)));
        Assert.Equal(0.5f, scores[PerspectiveAttribute.Toxicity]);
        Assert.Equal(0.05f, scores[PerspectiveAttribute.SevereToxicity]);
        Assert.Equal(0.1f, scores[PerspectiveAttribute.IdentityAttack]);
        Assert.Equal(0.6f, scores[PerspectiveAttribute.Insult]);
        Assert.Equal(0.7f, scores[PerspectiveAttribute.Profanity]);
        Assert.Equal(0.3f, scores[PerspectiveAttribute.Threat]);
        Assert.Equal(0.4f, scores[PerspectiveAttribute.SexuallyExplicit]);
    }

    [Theory]
    [InlineData(TextLabel.Hate)]
    [InlineData(TextLabel.Harassment)]
    [InlineData(TextLabel.Violence)]
    public void Toxicity_isAtLeastEachKindOfAttack(TextLabel label)
    {
        var scores = new AttributeScores(Found((label, 0.9f), (TextLabel.Hate, 0.01f)), Found(Head(PerspectiveAttribute.Toxicity, 0.2f)));
        Assert.Equal(0.9f, scores[PerspectiveAttribute.Toxicity]);
    }

    [Fact]
    public void Map_withoutAttributeHeads_fallsBackOrHasNoValue()
    {
        var scores = new AttributeScores(Found((TextLabel.Hate, 0.6f), (TextLabel.Harassment, 0.2f)), new TextFindings());
        Assert.Equal(0.6f, scores[PerspectiveAttribute.Toxicity]);
        Assert.Equal(0.2f, scores[PerspectiveAttribute.Insult]);
        Assert.Null(scores[PerspectiveAttribute.Profanity]);
        Assert.Null(scores[PerspectiveAttribute.SevereToxicity]);
        Assert.Null(scores[PerspectiveAttribute.Threat]);
        // Violence alone carries no language.
        Assert.Null(new AttributeScores(Found((TextLabel.Violence, 0.9f)), new TextFindings())[PerspectiveAttribute.Toxicity]);
    }

    [Theory]
    [InlineData("en")]
    [InlineData("de")]
    [InlineData("pt")]
    [InlineData("fr")]
    [InlineData("zh")]
    [InlineData("it")]
    public void CanJudge_saysWhetherAScoreComes(string language)
    {
        var scores = Scorer.Score("words that do not matter", new LanguageGuess(language, true));
        foreach (var attribute in Enum.GetValues<PerspectiveAttribute>())
            Assert.Equal(Scorer.CanJudge(attribute, language), scores[attribute] is not null);
    }

    [Theory]
    [InlineData("shut the fuck up you stupid bitch", PerspectiveAttribute.Profanity)]
    [InlineData("you are an idiot and a moron", PerspectiveAttribute.Insult)]
    [InlineData("i will find you and kill you", PerspectiveAttribute.Threat)]
    public void ShippedModels_plainCases_scoreHigh(string text, PerspectiveAttribute attribute)
    {
        var scores = Scorer.Score(text, new LanguageGuess("en", true));
        Assert.InRange(scores[attribute]!.Value, 0.6f, 1);
        Assert.InRange(scores[PerspectiveAttribute.Toxicity]!.Value, 0.6f, 1);
    }

    [Theory]
    [InlineData("TOXICITY", PerspectiveAttribute.Toxicity)]
    [InlineData("SEVERE_TOXICITY_EXPERIMENTAL", PerspectiveAttribute.SevereToxicity)]
    public void Find_knowsBothNames(string name, PerspectiveAttribute attribute) => Assert.Equal(attribute, PerspectiveAttributes.Find(name));

    [Theory]
    [InlineData("toxicity")]
    [InlineData("ATTACK_ON_AUTHOR")]
    [InlineData("_EXPERIMENTAL")]
    [InlineData("")]
    public void Find_otherName_isNone(string name) => Assert.Null(PerspectiveAttributes.Find(name));
}
