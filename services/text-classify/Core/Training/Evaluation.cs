using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Training;

/// <summary>Measures a model on the parts that it was not fitted on.</summary>
internal sealed class Evaluation(TextModel model, IReadOnlyList<TrainingRow> rows, DataPart?[] parts, int minPerKind, bool ownWriting)
{
    private const int MinCalibrationTexts = 200;

    private readonly record struct Scored(string Source, string Language, byte Positive, byte Known, float[] Probabilities);

    public TrainingReport Report(ulong seed, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        progress?.Report(new("measure", 0));
        var dev = Score(DataPart.Dev);
        var test = Score(DataPart.Test);
        var neutral = NeutralSentences.Rows().Where(r => r.Part == DataPart.Test).Select(r => Score(r, r.Text)).ToArray();
        cancellation.ThrowIfCancellationRequested();
        var pairs = Pairs(test, minPerKind);
        var labels = new LabelFigure[TextLabels.Count];
        for (var label = 0; label < labels.Length; label++) labels[label] = Label(label, dev, test, neutral);
        var robustness = Robustness(seed, progress, cancellation);
        List<CalibrationFigure> calibration =
        [
            .. Calibration("calibration", Score(DataPart.Calibration), _ => "all"), .. Calibration("test", test, s => s.Source), .. Calibration("test", test, s => s.Language),
        ];
        var harmless = ReleaseGate.Figures(model, [.. labels.Select(l => (float)l.Threshold)]);
        return new TrainingReport(
            seed, Mean(pairs), Mean(Pairs(dev, minPerKind)), pairs, labels, Rows(), robustness, new Dictionary<string, IReadOnlyList<string>>(), Own(),
            harmless, calibration, ReleaseGate.Objections(harmless, calibration));
    }

    private static IEnumerable<CalibrationFigure> Calibration(string part, IEnumerable<Scored> scored, Func<Scored, string> group)
    {
        foreach (var members in scored.GroupBy(group).OrderBy(g => g.Key, StringComparer.Ordinal))
            for (var label = 0; label < TextLabels.Count; label++)
            {
                var pairs = Known(members, label);
                if (pairs.Count >= MinCalibrationTexts && pairs.Exists(p => p.Positive))
                    yield return new CalibrationFigure(part, members.Key, TextLabels.Name((TextLabel)label), pairs.Count, Measures.CalibrationError(pairs));
            }
    }

    /// <summary>The families of our own writing that were neither learnt from nor calibrated on: by label and language, "all" first.</summary>
    private List<OwnWritingFigure> Own()
    {
        var scored = OwnWriting.Rows.Where(o => o.Row.Part == DataPart.Test).Select(o => (o.Row.Language, Score(o.Row, o.Row.Text))).ToArray();
        var figures = new List<OwnWritingFigure>();
        for (var label = 0; label < TextLabels.Count; label++)
            foreach (var language in scored.Select(s => s.Language).Distinct().Order(StringComparer.Ordinal).Prepend("all"))
            {
                var pairs = Known(scored.Where(s => language == "all" || s.Language == language).Select(s => s.Item2), label);
                var positives = pairs.Count(p => p.Positive);
                if (positives == 0 || positives == pairs.Count) continue;
                figures.Add(new OwnWritingFigure(
                    language, TextLabels.Name((TextLabel)label), positives, pairs.Count - positives, Measures.AveragePrecision(pairs),
                    pairs.Where(p => p.Positive).Average(p => p.Probability >= 0.5f ? 1.0 : 0),
                    pairs.Where(p => !p.Positive).Average(p => p.Probability >= 0.5f ? 1.0 : 0)));
            }
        return figures;
    }

    public double DevMean() => Mean(Pairs(Score(DataPart.Dev), minPerKind));

    private static double Mean(List<PairFigure> pairs) => pairs.Count == 0 ? 0 : pairs.Average(p => p.AveragePrecision);

