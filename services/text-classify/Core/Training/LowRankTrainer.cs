using System.Runtime.Intrinsics;
using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Training;

/// <summary>One text to learn from: normalised, with what is known of it, how much it counts, and the number of its data set (-1: none of them).</summary>
internal readonly record struct Example(string Text, byte Positive, byte Known, float Weight, int Source = -1);

/// <summary>The trainer's rates. The defaults were chosen by mean average precision on the development part.</summary>
internal sealed record TrainerOptions
{
    public int Epochs { get; init; } = 3;

    /// <summary>Share of a text's features that a step leaves out.</summary>
    public float Dropout { get; init; } = 0.3f;

    public float EmbeddingRate { get; init; } = 0.3f;

    /// <summary>Added to a bucket's sum of squares: without it the first sight of a rare feature moves it as far as a hundred do.</summary>
    public float Damping { get; init; } = 1e-2f;

    public float OutputRate { get; init; } = 0.2f;

    /// <summary>How much a harmless sentence of our own making counts against an ordinary text.</summary>
    public float NeutralWeight { get; init; } = 14;

    /// <summary>Whether our own writing is learnt from and calibrated on.</summary>
    public bool OwnWriting { get; init; } = true;

    /// <summary>How much a text of our own writing counts against an ordinary text.</summary>
    public float OwnWeight { get; init; } = 4;

    /// <summary>Each label's bias before the first step; null: -2 for all.</summary>
    public float[]? StartBias { get; init; }

    /// <summary>Bit i: label i gets a bias for each data set while it is learnt.</summary>
    public byte SourceLabels { get; init; }

    /// <summary>Features are hashed into 2^BucketBits buckets.</summary>
    public int BucketBits { get; init; } = FeatureHasher.BucketBits;

    public ulong Seed { get; init; } = 1;
}

/// <summary>
/// Fits a linear model whose weight matrix (bucket x label) is the product of two small ones (inner dimension 16) with
/// masked logistic losses and feature dropout, by AdaGrad (one rate for each bucket). A text's score is
/// bias + sum over words / sqrt(words) + sum over character runs / sqrt(runs). One thread, so that a seed fixes the result.
/// </summary>
internal sealed class LowRankTrainer : IWeightTrainer
{
    public const int Inner = 16;

    private readonly TrainerOptions _options;
    private readonly float[] _embedding;
    private readonly float[] _embeddingSquares;
    private readonly float[] _output = new float[TextLabels.Count * Inner];
    private readonly float[] _outputSquares = new float[TextLabels.Count * Inner];
    private readonly float[] _bias = new float[TextLabels.Count];
    private readonly float[] _biasSquares = new float[TextLabels.Count];
    private readonly float[] _hidden = new float[Inner];
    private readonly float[] _gradient = new float[Inner];
    private readonly FeatureLists _features;
    private SourceBiases _sources = new([], 0);

    public LowRankTrainer(TrainerOptions options)
    {
        _options = options;
        _embedding = new float[(1 << options.BucketBits) * Inner];
        _embeddingSquares = new float[1 << options.BucketBits];
        _features = new FeatureLists(options.BucketBits);
        var random = new SeededRandom(options.Seed);
        for (var i = 0; i < _embedding.Length; i++) _embedding[i] = (float)(random.NextDouble() * 2 - 1) / (Inner * 4);
        for (var i = 0; i < _output.Length; i++) _output[i] = (float)(random.NextDouble() * 2 - 1) * 0.5f;
        Array.Fill(_bias, -2f);
        options.StartBias?.CopyTo(_bias, 0);
    }

    /// <inheritdoc />
    public void Fit(Example[] examples, IProgress<double>? progress, CancellationToken cancellation)
    {
        _sources = new SourceBiases(examples, _options.SourceLabels);
        SeededEpochs.Run(
            examples.Length, _options.Epochs, _options.Seed, (int index, float decay, ref SeededRandom random) => Step(examples[index], decay, ref random), progress, cancellation);
    }

