using Moderation.TextClassify.Detectors;
using Moderation.TextClassify.Models;
using Xunit;

namespace Moderation.TextClassify.Tests.Models;

public sealed class TextExplanationTests
{
    public static TheoryData<string, TextLabel> Texts => new()
    {
        { "You are a pathetic idiot and nobody likes you", TextLabel.Harassment },
        { "win a free iphone now, click the link and enter your card number", TextLabel.FraudSpam },
        { "i will find you and kill you tonight", TextLabel.Violence },
        { "😀 shut up you stupid   b1tch, go away", TextLabel.Harassment },
        { "I don't want to live any more, I will end my life tonight", TextLabel.SelfHarm },
        { "these people are vermin and should all be deported, filthy animals", TextLabel.Hate },
    };

    private static float Raw(string text, TextLabel label)
    {
        var scores = new float[TextLabels.Count];
        ShippedModel.Model.ScoreRaw(TextUnderReview.Prepare(text, "en").Anonymous.Text, scores);
        return scores[(int)label];
    }

    [Theory, MemberData(nameof(Texts))]
    public void Words_topWordRemovedFromTheSubmittedText_lowersTheScore(string text, TextLabel label)
    {
        var words = TextExplanation.Words(ShippedModel.Model, TextUnderReview.Prepare(text, "en").Anonymous, label);
        var top = words.MaxBy(w => w.Contribution);
        Assert.True(top.Contribution > 0);
        var runes = text.EnumerateRunes().ToArray();
        var without = string.Concat(runes[..top.Start].Concat(runes[top.End..]));
        Assert.True(Raw(without, label) < Raw(text, label));
    }

    [Theory, MemberData(nameof(Texts))]
    public void Words_contribution_isWhatLeavingItOutChanges(string text, TextLabel label)
    {
        var prepared = TextUnderReview.Prepare(text, "en").Anonymous;
        var words = TextExplanation.Words(ShippedModel.Model, prepared, label);
        Assert.Equal(words.Count, words.Select(w => w.Start).Distinct().Count());
        // The text less its last word, as the model reads it.
        var last = words[^1];
        var cut = prepared.Text[..prepared.Text.LastIndexOf(' ')];
        var scores = new float[TextLabels.Count];
        ShippedModel.Model.ScoreRaw(cut, scores);
        Assert.Equal(Raw(text, label) - scores[(int)label], last.Contribution, 0.001f);
    }
}