    private static List<PairFigure> Pairs(IReadOnlyList<Scored> scored, int minimum)
    {
        var figures = new List<PairFigure>();
        foreach (var source in scored.GroupBy(s => s.Source).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            for (var label = 0; label < TextLabels.Count; label++)
            {
                var pairs = Known(source, label);
                var positives = pairs.Count(p => p.Positive);
                if (positives < minimum || pairs.Count - positives < minimum) continue;
                figures.Add(new PairFigure(source.Key, TextLabels.Name((TextLabel)label), positives, pairs.Count - positives, Measures.AveragePrecision(pairs)));
            }
        }
        return figures;
    }

    private static LabelFigure Label(int label, IReadOnlyList<Scored> dev, IReadOnlyList<Scored> test, Scored[] neutral)
    {
        var threshold = Measures.BestThreshold(Known(dev, label));
        var pairs = Known(test, label);
        var positives = pairs.Count(p => p.Positive);
        var (precision, recall, f1) = Measures.AtThreshold(pairs, threshold);
        return new LabelFigure(
            TextLabels.Name((TextLabel)label), positives, pairs.Count - positives, pairs.Count == 0 ? null : Measures.CalibrationError(pairs),
            threshold, precision, recall, f1, Flagged(NeutralSentences.Identity), Flagged(NeutralSentences.News),
            Flagged(NeutralSentences.Criticism), Flagged(NeutralSentences.Everyday));

        double Flagged(string source) => neutral.Where(s => s.Source == source).Average(s => s.Probabilities[label] >= threshold ? 1.0 : 0);
    }

    private static List<(float Probability, bool Positive)> Known(IEnumerable<Scored> scored, int label) =>
        [.. scored.Where(s => (s.Known >> label & 1) != 0).Select(s => (s.Probabilities[label], (s.Positive >> label & 1) != 0))];

    private List<Scored> Score(DataPart part) =>
        [.. Enumerable.Range(0, rows.Count).Where(i => parts[i] == part).Select(i => Score(rows[i], rows[i].Text))];

    private Scored Score(TrainingRow row, string text)
    {
        var probabilities = new float[TextLabels.Count];
        model.Score(TextModelTrainer.ModelText(text), probabilities);
        return new Scored(row.Source, row.Language, row.Positive, row.Known, probabilities);
    }

    private SortedDictionary<string, double> Robustness(ulong seed, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        var english = Enumerable.Range(0, rows.Count).Where(i => parts[i] == DataPart.Test && rows[i].Language == "en").ToArray();
        var figures = new SortedDictionary<string, double>(StringComparer.Ordinal)
        {
            ["clean"] = Mean(Pairs([.. english.Select(i => Score(rows[i], rows[i].Text))], minPerKind)),
        };
        for (var kind = 0; kind < Perturbation.Kinds.Length; kind++)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new("measure", (double)kind / Perturbation.Kinds.Length));
            var scored = new List<Scored>(english.Length);
            foreach (var i in english)
            {
                var random = new SeededRandom(StableHash.Of(rows[i].Text, seed + (ulong)kind));
                scored.Add(Score(rows[i], Perturbation.Apply(rows[i].Text, kind, 0.3, ref random)));
            }
            figures[Perturbation.Kinds[kind]] = Mean(Pairs(scored, minPerKind));
        }
        progress?.Report(new("measure", 1));
        return figures;
    }

    private List<SourceRows> Rows()
    {
        var counts = new SortedDictionary<string, int[]>(StringComparer.Ordinal);
        for (var i = 0; i < rows.Count; i++)
        {
            if (!counts.TryGetValue(rows[i].Source, out var source)) counts[rows[i].Source] = source = new int[5];
            source[parts[i] is { } part ? (int)part : 4]++;
        }
        var own = new int[5];
        foreach (var row in OwnWriting.Rows)
            if (ownWriting || row.Row.Part == DataPart.Test) own[(int)row.Row.Part]++;
        counts[OwnWriting.Source] = own;
        return [.. counts.Select(c => new SourceRows(c.Key, c.Value[0], c.Value[1], c.Value[2], c.Value[3], c.Value[4]))];
    }
}
