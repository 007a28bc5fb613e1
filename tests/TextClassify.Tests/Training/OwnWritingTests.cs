using System.Text.RegularExpressions;
using Moderation.TextClassify.Models;
using Moderation.TextClassify.Training;
using Xunit;

namespace Moderation.TextClassify.Tests.Training;

public sealed class OwnWritingTests
{
    private static readonly Dictionary<string, string[]> Slots = new(StringComparer.Ordinal) { ["day"] = ["Monday", "Friday"] };

    [Fact]
    public void Rows_everyLanguage_hasManyOfBothKinds()
    {
        Assert.True(OwnWriting.Rows.Count >= 3000, $"{OwnWriting.Rows.Count} rows");
        foreach (var language in OwnWriting.Rows.GroupBy(o => o.Row.Language))
        {
            Assert.True(language.Count(o => o.Row.Positive != 0) >= 500, language.Key);
            Assert.True(language.Count(o => o.Row.Positive == 0) >= 400, language.Key);
            foreach (var part in new[] { DataPart.Train, DataPart.Calibration, DataPart.Test }) Assert.Contains(language, o => o.Row.Part == part);
        }
        Assert.Equal(["ar", "en", "es", "zh"], OwnWriting.Rows.Select(o => o.Row.Language).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Rows_everyFamily_isInOnePart_andNoTextIsTwice()
    {
        Assert.All(OwnWriting.Rows.GroupBy(o => (o.Family.Language, o.Family.Template)), family => Assert.Single(family.Select(o => o.Row.Part).Distinct()));
        Assert.Equal(OwnWriting.Rows.Count, OwnWriting.Rows.Select(o => TextModelTrainer.ModelText(o.Row.Text)).Distinct(StringComparer.Ordinal).Count());
        Assert.All(OwnWriting.Rows, o => Assert.DoesNotMatch("[<>{}|]", o.Row.Text));
    }

    [Fact]
    public void Expand_twice_givesTheSameRows() =>
        Assert.Equal(OwnWriting.Rows.Select(o => o.Row), OwnWriting.Expand(OwnWritingFiles.Families()).Select(o => o.Row));

    /// <summary>A rule of the folder's README: sexual texts have no word of youth or school.</summary>
    [Fact]
    public void Rows_sexual_nameNoMinors()
    {
        var youth = new Regex(@"\b(teen|child|kid|young|girl|boy|school|student|minor|niñ|menor|joven|chic|colegi|alumn|estudiant)|少|幼|学生|校|孩|童|طفل|أطفال|مراهق|صغير|طالب|مدرس", RegexOptions.IgnoreCase);
        var sexual = OwnWriting.Rows.Where(o => o.Row.Has(TextLabel.Sexual)).ToArray();
        Assert.NotEmpty(sexual);
        Assert.All(sexual, o => Assert.DoesNotMatch(youth, o.Row.Text));
    }

    [Fact]
    public void Parse_heading_setsPositiveAndUnknownLabels()
    {
        var family = Assert.Single(OwnWritingFiles.Parse("en", "f", ["# why", "[topic] violence ?harassment", "see you <on {day}|soon>"], Slots));
        Assert.Equal(1 << (int)TextLabel.Violence, family.Positive);
        Assert.Equal(0, family.Known >> (int)TextLabel.Harassment & 1);
        Assert.Equal(["see you on Friday", "see you on Monday", "see you soon"], OwnWriting.Expand([family]).Select(o => o.Row.Text).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("[t] opinion", "text", "line 1: there is no label 'opinion'")]
    [InlineData("text", "", "line 1: a '[topic]' heading")]
    [InlineData("[t", "", "']' is missing")]
    [InlineData("[t]", "on {night}", "no slot 'night'")]
    [InlineData("[t]", "<a|b", "'<' is not closed")]
    public void Expand_malformedLine_namesFileAndCause(string first, string second, string expected)
    {
        var error = Assert.Throws<InvalidDataException>(() => OwnWriting.Expand(OwnWritingFiles.Parse("en", "f", [first, second], Slots)).ToList());
        Assert.Contains("en/f.txt", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_harmfulFromOneKindAndHarmlessFromAnother_isNotCompetence()
    {
        const byte all = (1 << TextLabels.Count) - 1;
        TrainingRow[] Rows(string source, int harmful, int harmless) =>
        [
            .. Enumerable.Range(0, harmful + harmless).Select(i =>
                new TrainingRow(source, DataPart.Train, "es", i < harmful ? (byte)(1 << (int)TextLabel.Hate) : (byte)0, all, $"{i}")),
        ];
        Assert.Empty(LanguageCompetence.Of(Rows("a", 300, 0), Rows("b", 0, 300)));
        Assert.Equal(1 << (int)TextLabel.Hate, LanguageCompetence.Of(Rows("a", 300, 300), Rows("b", 0, 300))["es"]);
        Assert.Empty(LanguageCompetence.Of(Rows("a", 79, 300)));
    }

    /// <summary>The shipped model on families that it has not learnt from: the figures of its metrics page, with some room.</summary>
    [Theory]
    [InlineData(TextLabel.FraudSpam, 0.75)]
    [InlineData(TextLabel.ViolentExtremism, 0.80)]
    [InlineData(TextLabel.Violence, 0.55)]
    [InlineData(TextLabel.Sexual, 0.65)]
    [InlineData(TextLabel.SelfHarm, 0.45)]
    public void Score_heldOutFamilies_reachTheMetricsPagesFigures(TextLabel label, double least)
    {
        var scores = new float[TextLabels.Count];
        var pairs = new List<(float, bool)>();
        foreach (var own in OwnWriting.Rows.Where(o => o.Row.Part == DataPart.Test && o.Row.Knows(label)))
        {
            ShippedModel.Model.Score(TextModelTrainer.ModelText(own.Row.Text), scores);
            pairs.Add((scores[(int)label], own.Row.Has(label)));
        }
        Assert.True(Measures.AveragePrecision(pairs) >= least, $"{Measures.AveragePrecision(pairs)}");
    }
}
