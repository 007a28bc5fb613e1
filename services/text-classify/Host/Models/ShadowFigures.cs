using Moderation.TextClassify.Detectors;
using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Host.Models;

/// <summary>Which two models are compared, by their versions.</summary>
internal readonly record struct ModelPair(string Live, string Shadow);

/// <summary>What became of a text that a shadow should score.</summary>
internal enum ShadowResult
{
    /// <summary>It was scored.</summary>
    Scored,

    /// <summary>The shadow judges nothing in its language.</summary>
    Abstained,

    /// <summary>The shadow could not answer in time.</summary>
    Unavailable,

    /// <summary>Too many texts waited.</summary>
    Dropped,
}

/// <summary>
/// Counts how shadows score beside the live model, until the counts are taken to the store. Scores are counted in tenths, both models' together,
/// from which every figure at a threshold of a tenth follows.
/// </summary>
internal sealed class ShadowFigures(TimeProvider time)
{
    /// <summary>Tenths of a score.</summary>
    public const int Bins = 10;

    private readonly Lock _lock = new();
    private Dictionary<ModelPair, PairCounts> _counts = [];

    /// <summary>Counts a text that a shadow was asked about.</summary>
    public void Add(ModelPair pair, ShadowResult result, TextFindings live, TextFindings shadow)
    {
        lock (_lock)
        {
            var counts = Of(pair);
            counts.Add(FieldOf(result));
            if (result is ShadowResult.Unavailable or ShadowResult.Dropped) return;
            for (var label = 0; label < TextLabels.Count; label++)
            {
                switch (live.HasScore((TextLabel)label), shadow.HasScore((TextLabel)label))
                {
                    case (true, true): counts.Add(JointField(label, Bin(live.Scores[label]), Bin(shadow.Scores[label]))); break;
                    case (true, false): counts.Add(LiveOnlyField(label)); break;
                    case (false, true): counts.Add(ShadowOnlyField(label)); break;
                }
            }
        }
    }

    /// <summary>Takes what was counted since the last time.</summary>
    public IReadOnlyDictionary<ModelPair, PairCounts> Take()
    {
        lock (_lock)
        {
            var taken = _counts;
            _counts = [];
            return taken;
        }
    }

    /// <summary>The tenth in which a score lies, 0 to 9.</summary>
    public static int Bin(float score) => Math.Clamp((int)(score * Bins), 0, Bins - 1);

    public static string FieldOf(ShadowResult result) => result switch
    {
        ShadowResult.Scored => "scored",
        ShadowResult.Abstained => "abstained",
        ShadowResult.Unavailable => "unavailable",
        _ => "dropped",
    };

    public static string JointField(int label, int live, int shadow) => $"b:{label}:{live}:{shadow}";

    public static string LiveOnlyField(int label) => $"l:{label}";

    public static string ShadowOnlyField(int label) => $"s:{label}";

    private PairCounts Of(ModelPair pair)
    {
        if (!_counts.TryGetValue(pair, out var counts)) _counts[pair] = counts = new PairCounts(time.GetUtcNow());
        return counts;
    }
}

/// <summary>Counts of a pair of models by field.</summary>
/// <param name="since">When the first was counted.</param>
internal sealed class PairCounts(DateTimeOffset since)
{
    private readonly Dictionary<string, long> _fields = new(StringComparer.Ordinal);

    public DateTimeOffset Since => since;

    public IReadOnlyDictionary<string, long> Fields => _fields;

    public void Add(string field) => _fields[field] = _fields.GetValueOrDefault(field) + 1;
}
