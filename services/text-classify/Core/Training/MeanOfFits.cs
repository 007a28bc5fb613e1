using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Training;

/// <summary>
/// The mean of several fits over the same features. All are linear, so the mean is one weight matrix and costs nothing more when it scores.
/// A fit's weights are divided by how far its scores spread over the training texts, or the boldest would outvote the others;
/// at the end they are multiplied by the mean spread, so that scores stay log-odds.
/// </summary>
internal sealed class MeanOfFits(Example[] examples)
{
    private const int Sample = 20;

    private readonly float[] _weights = new float[FeatureHasher.Buckets * TextLabels.Count];
    private readonly float[] _bias = new float[TextLabels.Count];
    private readonly double[] _spread = new double[TextLabels.Count];
    private int _fits;

    /// <summary>Adds a fit.</summary>
    public void Add(float[] weights, float[] bias)
    {
        var spread = Spread(weights);
        var factors = Array.ConvertAll(spread, s => s > 0 ? (float)(1 / s) : 0);
        for (var i = 0; i < weights.Length; i += TextLabels.Count)
            for (var label = 0; label < TextLabels.Count; label++) _weights[i + label] += weights[i + label] * factors[label];
        for (var label = 0; label < TextLabels.Count; label++)
        {
            // Without a spread the label was never known, and the bias is all there is.
            _bias[label] += bias[label] * (factors[label] > 0 ? factors[label] : 1);
            _spread[label] += spread[label];
        }
        _fits++;
    }

    /// <summary>The mean of what was added.</summary>
    public (float[] Weights, float[] Bias) Mean()
    {
        var factors = Array.ConvertAll(_spread, s => (float)((s > 0 ? s / _fits : 1) / _fits));
        var weights = (float[])_weights.Clone();
        for (var i = 0; i < weights.Length; i += TextLabels.Count)
            for (var label = 0; label < TextLabels.Count; label++) weights[i + label] *= factors[label];
        return (weights, [.. _bias.Select((b, label) => b * factors[label])]);
    }

    // Standard deviation of each label's scores over every twentieth example.
    private double[] Spread(float[] weights)
    {
        var features = new FeatureLists(FeatureHasher.BucketBits);
        var (sums, squares, seen) = (new double[TextLabels.Count], new double[TextLabels.Count], 0);
        for (var i = 0; i < examples.Length; i += Sample)
        {
            features.Fill(examples[i].Text);
            for (var label = 0; label < TextLabels.Count; label++)
            {
                var score = Sum(weights, features.Words, label) + Sum(weights, features.Grams, label);
                sums[label] += score;
                squares[label] += score * score;
            }
            seen++;
        }
        return [.. sums.Zip(squares, (sum, square) => Math.Sqrt(Math.Max(0, square / seen - sum / seen * (sum / seen))))];
    }

    private static double Sum(float[] weights, ReadOnlySpan<uint> buckets, int label)
    {
        double sum = 0;
        foreach (var bucket in buckets) sum += weights[bucket * TextLabels.Count + label];
        return buckets.IsEmpty ? 0 : sum / Math.Sqrt(buckets.Length);
    }
}
