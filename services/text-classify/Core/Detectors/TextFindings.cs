using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Detectors;

/// <summary>A passage that raised a score.</summary>
/// <param name="Label">The label.</param>
/// <param name="Start">First code point of the submitted text.</param>
/// <param name="End">One past the last code point.</param>
/// <param name="Contribution">What it added to the score's log-odds, before calibration; positive.</param>
public readonly record struct Passage(TextLabel Label, int Start, int End, float Contribution);

/// <summary>What the detectors found in one text.</summary>
public sealed class TextFindings
{
    private readonly float[] _scores = new float[TextLabels.Count];
    private readonly List<Passage> _passages = [];

    private byte _scored;

    /// <summary>Whether any detector scored any label.</summary>
    public bool Scored => _scored != 0;

    /// <summary>Whether a competent detector scored the label. Without one the score stays away rather than 0.</summary>
    public bool HasScore(TextLabel label) => (_scored >> (int)label & 1) != 0;

    /// <summary>Calibrated probabilities, 0 to 1, by label; 0 where <see cref="HasScore"/> is false.</summary>
    public ReadOnlySpan<float> Scores => _scores;

    /// <summary>The passages, strongest first.</summary>
    public IReadOnlyList<Passage> Passages => _passages;

    /// <summary>Raises a label's score to the given one where that is higher.</summary>
    /// <param name="label">The label.</param>
    /// <param name="score">Its probability, 0 to 1.</param>
    public void Raise(TextLabel label, float score)
    {
        _scored |= (byte)(1 << (int)label);
        _scores[(int)label] = Math.Max(_scores[(int)label], score);
    }

    /// <summary>Adds passages and keeps the strongest.</summary>
    /// <param name="passages">Passages of any order.</param>
    /// <param name="keep">How many to keep of all.</param>
    public void Add(IEnumerable<Passage> passages, int keep)
    {
        _passages.AddRange(passages);
        _passages.Sort(static (a, b) => a.Contribution != b.Contribution ? b.Contribution.CompareTo(a.Contribution) : a.Start.CompareTo(b.Start));
        if (_passages.Count > keep) _passages.RemoveRange(keep, _passages.Count - keep);
    }
}
