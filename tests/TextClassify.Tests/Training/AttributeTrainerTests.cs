using Moderation.TextClassify.DropIn;
using Moderation.TextClassify.Models;
using Moderation.TextClassify.Training;
using Xunit;

namespace Moderation.TextClassify.Tests.Training;

public sealed class AttributeTrainerTests
{
    private static TrainingRow Row(string source, string auxiliary, string text = "text", string language = "en") =>
        new(source, DataPart.Train, language, 0, 0, text) { Auxiliary = auxiliary };

    private static string Read(string source, string auxiliary)
    {
        var row = AttributeLabels.Read(Row(source, auxiliary));
        return string.Concat(new[] { PerspectiveAttribute.Toxicity, PerspectiveAttribute.SevereToxicity, PerspectiveAttribute.Insult, PerspectiveAttribute.Profanity }
            .Select(a => (row.Known >> (int)a & 1) == 0 ? '?' : (row.Positive >> (int)a & 1) == 0 ? '-' : '+'));
    }

    [Theory] // toxicity, severe toxicity, insult, profanity: + has it, - has it not, ? was not asked
    [InlineData("jigsaw_furkan", "clean", "----")]
    [InlineData("jigsaw_furkan", "toxic|obscene|insult", "+-++")]
    [InlineData("jigsaw_sample", "toxic|severe_toxic|threat", "++--")]
    [InlineData("jigsaw_binary", "toxic", "+???")]
    [InlineData("wiki_cat_large", "clean", "--??")]
    [InlineData("civil_toxic_spans", "Insult=2|Profane/Obscene=1", "+?+?")]
    [InlineData("civil_toxic_spans", "Identity based Attack=3", "+?--")]
    [InlineData("paradetox_neutral", "neutral_rewrite", "--?-")]
    [InlineData("toldbr", "", "-?--")]
    [InlineData("toldbr", "obscene=2|insult=1", "+??+")]
    [InlineData("germeval2018", "INSULT", "+?+?")]
    [InlineData("germeval2018", "OTHER", "-?-?")]
    [InlineData("davidson", "offensive", "????")]
    public void Read_takesWhatTheSourceAsked(string source, string auxiliary, string expected) => Assert.Equal(expected, Read(source, auxiliary));

    [Fact]
    public void Has_agreesWithRead()
    {
        foreach (var source in new[] { "jigsaw_furkan", "jigsaw_sample", "jigsaw_binary", "civil_toxic_spans", "paradetox_toxic", "paradetox_neutral", "wiki_cat_large", "toldbr", "germeval2018", "davidson", "hatexplain" })
            Assert.Equal(AttributeLabels.Has(source), AttributeLabels.Read(Row(source, "OTHER")).Known != 0);
    }

    [Fact]
    public void Train_sameRowsAndSeed_sameBytes_andTheHeadsTellTheKindsApart()
    {
        string[] insults = ["you utter moron", "what an idiot", "you are so stupid", "pathetic loser"], clean = ["lovely garden", "the train was late", "thank you so much", "see the talk page"];
        var rows = Enumerable.Range(0, 1600).Select(i => i % 2 == 0
            ? Row("jigsaw_furkan", "toxic|insult", $"{Words(i)} {insults[i / 2 % 4]}")
            : Row("jigsaw_furkan", "clean", $"{Words(i)} {clean[i / 2 % 4]}")).ToArray();
        var first = new AttributeTrainer(3).Train(rows, null, TestContext.Current.CancellationToken);
        Assert.Equal(first.ModelFile, new AttributeTrainer(3).Train(rows, null, TestContext.Current.CancellationToken).ModelFile);
        Assert.InRange(first.ModelFile.Length, 1_800_000, 1_900_000);

        var model = TextModel.Load(first.ModelFile);
        var scores = new float[PerspectiveAttributes.Count];
        model.Score("what a stupid idiot", scores);
        Assert.True(scores[(int)PerspectiveAttribute.Insult] > 0.8f && scores[(int)PerspectiveAttribute.Profanity] < 0.2f);
        Assert.Contains(first.Figures, f => f is { Source: "jigsaw_furkan", Attribute: "TOXICITY", AveragePrecision: > 0.9 });
    }

    [Fact]
    public void Train_noSuchRows_saysSo() =>
        Assert.Throws<ArgumentException>(() => new AttributeTrainer(1).Train([Row("davidson", "offensive")], null, TestContext.Current.CancellationToken));

    // Long and different enough that the split takes no two for copies of each other.
    private static string Words(int seed)
    {
        var random = new SeededRandom((ulong)seed);
        return string.Join(' ', Enumerable.Range(0, 8).Select(_ => { var word = new char[9]; for (var i = 0; i < word.Length; i++) word[i] = (char)('a' + random.Next(26)); return new string(word); }));
    }
}
