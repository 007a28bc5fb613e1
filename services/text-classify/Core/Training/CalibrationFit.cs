using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Training;

/// <summary>
/// Isotonic calibration (pool adjacent violators, Zadrozny and Elkan 2002) over bins of equal numbers of texts, made
/// strictly increasing. With too few texts of either kind the raw score is passed through a logistic function.
/// </summary>
internal static class CalibrationFit
{
    private const int MinPerKind = 20;
    private const int MaxBins = 40;
    private const int MinBin = 40;

    public static ScoreCalibration Fit(IReadOnlyList<(float Score, bool Positive)> pairs)
    {
        var positives = pairs.Count(p => p.Positive);
        if (positives < MinPerKind || pairs.Count - positives < MinPerKind) return new ScoreCalibration([-8, 8], [-8, 8]);
        var blocks = new List<(double Score, double Positive, double Count)>();
        foreach (var bin in Bins(pairs, positives))
        {
            blocks.Add(bin);
            while (blocks.Count > 1 && Rate(blocks[^1]) <= Rate(blocks[^2]))
            {
                var (a, b) = (blocks[^2], blocks[^1]);
                blocks.RemoveAt(blocks.Count - 1);
                blocks[^1] = (a.Score + b.Score, a.Positive + b.Positive, a.Count + b.Count);
            }
        }
        var scores = new List<float>();
        var odds = new List<float>();
        foreach (var block in blocks)
        {
            var score = (float)(block.Score / block.Count);
            var rate = Rate(block);
            var logOdds = (float)Math.Log(rate / (1 - rate));
            if (scores.Count > 0 && (score <= scores[^1] || logOdds <= odds[^1])) continue;
            scores.Add(score);
            odds.Add(logOdds);
        }
        return scores.Count < 2 ? new ScoreCalibration([-8, 8], [-8, 8]) : new ScoreCalibration([.. scores], [.. odds]);
    }

    /// <summary>
    /// Bins grow towards the high scores' end in steps of positives, since most texts are clean and a bin of equal size
    /// would hold every positive of a rare label.
    /// </summary>
    private static IEnumerable<(double Score, double Positive, double Count)> Bins(IReadOnlyList<(float Score, bool Positive)> pairs, int positives)
    {
        var sorted = pairs.OrderBy(p => p.Score).ToArray();
        var wanted = Math.Max(8, positives / (MaxBins / 2));
        var largest = Math.Max(MinBin, pairs.Count / (MaxBins / 2));
        (double Score, double Positive, double Count) bin = default;
        foreach (var (score, positive) in sorted)
        {
            bin = (bin.Score + score, bin.Positive + (positive ? 1 : 0), bin.Count + 1);
            if (bin.Count < MinBin || (bin.Positive < wanted && bin.Count < largest)) continue;
            yield return bin;
            bin = default;
        }
        if (bin.Count > 0) yield return bin;
    }

    // Half a text of each kind keeps the odds finite.
    private static double Rate((double Score, double Positive, double Count) block) => (block.Positive + 0.5) / (block.Count + 1);
}
