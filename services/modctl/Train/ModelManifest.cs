using System.Globalization;
using System.Text;
using Moderation.TextClassify.Training;

namespace Moderation.ModCtl.Train;

/// <summary>manifest.json beside a model: what it is, what it was made from, how good it is.</summary>
internal sealed record ModelManifest(
    string Version, string Sha256, int Bytes, ulong Seed, bool VerifiedLicencesOnly, double MeanAveragePrecision, double DevMeanAveragePrecision,
    IReadOnlyList<PairFigure> Pairs, IReadOnlyList<LabelFigure> Labels, IReadOnlyList<OwnWritingFigure> OwnWriting,
    IReadOnlyList<HarmlessFigure> Harmless, IReadOnlyList<CalibrationFigure> Calibration, IReadOnlyList<string> Objections,
    IReadOnlyDictionary<string, double> Robustness,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Competence,
    IReadOnlyList<TrainedSource> Sources, IReadOnlyList<ExcludedSource> Excluded);

/// <summary>A data set behind the model: rows in each part, licence, whom to credit.</summary>
internal sealed record TrainedSource(
    string Source, int Train, int Dev, int Calibration, int Test, int LeftOut, string Licence, string LicenceEvidence, string Attribution);

/// <summary>A data set that was left out, and why.</summary>
internal sealed record ExcludedSource(string Source, string Reason);

/// <summary>metrics.md: the manifest's figures as tables for people.</summary>
internal static class MetricsPage
{
    public static string Write(ModelManifest manifest)
    {
        var page = new StringBuilder();
        Line(page, $"# Figures of {manifest.Version}\n");
        Line(page, $"Seed {manifest.Seed}; {manifest.Bytes:N0} bytes; SHA-256 {manifest.Sha256}. Verified licences only: {(manifest.VerifiedLicencesOnly ? "yes" : "no")}.\n");
        Line(page, $"Mean average precision over {manifest.Pairs.Count} pairs of source and label: **{manifest.MeanAveragePrecision:F3}** (development part: {manifest.DevMeanAveragePrecision:F3}).\n");
        Line(page, $"| label | positives | negatives | ECE | threshold | precision | recall | F1 | harmless sentences flagged: identity | news | criticism | everyday ar, fr, es |\n|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var l in manifest.Labels)
            Line(page, $"| {l.Label} | {l.Positives} | {l.Negatives} | {l.CalibrationError:F3} | {l.Threshold:F2} | {l.Precision:F3} | {l.Recall:F3} | {l.F1:F3} | {l.IdentityFalsePositives:P1} | {l.NewsFalsePositives:P1} | {l.CriticismFalsePositives:P1} | {l.EverydayFalsePositives:P1} |");
        Line(page, $"\n| source | label | positives | negatives | average precision |\n|---|---|---|---|---|");
        foreach (var p in manifest.Pairs)
            Line(page, $"| {p.Source} | {p.Label} | {p.Positives} | {p.Negatives} | {p.AveragePrecision:F3} |");
        Line(page, $"\n| held-out families of our own writing: label | language | positives | negatives | average precision | recall at .5 | others at .5 |\n|---|---|---|---|---|---|---|");
        foreach (var o in manifest.OwnWriting)
            Line(page, $"| {o.Label} | {o.Language} | {o.Positives} | {o.Negatives} | {o.AveragePrecision:F3} | {o.Recall:F3} | {o.FalsePositives:P1} |");
        Line(page, $"\n| harmless sentences, none learnt from | language | filled with | sentences | most flagged as | share |\n|---|---|---|---|---|---|");
        foreach (var h in manifest.Harmless.Where(h => h.Term == "all" || h.Flagged > 0.1))
            Line(page, $"| {h.Kind} | {h.Language} | {h.Term} | {h.Texts} | {(h.Flagged > 0 ? h.Label : "-")} | {h.Flagged:P1} |");
        Line(page, $"\n(At the label's threshold above, or at 0.5 where that is lower. Terms of which 10 % or less are flagged are in manifest.json only.)");
        Line(page, $"\n| calibration error of | texts of | label | texts | ECE |\n|---|---|---|---|---|");
        foreach (var c in manifest.Calibration.Where(c => c.Part == "calibration" || c.Error > 0.05))
            Line(page, $"| {c.Part} | {c.Group} | {c.Label} | {c.Texts} | {c.Error:F3} |");
        Line(page, $"\n(Sources and languages with an error of at most 0.05 are in manifest.json only.)");
        Line(page, $"\n| English test texts, 30 % of letters or words perturbed | mean average precision |\n|---|---|");
        foreach (var (kind, value) in manifest.Robustness) Line(page, $"| {kind} | {value:F3} |");
        Line(page, $"\n| language | labels judged |\n|---|---|");
        foreach (var (language, labels) in manifest.Competence) Line(page, $"| {language} | {string.Join(", ", labels)} |");
        Line(page, $"\n| source | train | dev | calibration | test | left out | licence |\n|---|---|---|---|---|---|---|");
        foreach (var s in manifest.Sources) Line(page, $"| {s.Source} | {s.Train} | {s.Dev} | {s.Calibration} | {s.Test} | {s.LeftOut} | {s.Licence} |");
        foreach (var e in manifest.Excluded) Line(page, $"| {e.Source} | - | - | - | - | - | left out: {e.Reason} |");
        return page.ToString();
    }

    private static void Line(StringBuilder page, FormattableString text) => page.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
