using System.Globalization;
using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Training;

/// <summary>
/// What a model must not do to be released: take a word of identity for an attack, or criticism of people in power for a harm. Measured on sentences
/// that were not learnt from, at the thresholds of the report and of the default policy, whichever is lower.
/// </summary>
internal static class ReleaseGate
{
    /// <summary>Highest share of a term's neutral sentences that a label may flag.</summary>
    public const double MaxTermFlagged = 0.30;

    /// <summary>Highest share of the sentences that criticise people in power, in a language.</summary>
    public const double MaxCriticismFlagged = 0.05;

    /// <summary>Highest expected calibration error of a label on the whole calibration part.</summary>
    public const double MaxCalibrationError = 0.05;

    /// <summary>The lowest score that a rule of the default policy acts on.</summary>
    public const float PolicyThreshold = 0.5f;

    private const string All = "all";

    /// <summary>How often each kind of harmless sentence is flagged in a language that the model may judge, by term and over all terms.</summary>
    /// <param name="model">The model.</param>
    /// <param name="thresholds">A threshold for each label.</param>
    public static List<HarmlessFigure> Figures(TextModel model, float[] thresholds)
    {
        var scores = new float[TextLabels.Count];
        var flagged = new List<(string Kind, string Language, string Term, bool[] Labels)>();
        foreach (var row in NeutralSentences.Rows().Where(r => r.Part == DataPart.Test))
        {
            model.Score(TextModelTrainer.ModelText(row.Text), scores);
            flagged.Add((row.Source, row.Language, row.Auxiliary, [.. scores.Select((s, l) =>
                model.IsCompetent(row.Language, (TextLabel)l) && s >= Math.Min(thresholds[l], PolicyThreshold))]));
        }
        return
        [
            .. flagged.GroupBy(f => (f.Kind, f.Language)).Where(g => Enumerable.Range(0, TextLabels.Count).Any(l => model.IsCompetent(g.Key.Language, (TextLabel)l)))
                .SelectMany(kind => kind.GroupBy(f => f.Term).Select(term => Figure(kind.Key, term.Key, [.. term.Select(f => f.Labels)]))
                    .Where(f => f.Term.Length > 0).Prepend(Figure(kind.Key, All, [.. kind.Select(f => f.Labels)]))),
        ];
    }

    /// <summary>What stands against a release, in words.</summary>
    public static List<string> Objections(IReadOnlyList<HarmlessFigure> harmless, IReadOnlyList<CalibrationFigure> calibration) =>
    [
        .. harmless.Where(f => f.Flagged > Limit(f)).Select(f => string.Create(
            CultureInfo.InvariantCulture, $"{f.Kind}, {f.Language}, {f.Term}: {f.Flagged:P0} of {f.Texts} sentences come out as {f.Label}; at most {Limit(f):P0} may")),
        .. calibration.Where(c => c.Part == "calibration" && c.Error > MaxCalibrationError).Select(c => string.Create(
            CultureInfo.InvariantCulture, $"{c.Label}: the calibration error is {c.Error:F3} on the calibration part; at most {MaxCalibrationError} may be")),
    ];

    private static double Limit(HarmlessFigure figure) => figure.Kind switch
    {
        // Two or three sentences a term, as other languages than English have, say nothing of a term: there all terms of the language count as one.
        NeutralSentences.Identity when figure.Texts >= 10 => MaxTermFlagged,
        NeutralSentences.Criticism when figure.Term == All => MaxCriticismFlagged,
        _ => double.PositiveInfinity,
    };

    private static HarmlessFigure Figure((string Kind, string Language) kind, string term, bool[][] flagged)
    {
        var (label, share) = Enumerable.Range(0, TextLabels.Count).Select(l => (l, flagged.Average(f => f[l] ? 1.0 : 0))).MaxBy(p => p.Item2);
        return new HarmlessFigure(kind.Kind, kind.Language, term, flagged.Length, TextLabels.Name((TextLabel)label), share);
    }
}
