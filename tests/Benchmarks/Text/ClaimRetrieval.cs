using System.Diagnostics;
using Moderation.TextClassify.Claims;
using Moderation.TextClassify.Normalize;

namespace Moderation.Benchmarks.Text;

/// <summary>
/// Mean average precision at 5 on the CheckThat! claims, beside plain BM25 over the same words in the same run, with a paired bootstrap interval
/// of the difference; precision and recall of the first match at the thresholds of the default policy; how often unrelated texts reach them.
/// </summary>
internal static class ClaimRetrieval
{
    private const int Depth = 5;
    private const int Resamples = 10_000;
    private const int Unrelated = 3_000;
    private static readonly float[] Thresholds = [0.5f, 0.85f, 0.95f];

    public static void Run(DirectoryInfo data, TextWriter report)
    {
        var claims = DataFiles.Rows(data, "claims", "claims.tsv.gz").ToList();
        var checks = claims.Select(c => new FactCheck(c[2], c[1], "factcheck.example", "", "False", "https://factcheck.example/" + c[0], "en", null)).ToList();
        var idOf = checks.Zip(claims).ToDictionary(p => p.First.ClaimId, p => p.Second[0]);
        var watch = Stopwatch.StartNew();
        var index = new ClaimIndex(checks);
        report.WriteLine($"claims: {checks.Count}, index built in {watch.Elapsed.TotalSeconds:F2} s");
        var plain = new Bm25([.. checks.Select(c => (IReadOnlyList<string>)ClaimWords.Stems(Read(c.Title + " " + c.Claim)))]);
        foreach (var part in new[] { "train", "dev" })
        {
            var relevant = DataFiles.Rows(data, "claims", $"qrels_{part}.tsv.gz").ToLookup(r => r[0], r => r[1]);
            var queries = DataFiles.Rows(data, "claims", $"queries_{part}.tsv.gz").Where(q => relevant.Contains(q[0])).ToList();
            var (ours, baseline, first) = (new List<double>(), new List<double>(), new List<(float Score, bool Right)>());
            watch.Restart();
            foreach (var query in queries)
            {
                var matches = index.Match(query[1], Depth);
                ours.Add(AveragePrecision([.. matches.Select(m => idOf[m.Check.ClaimId])], [.. relevant[query[0]]]));
                if (matches.Count > 0) first.Add((matches[0].Probability, relevant[query[0]].Contains(idOf[matches[0].Check.ClaimId])));
            }
            var perQuery = watch.Elapsed.TotalMilliseconds / queries.Count;
            var scores = new float[checks.Count];
            foreach (var query in queries)
            {
                Array.Clear(scores);
                plain.Add(ClaimWords.Stems(Read(query[1])).Distinct(), 1, scores);
                var ranked = Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).Take(Depth).Select(i => claims[i][0]).ToList();
                baseline.Add(AveragePrecision(ranked, [.. relevant[query[0]]]));
            }
            var (low, high) = Interval([.. ours.Zip(baseline, (a, b) => a - b)]);
            report.WriteLine($"{part}: {queries.Count} queries, MAP@5 {ours.Average():F4}, plain BM25 {baseline.Average():F4}, difference {ours.Average() - baseline.Average():F4} [{low:F4}, {high:F4}], {perQuery:F2} ms a query");
            foreach (var threshold in Thresholds)
            {
                var told = first.Where(f => f.Score >= threshold).ToList();
                report.WriteLine($"{part}, first match at {threshold}: told {told.Count}, precision {(told.Count == 0 ? 0 : told.Average(f => f.Right ? 1.0 : 0)):F3}, recall {told.Count(f => f.Right) / (double)queries.Count:F3}");
            }
        }
        var texts = DataFiles.Texts(data, "test");
        var step = Math.Max(1, texts.Count / Unrelated);
        var best = Enumerable.Range(0, Math.Min(Unrelated, texts.Count)).Select(i => index.Match(texts[i * step], 1) is [var m, ..] ? m.Probability : 0).ToList();
        foreach (var threshold in Thresholds) report.WriteLine($"unrelated texts: {best.Count(b => b >= threshold)} of {best.Count} at {threshold}");
    }

    private static double AveragePrecision(List<string> ranked, HashSet<string> relevant)
    {
        double hits = 0, sum = 0;
        for (var i = 0; i < ranked.Count; i++)
            if (relevant.Contains(ranked[i])) sum += ++hits / (i + 1);
        return sum / Math.Min(relevant.Count, Depth);
    }

    private static (double Low, double High) Interval(double[] differences)
    {
        var random = new Random(1);
        var means = new double[Resamples];
        for (var i = 0; i < means.Length; i++)
            for (var j = 0; j < differences.Length; j++) means[i] += differences[random.Next(differences.Length)] / differences.Length;
        Array.Sort(means);
        return (means[(int)(0.025 * Resamples)], means[(int)(0.975 * Resamples)]);
    }

    private static string Read(string text) => PersonalData.Replace(TextNormalizer.Normalize(text)).Text;
}
