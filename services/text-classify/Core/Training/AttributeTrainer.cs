using Moderation.TextClassify.DropIn;
using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Training;

/// <summary>Figures of one attribute on the test part of one source.</summary>
/// <param name="Source">Data set.</param>
/// <param name="Attribute">Attribute.</param>
/// <param name="Positives">Test rows that have it.</param>
/// <param name="Negatives">Test rows known not to have it.</param>
/// <param name="AveragePrecision">0 to 1; compare with the share of positives, which is what chance gives.</param>
/// <param name="CalibrationError">Expected calibration error over 15 bins, 0 to 1.</param>
public sealed record AttributeFigure(string Source, string Attribute, int Positives, int Negatives, double AveragePrecision, double CalibrationError);

/// <summary>A trained attribute model and what is known of it.</summary>
/// <param name="ModelFile">The bytes of the model file.</param>
/// <param name="Figures">Attributes and sources with at least 30 test rows of either kind; the source "all" pools them.</param>
/// <param name="NeutralFlagged">By attribute: the share of neutral sentences with identity words, unseen in training, at 0.5 and above.</param>
/// <param name="Competence">Attributes that may be judged in each language.</param>
/// <param name="Sources">Training rows by source.</param>
public sealed record AttributeTrainingResult(
    byte[] ModelFile, IReadOnlyList<AttributeFigure> Figures, IReadOnlyDictionary<string, double> NeutralFlagged,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Competence, IReadOnlyDictionary<string, int> Sources);

/// <summary>
/// Trains the heads that only the drop-in endpoints use, from the pool's auxiliary labels, with the split, the perturbed copies and the
/// neutral sentences of the moderation model. 2^18 buckets: a tenth of that model's data, so a quarter of its size.
/// </summary>
public sealed class AttributeTrainer(ulong seed)
{
    private const int BucketBits = 18;
    private const int MinPerKind = 30;
    private const float NeutralWeight = 8;

    private readonly TrainerOptions _options = new() { Seed = seed, BucketBits = BucketBits, NeutralWeight = NeutralWeight };

    /// <summary>Runs the whole course; a minute for a hundred thousand rows, on one core.</summary>
    /// <exception cref="ArgumentException">No row has an auxiliary label of the sources that count.</exception>
    public AttributeTrainingResult Train(IReadOnlyList<TrainingRow> rows, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(rows);
        progress?.Report(new("split", 0));
        TrainingRow[] labelled = [.. rows.Where(r => AttributeLabels.Has(r.Source))];
        // By the moderation labels, as for that model: a text that is test there is test here.
        var parts = SplitRecipe.Assign(labelled, seed);
        for (var i = 0; i < labelled.Length; i++) labelled[i] = AttributeLabels.Read(labelled[i]);
        var train = Part(labelled, parts, DataPart.Train);
        if (train.Length == 0) throw new ArgumentException("There is no row to train on: none of the sources with auxiliary labels is there.", nameof(rows));

        var trainer = new LowRankTrainer(_options);
        trainer.Fit(Examples(train, progress), progress is null ? null : new Step(progress), cancellation);
        var (weights, bias) = trainer.Folded();
        var (bytes, scales) = Quantizer.Quantize(weights);
        var competence = LanguageCompetence.Of(train);
        var raw = new TextModel(bytes, scales, bias, Identity(), competence, BucketBits);
        var calibrations = Calibrate(raw, Part(labelled, parts, DataPart.Calibration));
        var model = new TextModel(bytes, scales, bias, calibrations, competence, BucketBits);
        return new AttributeTrainingResult(
            TextModelFile.Write(model), Figures(model, Part(labelled, parts, DataPart.Test)), NeutralFlagged(model), Named(competence),
            new SortedDictionary<string, int>(train.GroupBy(r => r.Source).ToDictionary(g => g.Key, g => g.Count()), StringComparer.Ordinal));
    }

    private static TrainingRow[] Part(TrainingRow[] rows, DataPart?[] parts, DataPart part) =>
        [.. rows.Where((r, i) => parts[i] == part && r.Known != 0)];

    private static ScoreCalibration[] Identity() => [.. Enumerable.Repeat(new ScoreCalibration([-8, 8], [-8, 8]), PerspectiveAttributes.Count)];

