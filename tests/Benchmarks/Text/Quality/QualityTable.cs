using System.Globalization;
using Moderation.Testing;
using Moderation.TextClassify.Models;
using Moderation.TextClassify.Training;

namespace Moderation.Benchmarks.Text.Quality;

/// <summary>Our model beside fastText and a plain hashed logistic regression, pair by pair; and under the eight perturbations.</summary>
internal static class QualityTable
{
    private static readonly string[] FastTextOptions =
        ["-wordNgrams", "2", "-minn", "3", "-maxn", "5", "-dim", "10", "-bucket", "1000000", "-minCount", "2", "-epoch", "5", "-lr", "0.3"];

    private const float LogisticRate = 0.1f;

    /// <summary>Ours, fastText behind our normaliser and the plain regression, on the pool's own split; ours is first.</summary>
    public static List<IScorer> Scorers(PoolSplit split, DirectoryInfo work, bool verifiedLicencesOnly)
    {
        var train = TextSet.Of(split.Train.Select(r => r.Text));
        var scorers = new List<IScorer>();
        if (FastTextPeer.Train("fastText", FastTextPeer.Lent, split.Train, train, work, FastTextOptions) is { } peer) scorers.Add(peer);
        scorers.Add(new HashedLogistic(split.Train, train, LogisticRate));
        scorers.Insert(0, verifiedLicencesOnly ? Trained(split) : Shipped());
        return scorers;
    }

    /// <summary>Ours, and fastText that reads texts as they came: what an attacker meets.</summary>
    public static List<IScorer> AttackedScorers(PoolSplit split, DirectoryInfo work)
    {
        var train = TextSet.Of(split.Train.Select(r => r.Text));
        var peer = FastTextPeer.Train("fastText, plain", FastTextPeer.Plain, split.Train, train, work, FastTextOptions);
        return peer is null ? [Shipped()] : [Shipped(), peer];
    }

    public static void Run(PoolSplit split, IReadOnlyList<IScorer> scorers, TextWriter report)
    {
        var texts = TextSet.Of(split.Test.Select(r => r.Text));
        var pairs = Pair.Of(split.Test);
        var scores = scorers.Select(s => s.Scores(texts)).ToArray();
        report.WriteLine($"\n| source | label | positives / others |{string.Concat(scorers.Select(s => $" {s.Name} |"))}{string.Concat(scorers.Skip(1).Select(s => $" ours - {s.Name}, 95 % |"))}");
        report.WriteLine($"|---|---|---|{string.Concat(Enumerable.Repeat("---|", 2 * scorers.Count - 1))}");
        var means = new double[scorers.Count];
        var (above, below) = (new int[scorers.Count], new int[scorers.Count]);
        foreach (var pair in pairs)
        {
            double[] own = [.. scores.Select(pair.Precision)];
            var cells = new List<string>();
            for (var s = 0; s < own.Length; s++)
            {
                means[s] += own[s] / pairs.Count;
                if (s == 0) continue;
                var (low, high) = PairedBootstrap.Difference(pair, scores[0], scores[s]);
                if (low > 0) above[s]++;
                if (high < 0) below[s]++;
                cells.Add(string.Create(CultureInfo.InvariantCulture, $"{own[0] - own[s]:+0.000;-0.000} [{low:+0.000;-0.000}, {high:+0.000;-0.000}]{(high < 0 ? " **below**" : "")}"));
            }
            var positives = pair.Positive.Count(p => p);
            report.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {pair.Source} | {TextLabels.Name(pair.Label)} | {positives} / {pair.Rows.Length - positives} | {string.Join(" | ", own.Select(p => p.ToString("F3", CultureInfo.InvariantCulture)))} | {string.Join(" | ", cells)} |"));
        }
        report.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| **mean of {pairs.Count}** | | | {string.Join(" | ", means.Select(m => $"**{m.ToString("F3", CultureInfo.InvariantCulture)}**"))} | {string.Join(" | ", Enumerable.Range(1, scorers.Count - 1).Select(s => $"above in {above[s]}, below in {below[s]}"))} |"));
        foreach (var scorer in scorers) report.WriteLine($"{scorer.Name}: {scorer.Size / 1e6:F1} MB");
    }

    private static OurScorer Shipped()
    {
        var file = File.ReadAllBytes(Repository.PathOf("services", "text-classify", "Host", "Models", "moderation-text-v1", "model.bin"));
        return new OurScorer("ours", TextModel.Load(file), file.Length);
    }

    private static OurScorer Trained(PoolSplit split)
    {
        var file = new TextModelTrainer(PoolSplit.Seed).Train(split.Rows, null, CancellationToken.None).ModelFile;
        return new OurScorer("ours", TextModel.Load(file), file.Length);
    }
}
