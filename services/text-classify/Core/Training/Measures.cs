namespace Moderation.TextClassify.Training;

/// <summary>Figures of merit over (score, truth) pairs.</summary>
public static class Measures
{
    /// <summary>
    /// Average precision: the mean, over the positives, of the precision at each one's rank. Ties count as one rank.
    /// </summary>
    /// <returns>0 to 1; NaN where there is no positive.</returns>
    public static double AveragePrecision(IReadOnlyList<(float Score, bool Positive)> pairs)
    {
        var sorted = pairs.OrderByDescending(p => p.Score).ToArray();
        int positives = 0, seen = 0;
        double sum = 0;
        for (var i = 0; i < sorted.Length;)
        {
            int end = i, own = 0;
            for (; end < sorted.Length && sorted[end].Score == sorted[i].Score; end++) own += sorted[end].Positive ? 1 : 0;
            positives += own;
            seen = end;
            sum += own * ((double)positives / seen);
            i = end;
        }
        return positives == 0 ? double.NaN : sum / positives;
    }

    /// <summary>Expected calibration error over 15 equal bins of probability (Guo et al. 2017).</summary>
    /// <returns>0 to 1; NaN where there are no pairs.</returns>
    public static double CalibrationError(IReadOnlyList<(float Probability, bool Positive)> pairs)
    {
        const int bins = 15;
        Span<double> probability = stackalloc double[bins], positive = stackalloc double[bins], count = stackalloc double[bins];
        foreach (var (p, truth) in pairs)
        {
            var bin = Math.Min(bins - 1, (int)(p * bins));
            probability[bin] += p;
            positive[bin] += truth ? 1 : 0;
            count[bin]++;
        }
        double error = 0;
        for (var bin = 0; bin < bins; bin++) error += Math.Abs(probability[bin] - positive[bin]);
        return pairs.Count == 0 ? double.NaN : error / pairs.Count;
    }

    /// <summary>Precision, recall and F1 of "probability at or above the threshold".</summary>
    public static (double Precision, double Recall, double F1) AtThreshold(IReadOnlyList<(float Probability, bool Positive)> pairs, float threshold)
    {
        double hit = 0, flagged = 0, positive = 0;
        foreach (var (p, truth) in pairs)
        {
            if (truth) positive++;
            if (p < threshold) continue;
            flagged++;
            if (truth) hit++;
        }
        var precision = flagged == 0 ? 0 : hit / flagged;
        var recall = positive == 0 ? 0 : hit / positive;
        return (precision, recall, hit == 0 ? 0 : 2 * precision * recall / (precision + recall));
    }

    /// <summary>The threshold with the best F1, to be chosen on the development part.</summary>
    public static float BestThreshold(IReadOnlyList<(float Probability, bool Positive)> pairs)
    {
        var sorted = pairs.OrderByDescending(p => p.Probability).ToArray();
        double positive = sorted.Count(p => p.Positive), hit = 0, best = -1;
        var threshold = 0.5f;
        for (var i = 0; i < sorted.Length; i++)
        {
            if (sorted[i].Positive) hit++;
            if (i + 1 < sorted.Length && sorted[i + 1].Probability == sorted[i].Probability) continue;
            var f1 = 2 * hit / (i + 1 + positive);
            if (f1 <= best) continue;
            best = f1;
            threshold = sorted[i].Probability;
        }
        return threshold;
    }
}
