using System.Runtime.Intrinsics;
using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Training;

/// <summary>
/// Fits the same score as <see cref="LowRankTrainer"/> with a weight of its own for each bucket and label: masked logistic losses, feature
/// dropout, AdaGrad with a rate for each weight and a heavy start of its sum of squares, without which rare features run ahead. It errs
/// differently, so that the mean of both is better than either. One thread.
/// </summary>
internal sealed class LogisticTrainer : IWeightTrainer
{
    private const int Row = 8;
    private const int Epochs = 6;
    private const float Dropout = 0.3f;
    private const float Rate = 1.5f;
    private const float Damping = 1;
    private const float BiasRate = 0.2f;

    private readonly ulong _seed;
    private readonly byte _sourceLabels;

    // A bucket's weights and after them its sums of squares: they are read together.
    private readonly float[] _rows = new float[FeatureHasher.Buckets * 2 * Row];
    private readonly float[] _bias;
    private readonly float[] _biasSquares = new float[TextLabels.Count];
    private readonly float[] _errors = new float[Row];
    private readonly FeatureLists _features = new(FeatureHasher.BucketBits);
    private SourceBiases _sources;

    /// <param name="seed">Seed of the order and of the dropout.</param>
    /// <param name="sourceLabels">Bit i: label i gets a bias for each data set.</param>
    /// <param name="startBias">Each label's bias before the first step.</param>
    public LogisticTrainer(ulong seed, byte sourceLabels, float[] startBias) =>
        (_seed, _sourceLabels, _sources, _bias) = (seed, sourceLabels, new SourceBiases([], 0), [.. startBias]);

    /// <inheritdoc />
    public void Fit(Example[] examples, IProgress<double>? progress, CancellationToken cancellation)
    {
        _sources = new SourceBiases(examples, _sourceLabels);
        SeededEpochs.Run(
            examples.Length, Epochs, _seed, (int index, float decay, ref SeededRandom random) => Step(examples[index], decay, ref random), progress, cancellation);
    }

    /// <inheritdoc />
    public (float[] Weights, float[] Bias) Folded()
    {
        var weights = new float[FeatureHasher.Buckets * TextLabels.Count];
        for (var bucket = 0; bucket < FeatureHasher.Buckets; bucket++)
            for (var label = 0; label < TextLabels.Count; label++) weights[bucket * TextLabels.Count + label] = _rows[bucket * 2 * Row + label];
        return (weights, (float[])_bias.Clone());
    }

    private void Step(in Example example, float decay, ref SeededRandom random)
    {
        if (example.Known == 0) return;
        _features.Fill(example.Text);
        _features.Drop(Dropout, ref random);
        var wordFactor = _features.WordCount > 0 ? 1 / MathF.Sqrt(_features.WordCount) : 0;
        var gramFactor = _features.GramCount > 0 ? 1 / MathF.Sqrt(_features.GramCount) : 0;
        var scores = Sum(_features.Words) * wordFactor + Sum(_features.Grams) * gramFactor;
        for (var label = 0; label < TextLabels.Count; label++)
        {
            _errors[label] = 0;
            if ((example.Known >> label & 1) == 0) continue;
            var score = scores[label] + _bias[label] + _sources.Of(example.Source, label);
            var error = (1 / (1 + MathF.Exp(-score)) - (example.Positive >> label & 1)) * example.Weight;
            _errors[label] = error;
            _biasSquares[label] += error * error;
            _bias[label] -= BiasRate * decay * error / MathF.Sqrt(_biasSquares[label] + 1e-6f);
            _sources.Step(example.Source, label, error, BiasRate * decay);
        }
        var errors = Vector256.LoadUnsafe(ref _errors[0]);
        Learn(_features.Words, errors * wordFactor, decay);
        Learn(_features.Grams, errors * gramFactor, decay);
    }

    private Vector256<float> Sum(ReadOnlySpan<uint> buckets)
    {
        Vector256<float> sum = default;
        foreach (var bucket in buckets) sum += Vector256.LoadUnsafe(ref _rows[bucket * 2 * Row]);
        return sum;
    }

    private void Learn(ReadOnlySpan<uint> buckets, Vector256<float> slope, float decay)
    {
        var (squares, step, damping) = (slope * slope, slope * (Rate * decay), Vector256.Create(Damping));
        foreach (var bucket in buckets)
        {
            ref var row = ref _rows[bucket * 2 * Row];
            var total = Vector256.LoadUnsafe(ref row, Row) + squares;
            total.StoreUnsafe(ref row, Row);
            (Vector256.LoadUnsafe(ref row) - step / Vector256.Sqrt(total + damping)).StoreUnsafe(ref row);
        }
    }
}
