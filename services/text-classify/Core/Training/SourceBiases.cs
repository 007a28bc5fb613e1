using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Training;

/// <summary>
/// A bias for each data set and label, learnt beside the weights and left behind when training ends. Data sets differ in how often a label holds and
/// in what their annotators called so; what is constant within a data set goes into its bias, so that the weights need not tell data sets apart.
/// A data set that has (nearly) one kind of a label gets none: its bias would say all there is to learn from it.
/// </summary>
internal sealed class SourceBiases
{
    private const int MinOfAKind = 30;
    private const double MinShare = 0.02;

    private readonly bool[] _has;
    private readonly float[] _bias;
    private readonly float[] _squares;

    /// <param name="examples">What is learnt from.</param>
    /// <param name="labels">Bit i: label i gets biases. With 0 there are none, and every bias reads 0.</param>
    public SourceBiases(IReadOnlyList<Example> examples, byte labels)
    {
        var sources = labels == 0 ? 0 : examples.Max(e => e.Source) + 1;
        _has = new bool[sources * TextLabels.Count];
        _bias = new float[_has.Length];
        _squares = new float[_has.Length];
        if (sources == 0) return;
        var counts = new int[_has.Length * 2];
        foreach (var example in examples)
            for (var label = 0; label < TextLabels.Count && example.Source >= 0; label++)
                if ((example.Known >> label & 1) != 0) counts[(example.Source * TextLabels.Count + label) * 2 + (example.Positive >> label & 1)]++;
        for (var i = 0; i < _has.Length; i++)
        {
            var rarer = Math.Min(counts[i * 2], counts[i * 2 + 1]);
            _has[i] = (labels >> (i % TextLabels.Count) & 1) != 0 && rarer >= MinOfAKind && rarer >= MinShare * (counts[i * 2] + counts[i * 2 + 1]);
        }
    }

    /// <summary>The bias of a data set's label; 0 where it has none.</summary>
    public float Of(int source, int label) => Index(source, label) is >= 0 and var at ? _bias[at] : 0;

    /// <summary>One step of AdaGrad along a loss's slope.</summary>
    public void Step(int source, int label, float error, float rate)
    {
        var at = Index(source, label);
        if (at < 0) return;
        _squares[at] += error * error;
        _bias[at] -= rate * error / MathF.Sqrt(_squares[at] + 1e-6f);
    }

    private int Index(int source, int label)
    {
        var at = source * TextLabels.Count + label;
        return (uint)at < (uint)_has.Length && _has[at] ? at : -1;
    }
}