    /// <inheritdoc />
    public (float[] Weights, float[] Bias) Folded()
    {
        var weights = new float[_embeddingSquares.Length * TextLabels.Count];
        for (var bucket = 0; bucket < _embeddingSquares.Length; bucket++)
        {
            if (_embeddingSquares[bucket] == 0) continue; // never seen: its start value is noise
            for (var label = 0; label < TextLabels.Count; label++)
            {
                var sum = 0f;
                for (var k = 0; k < Inner; k++) sum += _embedding[bucket * Inner + k] * _output[label * Inner + k];
                weights[bucket * TextLabels.Count + label] = sum;
            }
        }
        return (weights, (float[])_bias.Clone());
    }

    private void Step(in Example example, float decay, ref SeededRandom random)
    {
        _features.Fill(example.Text);
        _features.Drop(_options.Dropout, ref random);
        var wordFactor = _features.WordCount > 0 ? 1 / MathF.Sqrt(_features.WordCount) : 0;
        var gramFactor = _features.GramCount > 0 ? 1 / MathF.Sqrt(_features.GramCount) : 0;
        Array.Clear(_hidden);
        Accumulate(_features.Words, wordFactor);
        Accumulate(_features.Grams, gramFactor);
        if (!Backward(example, decay)) return;
        Update(_features.Words, wordFactor, decay);
        Update(_features.Grams, gramFactor, decay);
    }

    private void Accumulate(ReadOnlySpan<uint> buckets, float factor)
    {
        Vector256<float> low = default, high = default;
        foreach (var bucket in buckets)
        {
            ref var row = ref _embedding[bucket * Inner];
            low += Vector256.LoadUnsafe(ref row);
            high += Vector256.LoadUnsafe(ref row, 8);
        }
        (Vector256.LoadUnsafe(ref _hidden[0]) + low * factor).StoreUnsafe(ref _hidden[0]);
        (Vector256.LoadUnsafe(ref _hidden[8]) + high * factor).StoreUnsafe(ref _hidden[8]);
    }

    private bool Backward(in Example example, float decay)
    {
        Array.Clear(_gradient);
        if (example.Known == 0) return false;
        for (var label = 0; label < TextLabels.Count; label++)
        {
            if ((example.Known >> label & 1) == 0) continue;
            var at = label * Inner;
            var score = _bias[label] + _sources.Of(example.Source, label);
            for (var k = 0; k < Inner; k++) score += _hidden[k] * _output[at + k];
            var error = (1 / (1 + MathF.Exp(-score)) - (example.Positive >> label & 1)) * example.Weight;
            for (var k = 0; k < Inner; k++)
            {
                _gradient[k] += error * _output[at + k];
                var own = error * _hidden[k];
                _outputSquares[at + k] += own * own;
                _output[at + k] -= _options.OutputRate * decay * own / MathF.Sqrt(_outputSquares[at + k] + 1e-6f);
            }
            _biasSquares[label] += error * error;
            _bias[label] -= _options.OutputRate * decay * error / MathF.Sqrt(_biasSquares[label] + 1e-6f);
            _sources.Step(example.Source, label, error, _options.OutputRate * decay);
        }
        return true;
    }

    private void Update(ReadOnlySpan<uint> buckets, float factor, float decay)
    {
        if (buckets.IsEmpty) return;
        var low = Vector256.LoadUnsafe(ref _gradient[0]) * factor;
        var high = Vector256.LoadUnsafe(ref _gradient[8]) * factor;
        var square = 0f;
        for (var k = 0; k < Inner; k++) square += _gradient[k] * _gradient[k];
        square *= factor * factor / Inner;
        if (square == 0) return;
        foreach (var bucket in buckets)
        {
            var total = _embeddingSquares[bucket] += square;
            var rate = _options.EmbeddingRate * decay / MathF.Sqrt(total + _options.Damping);
            ref var row = ref _embedding[bucket * Inner];
            (Vector256.LoadUnsafe(ref row) - low * rate).StoreUnsafe(ref row);
            (Vector256.LoadUnsafe(ref row, 8) - high * rate).StoreUnsafe(ref row, 8);
        }
    }
}
