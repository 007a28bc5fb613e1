using Moderation.TextClassify.Models;
using Moderation.TextClassify.Training;

namespace Moderation.Benchmarks.Text.Quality;

/// <summary>A source and a label of which the test part has at least 30 texts of either kind.</summary>
internal sealed record Pair(string Source, string Language, TextLabel Label, int[] Rows, bool[] Positive)
{
    public const int MinPerKind = 30;

    public static List<Pair> Of(TrainingRow[] test)
    {
        var pairs = new List<Pair>();
        foreach (var source in Enumerable.Range(0, test.Length).GroupBy(i => test[i].Source).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            for (var label = 0; label < TextLabels.Count; label++)
            {
                int[] rows = [.. source.Where(i => test[i].Knows((TextLabel)label))];
                bool[] positive = [.. rows.Select(i => test[i].Has((TextLabel)label))];
                var count = positive.Count(p => p);
                if (count < MinPerKind || rows.Length - count < MinPerKind) continue;
                var language = rows.GroupBy(i => test[i].Language).MaxBy(g => g.Count())?.Key ?? "";
                pairs.Add(new Pair(source.Key, language, (TextLabel)label, rows, positive));
            }
        }
        return pairs;
    }

    /// <summary>Average precision of a scorer's numbers.</summary>
    public double Precision(float[][] scores)
    {
        var own = scores[(int)Label];
        return Measures.AveragePrecision([.. Rows.Select((row, i) => (own[row], Positive[i]))]);
    }
}

/// <summary>
/// Paired bootstrap over texts (Efron and Tibshirani 1993): both scorers are measured on the same resamples, so that what the texts have in common
/// falls out. Scores are sorted once; a resample is a number of copies of each text.
/// </summary>
internal static class PairedBootstrap
{
    private const int Resamples = 2_000;

    /// <summary>The middle 95 % of the difference in average precision, first less second.</summary>
    public static (double Low, double High) Difference(Pair pair, float[][] first, float[][] second)
    {
        var (a, b) = (Order(pair, first), Order(pair, second));
        var random = new SeededRandom(StableHash.Of(pair.Source, (ulong)pair.Label));
        var copies = new int[pair.Rows.Length];
        var differences = new List<double>(Resamples);
        while (differences.Count < Resamples)
        {
            Array.Clear(copies);
            for (var i = 0; i < copies.Length; i++) copies[random.Next(copies.Length)]++;
            var difference = Precision(pair, a, copies) - Precision(pair, b, copies);
            if (!double.IsNaN(difference)) differences.Add(difference);
        }
        differences.Sort();
        return (differences[Resamples / 40], differences[Resamples - 1 - Resamples / 40]);
    }

    // Ties share a rank.
    private static (int[] Order, int[] Ends) Order(Pair pair, float[][] scores)
    {
        float[] own = [.. pair.Rows.Select(r => scores[(int)pair.Label][r])];
        int[] order = [.. Enumerable.Range(0, own.Length).OrderByDescending(i => own[i])];
        var ends = new List<int>();
        for (var i = 0; i < order.Length; i++)
            if (i + 1 == order.Length || own[order[i]] != own[order[i + 1]]) ends.Add(i + 1);
        return (order, [.. ends]);
    }

    private static double Precision(Pair pair, (int[] Order, int[] Ends) ranked, int[] copies)
    {
        int positives = 0, seen = 0, at = 0;
        double sum = 0;
        foreach (var end in ranked.Ends)
        {
            var own = 0;
            for (; at < end; at++)
            {
                var count = copies[ranked.Order[at]];
                seen += count;
                if (pair.Positive[ranked.Order[at]]) own += count;
            }
            positives += own;
            if (own > 0) sum += own * ((double)positives / seen);
        }
        return positives == 0 ? double.NaN : sum / positives;
    }
}