    private Example[] Examples(TrainingRow[] train, IProgress<TrainingProgress>? progress)
    {
        var random = new SeededRandom(seed ^ 0xA5A5A5A5UL);
        var examples = new List<Example>(train.Length * 5 / 4);
        for (var i = 0; i < train.Length; i++)
        {
            if ((i & 0xFFF) == 0) progress?.Report(new("normalise", (double)i / train.Length));
            TextModelTrainer.Add(examples, train[i], 1, ref random);
        }
        foreach (var row in NeutralSentences.Rows().Where(r => r.Part == DataPart.Train))
            examples.Add(new Example(TextModelTrainer.ModelText(row.Text), 0, AttributeLabels.Heads, _options.NeutralWeight));
        return [.. examples];
    }

    private static ScoreCalibration[] Calibrate(TextModel model, TrainingRow[] rows)
    {
        var pairs = new List<(float, bool)>[PerspectiveAttributes.Count];
        for (var head = 0; head < pairs.Length; head++) pairs[head] = [];
        Span<float> scores = stackalloc float[PerspectiveAttributes.Count];
        foreach (var row in rows)
        {
            model.ScoreRaw(TextModelTrainer.ModelText(row.Text), scores);
            for (var head = 0; head < pairs.Length; head++)
                if ((row.Known >> head & 1) != 0) pairs[head].Add((scores[head], (row.Positive >> head & 1) != 0));
        }
        return [.. pairs.Select(CalibrationFit.Fit)];
    }

    private static List<AttributeFigure> Figures(TextModel model, TrainingRow[] test)
    {
        var scored = test.Select(row =>
        {
            var probabilities = new float[PerspectiveAttributes.Count];
            model.Score(TextModelTrainer.ModelText(row.Text), probabilities);
            return (row, probabilities);
        }).ToArray();
        var figures = new List<AttributeFigure>();
        for (var head = 0; head < PerspectiveAttributes.Count; head++)
        {
            var known = scored.Where(s => (s.row.Known >> head & 1) != 0)
                .Select(s => (s.row.Source, Pair: (s.probabilities[head], (s.row.Positive >> head & 1) != 0))).ToArray();
            foreach (var source in known.GroupBy(k => k.Source).Select(g => (Name: g.Key, Pairs: g.Select(k => k.Pair).ToArray()))
                .Append(("all", [.. known.Select(k => k.Pair)])).OrderBy(g => g.Name, StringComparer.Ordinal))
            {
                var positives = source.Pairs.Count(p => p.Item2);
                if (positives < MinPerKind || source.Pairs.Length - positives < MinPerKind) continue;
                figures.Add(new AttributeFigure(
                    source.Name, PerspectiveAttributes.Name((PerspectiveAttribute)head), positives, source.Pairs.Length - positives,
                    Measures.AveragePrecision(source.Pairs), Measures.CalibrationError(source.Pairs)));
            }
        }
        return figures;
    }

    private static SortedDictionary<string, double> NeutralFlagged(TextModel model)
    {
        var probabilities = new float[PerspectiveAttributes.Count];
        var flagged = new SortedDictionary<string, double>(StringComparer.Ordinal);
        var rows = NeutralSentences.Rows().Where(r => r.Part == DataPart.Test && r.Source == NeutralSentences.Identity && r.Language == "en").ToArray();
        foreach (var row in rows)
        {
            model.Score(TextModelTrainer.ModelText(row.Text), probabilities);
            for (var head = 0; head < PerspectiveAttributes.Count; head++)
            {
                if ((AttributeLabels.Heads >> head & 1) == 0) continue;
                var name = PerspectiveAttributes.Name((PerspectiveAttribute)head);
                flagged[name] = flagged.GetValueOrDefault(name) + (probabilities[head] >= 0.5f ? 1.0 / rows.Length : 0);
            }
        }
        return flagged;
    }

    private static SortedDictionary<string, IReadOnlyList<string>> Named(SortedDictionary<string, byte> competence)
    {
        var named = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (language, mask) in competence)
            named[language] = [.. Enum.GetValues<PerspectiveAttribute>().Where(a => (mask >> (int)a & 1) != 0).Select(PerspectiveAttributes.Name)];
        return named;
    }

    private sealed class Step(IProgress<TrainingProgress> progress) : IProgress<double>
    {
        public void Report(double value) => progress.Report(new("train", value));
    }
}
