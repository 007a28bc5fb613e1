namespace Moderation.TextClassify.Normalize;

/// <summary>
/// A text as the detectors read it, with the way back: each UTF-16 unit of <see cref="Text"/> stands for a half-open range
/// of Unicode code points of the submitted text. A lone surrogate counts as one code point.
/// </summary>
public sealed class NormalizedText
{
    // Both empty where each unit stands for the code point of the same index.
    private readonly int[] _starts;
    private readonly int[] _ends;

    internal NormalizedText(string text, int[] starts, int[] ends, int submittedLength)
    {
        Text = text;
        _starts = starts;
        _ends = ends;
        SubmittedLength = submittedLength;
    }

    /// <summary>The normalised text: folded, lower case, single spaces, no format controls.</summary>
    public string Text { get; }

    /// <summary>Length of the submitted text in code points.</summary>
    public int SubmittedLength { get; }

    /// <summary>The code points of the submitted text that a range of <see cref="Text"/> stands for.</summary>
    /// <param name="start">First UTF-16 unit, 0 to the length of <see cref="Text"/>.</param>
    /// <param name="length">Number of UTF-16 units; 0 gives an empty range.</param>
    /// <returns>The half-open range [Start, End) in code points.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The range reaches beyond <see cref="Text"/>.</exception>
    public (int Start, int End) ToSubmitted(int start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + length, Text.Length);
        if (length == 0)
        {
            var at = start == Text.Length ? SubmittedLength : _starts.Length == 0 ? start : _starts[start];
            return (at, at);
        }
        if (_starts.Length == 0) return (start, start + length);
        int first = int.MaxValue, last = 0;
        for (var i = start; i < start + length; i++)
        {
            first = Math.Min(first, _starts[i]);
            last = Math.Max(last, _ends[i]);
        }
        return (first, last);
    }
}
