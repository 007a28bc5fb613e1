using Moderation.TextClassify.Models;
using Moderation.TextClassify.Training;

namespace Moderation.Benchmarks.Text.Quality;

/// <summary>
/// The plain peer: one logistic regression a label over the same hashed features in one bag (words, word pairs, runs of 3 to 5), each worth
/// 1 / sqrt(features), by AdaGrad with a rate for each weight; labels that a source did not annotate are masked. Rate and epochs are
/// fixed, not searched.
/// </summary>
internal sealed class HashedLogistic : IScorer
{
    private const int Epochs = 3;
    private readonly float[] _weights = new float[FeatureHasher.Buckets * TextLabels.Count];
    private readonly float[] _squares = new float[FeatureHasher.Buckets * TextLabels.Count];
    private readonly float[] _bias = new float[TextLabels.Count];
    private readonly float[] _biasSquares = new float[TextLabels.Count];
    private readonly FeatureLists _features = new(FeatureHasher.BucketBits);
    private readonly float _rate;

    public HashedLogistic(TrainingRow[] rows, TextSet texts, float rate)
    {
        _rate = rate;
        var order = Enumerable.Range(0, rows.Length).ToArray();
        var random = new SeededRandom(PoolSplit.Seed);
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            random.Shuffle(order.AsSpan());
            foreach (var i in order) Step(texts.Normalized[i], rows[i]);
        }
    }

    public string Name => "logistic";

    /// <summary>As if its weights were kept as bytes, as ours are; they are used as floats here, which flatters it.</summary>
    public long Size => _weights.Length;

    public float[][] Scores(TextSet texts)
    {
        var scores = ScoreRows.For(texts.Normalized.Length);
        Span<float> own = stackalloc float[TextLabels.Count];
        for (var i = 0; i < texts.Normalized.Length; i++)
        {
            Score(texts.Normalized[i], own);
            for (var label = 0; label < TextLabels.Count; label++) scores[label][i] = own[label];
        }
        return scores;
    }

    private float Score(string text, Span<float> scores)
    {
        _features.Fill(text);
        var count = _features.WordCount + _features.GramCount;
        var factor = count > 0 ? 1 / MathF.Sqrt(count) : 0;
        scores.Clear();
        Add(_features.Words, scores);
        Add(_features.Grams, scores);
        for (var label = 0; label < TextLabels.Count; label++) scores[label] = _bias[label] + scores[label] * factor;
        return factor;
    }

    private void Add(ReadOnlySpan<uint> buckets, Span<float> scores)
    {
        foreach (var bucket in buckets)
            for (var label = 0; label < TextLabels.Count; label++) scores[label] += _weights[bucket * TextLabels.Count + label];
    }

    private void Step(string text, TrainingRow row)
    {
        Span<float> errors = stackalloc float[TextLabels.Count];
        var factor = Score(text, errors);
        for (var label = 0; label < TextLabels.Count; label++)
        {
            errors[label] = row.Knows((TextLabel)label) ? 1 / (1 + MathF.Exp(-errors[label])) - (row.Has((TextLabel)label) ? 1 : 0) : 0;
            if (errors[label] == 0) continue;
            _biasSquares[label] += errors[label] * errors[label];
            _bias[label] -= _rate * errors[label] / MathF.Sqrt(_biasSquares[label] + 1e-6f);
            errors[label] *= factor;
        }
        Learn(_features.Words, errors);
        Learn(_features.Grams, errors);
    }

    private void Learn(ReadOnlySpan<uint> buckets, ReadOnlySpan<float> errors)
    {
        for (var label = 0; label < TextLabels.Count; label++)
        {
            var error = errors[label];
            if (error == 0) continue;
            foreach (var bucket in buckets)
            {
                var at = bucket * TextLabels.Count + label;
                _squares[at] += error * error;
                _weights[at] -= _rate * error / MathF.Sqrt(_squares[at] + 1e-6f);
            }
        }
    }
}
