using System.Text.Json;
using Moderation.Testing;
using Moderation.TextClassify.Models;
using Moderation.TextClassify.Training;
using Xunit;

namespace Moderation.TextClassify.Tests.Training;

public sealed class ReleaseGateTests
{
    private static readonly float[] Thresholds = ShippedThresholds();

    private static float[] ShippedThresholds()
    {
        using var manifest = JsonDocument.Parse(File.ReadAllText(Repository.PathOf("services", "text-classify", "Host", "Models", "moderation-text-v1", "manifest.json")));
        return [.. manifest.RootElement.GetProperty("labels").EnumerateArray().Select(l => l.GetProperty("threshold").GetSingle())];
    }

    private static List<HarmlessFigure> Figures() => ReleaseGate.Figures(ShippedModel.Model, Thresholds);

    [Fact]
    public void Figures_shippedModel_flagsNoTermOfIdentityOften()
    {
        var terms = Figures().Where(f => f.Kind == NeutralSentences.Identity && f.Language == "en" && f.Term != "all").ToArray();
        Assert.True(terms.Length >= 40, $"{terms.Length} terms");
        Assert.All(terms, t => Assert.Equal(50, t.Texts));
        Assert.All(terms, t => Assert.True(t.Flagged <= ReleaseGate.MaxTermFlagged, $"{t.Term}: {t.Flagged:P0} as {t.Label}"));
    }

    [Fact]
    public void Figures_shippedModel_leavesCriticismOfThePowerfulAlone()
    {
        var criticism = Figures().Where(f => f.Kind == NeutralSentences.Criticism && f.Term == "all").ToArray();
        Assert.Equal(["de", "en", "es", "fr", "pt", "zh"], criticism.Select(f => f.Language).Order(StringComparer.Ordinal));
        Assert.All(criticism, c => Assert.True(c.Flagged <= ReleaseGate.MaxCriticismFlagged, $"{c.Language}: {c.Flagged:P1} as {c.Label}"));
    }

    [Fact]
    public void Objections_shippedModel_hasNone() => Assert.Empty(ReleaseGate.Objections(Figures(), []));

    [Fact]
    public void Objections_termFlaggedTooOften_isNamed()
    {
        var objection = Assert.Single(ReleaseGate.Objections(
            [
                new HarmlessFigure(NeutralSentences.Identity, "en", "kurdish", 50, "hate", 0.32),
                new HarmlessFigure(NeutralSentences.Identity, "en", "old", 50, "hate", 0.30),
                new HarmlessFigure(NeutralSentences.News, "en", "all", 90, "violent_extremism", 0.4),
            ],
            []));
        Assert.Contains("kurdish", objection, StringComparison.Ordinal);
    }

    [Fact]
    public void Objections_miscalibratedLabel_isNamed()
    {
        var objection = Assert.Single(ReleaseGate.Objections(
            [],
            [
                new CalibrationFigure("calibration", "all", "hate", 1000, 0.051),
                new CalibrationFigure("calibration", "all", "sexual", 1000, 0.05),
                new CalibrationFigure("test", "gahd", "hate", 1000, 0.2),
            ]));
        Assert.Contains("hate", objection, StringComparison.Ordinal);
    }

    /// <summary>What is measured must not have been learnt.</summary>
    [Fact]
    public void Rows_measuredSentences_areNotLearntFrom()
    {
        var rows = NeutralSentences.Rows().ToArray();
        var learnt = rows.Where(r => r.Part == DataPart.Train).Select(r => TextModelTrainer.ModelText(r.Text)).ToHashSet(StringComparer.Ordinal);
        var both = rows.Where(r => r.Part == DataPart.Test && learnt.Contains(TextModelTrainer.ModelText(r.Text))).Select(r => r.Text).ToArray();
        Assert.Empty(both);
        Assert.Equal(50, IdentityTemplates.Neutral.Distinct().Count());
    }
}
