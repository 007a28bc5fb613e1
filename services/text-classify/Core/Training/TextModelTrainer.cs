using Moderation.TextClassify.Language;
using Moderation.TextClassify.Models;
using Moderation.TextClassify.Normalize;

namespace Moderation.TextClassify.Training;

/// <summary>Trains, calibrates and measures a <see cref="TextModel"/>. The same rows and seed give the same bytes.</summary>
public sealed class TextModelTrainer
{
    /// <summary>Longer texts are cut: few are, and their tails add noise for the most common sources.</summary>
    private const int MaxLength = 1500;

    private const int MinPerKind = 30;
    private const int MinHarmful = 80;
    private const int MinHarmless = 200;
    private const double PerturbedShare = 0.25;
    private const double PerturbedRate = 0.3;

    private readonly TrainerOptions _options;

    /// <summary>A trainer with the rates that were chosen on the development part.</summary>
    /// <param name="seed">Seed of everything that is drawn.</param>
    public TextModelTrainer(ulong seed)
        : this(new TrainerOptions { Seed = seed })
    {
    }

    internal TextModelTrainer(TrainerOptions options) => _options = options;

    /// <summary>Runs the whole course; minutes for half a million rows, on one core.</summary>
    /// <param name="rows">Labelled rows. Parts that a source lacks are carved out of its train rows.</param>
    /// <param name="progress">Told where the run stands; may be null.</param>
    /// <param name="cancellation">Ends the run between two texts.</param>
    /// <exception cref="ArgumentException">There is no row to train on.</exception>
    public TrainingResult Train(IReadOnlyList<TrainingRow> rows, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(rows);
        progress?.Report(new("split", 0));
        var parts = SplitRecipe.Assign(rows, _options.Seed);
        cancellation.ThrowIfCancellationRequested();
        var examples = Examples(rows, parts, progress);
        if (!parts.Contains(DataPart.Train)) throw new ArgumentException("There is no row to train on.", nameof(rows));

        var trainer = new LowRankTrainer(_options);
        trainer.Fit(examples, progress is null ? null : new Step(progress, "train"), cancellation);
        var (weights, bias) = trainer.Folded();
        var (bytes, scales) = Quantizer.Quantize(weights);

        var competence = Competence(rows, parts);
        progress?.Report(new("calibrate", 0));
        var uncalibrated = new TextModel(bytes, scales, bias, [.. Enumerable.Repeat(new ScoreCalibration([-8, 8], [-8, 8]), TextLabels.Count)], competence);
        var calibrations = Calibrate(uncalibrated, rows, parts);
        var model = new TextModel(bytes, scales, bias, calibrations, competence);

        var report = new Evaluation(model, rows, parts, MinPerKind).Report(_options.Seed, progress, cancellation);
        return new TrainingResult(TextModelFile.Write(model), report with { Competence = Named(competence) });
    }

    private static SortedDictionary<string, IReadOnlyList<string>> Named(SortedDictionary<string, byte> competence)
    {
        var named = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (language, mask) in competence)
            named[language] = [.. Enumerable.Range(0, TextLabels.Count).Where(l => (mask >> l & 1) != 0).Select(l => TextLabels.Name((TextLabel)l))];
        return named;
    }

    /// <summary>What the model is given to read: entities decoded as the source's clients would have, normalised, cut.</summary>
    internal static string ModelText(string text)
    {
        if (text.Contains('&', StringComparison.Ordinal)) text = System.Net.WebUtility.HtmlDecode(text);
        var normalized = PersonalData.Replace(TextNormalizer.Normalize(text)).Text;
        return normalized.Length <= MaxLength ? normalized : normalized[..MaxLength];
    }

    private Example[] Examples(IReadOnlyList<TrainingRow> rows, DataPart?[] parts, IProgress<TrainingProgress>? progress)
    {
        var random = new SeededRandom(_options.Seed ^ 0xA5A5A5A5UL);
        var examples = new List<Example>(rows.Count * 5 / 4);
        for (var i = 0; i < rows.Count; i++)
        {
            if ((i & 0xFFFF) == 0) progress?.Report(new("normalise", (double)i / rows.Count));
            var row = rows[i];
            if (parts[i] != DataPart.Train || row.Known == 0) continue;
            var weight = Weight(row.Source);
            examples.Add(new Example(ModelText(row.Text), row.Positive, row.Known, weight));
            if (random.NextDouble() >= PerturbedShare || !IsMostlyAscii(row.Text)) continue;
            var perturbed = Perturbation.Apply(row.Text, random.Next(Perturbation.Kinds.Length), PerturbedRate, ref random);
            examples.Add(new Example(ModelText(perturbed), row.Positive, row.Known, weight));
        }
        foreach (var row in NeutralSentences.Rows())
            if (row.Part == DataPart.Train) examples.Add(new Example(ModelText(row.Text), row.Positive, row.Known, row.Source == NeutralSentences.Everyday ? 3 * _options.NeutralWeight : _options.NeutralWeight));
        return [.. examples];
    }

    // Labelled by account, not by text: much of it is news and small talk.
    private static float Weight(string source) => source == "isis_fanboy_tweets" ? 0.25f : 1;

    private static bool IsMostlyAscii(string text) => text.Count(char.IsAsciiLetter) * 2 > text.Length;

    private static ScoreCalibration[] Calibrate(TextModel model, IReadOnlyList<TrainingRow> rows, DataPart?[] parts)
    {
        var pairs = new List<(float, bool)>[TextLabels.Count];
        for (var label = 0; label < pairs.Length; label++) pairs[label] = [];
        Span<float> scores = stackalloc float[TextLabels.Count];
        for (var i = 0; i < rows.Count; i++)
        {
            if (parts[i] != DataPart.Calibration) continue;
            model.ScoreRaw(ModelText(rows[i].Text), scores);
            for (var label = 0; label < TextLabels.Count; label++)
                if (rows[i].Knows((TextLabel)label)) pairs[label].Add((scores[label], rows[i].Has((TextLabel)label)));
        }
        return [.. pairs.Select(CalibrationFit.Fit)];
    }

    /// <summary>
    /// The labels that can be judged in a language: those with enough harmful and enough harmless texts in it. A label of
    /// which a language has only one kind is learnt as "this language".
    /// </summary>
    private static SortedDictionary<string, byte> Competence(IReadOnlyList<TrainingRow> rows, DataPart?[] parts)
    {
        var counts = new SortedDictionary<string, int[]>(StringComparer.Ordinal);
        for (var i = 0; i < rows.Count; i++)
        {
            if (parts[i] != DataPart.Train || !LanguageIdentifier.Domain.Contains(rows[i].Language)) continue;
            if (!counts.TryGetValue(rows[i].Language, out var own)) counts[rows[i].Language] = own = new int[TextLabels.Count * 2];
            for (var label = 0; label < TextLabels.Count; label++)
                if (rows[i].Knows((TextLabel)label)) own[label * 2 + (rows[i].Has((TextLabel)label) ? 1 : 0)]++;
        }
        var competence = new SortedDictionary<string, byte>(StringComparer.Ordinal);
        foreach (var (language, own) in counts)
        {
            byte mask = 0;
            for (var label = 0; label < TextLabels.Count; label++)
                if (own[label * 2] >= MinHarmless && own[label * 2 + 1] >= MinHarmful) mask |= (byte)(1 << label);
            if (mask != 0) competence[language] = mask;
        }
        return competence;
    }

    private sealed class Step(IProgress<TrainingProgress> progress, string name) : IProgress<double>
    {
        public void Report(double value) => progress.Report(new(name, value));
    }
}
