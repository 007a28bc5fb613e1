namespace Moderation.TextClassify.Normalize;

/// <summary>Normalised UTF-16 units in the making, each with its half-open range of submitted code points.</summary>
internal sealed class NormalizationBuffer(int capacity)
{
    public char[] Chars = new char[Math.Max(16, capacity)];
    public int[] Starts = new int[Math.Max(16, capacity)];
    public int[] Ends = new int[Math.Max(16, capacity)];
    public int Length;

    /// <summary>Units added or moved: what a text costs, for those who check that it is linear.</summary>
    public long Work;

    private const int MaxKept = 4096;

    [ThreadStatic]
    private static NormalizationBuffer? _kept;

    /// <summary>An empty buffer, the thread's own for all but long texts: it must be done with before the next is asked for.</summary>
    public static NormalizationBuffer Rent(int capacity)
    {
        if (capacity > MaxKept) return new NormalizationBuffer(capacity);
        if (_kept is null || _kept.Chars.Length < capacity || _kept.Chars.Length > 4 * MaxKept) _kept = new NormalizationBuffer(Math.Max(capacity, 512));
        (_kept.Length, _kept.Work) = (0, 0);
        return _kept;
    }

    public void Add(char c, int start, int end)
    {
        if (Length == Chars.Length)
        {
            Array.Resize(ref Chars, Length * 2);
            Array.Resize(ref Starts, Length * 2);
            Array.Resize(ref Ends, Length * 2);
        }
        Work++;
        Chars[Length] = c;
        Starts[Length] = start;
        Ends[Length++] = end;
    }

    /// <summary>Moves a unit forward while compacting; <paramref name="to"/> is never after <paramref name="from"/>.</summary>
    public void Move(int from, int to)
    {
        Work++;
        Chars[to] = Chars[from];
        Starts[to] = Starts[from];
        Ends[to] = Ends[from];
    }

    /// <summary>The text. One in which each unit stands for the code point of the same index, as in most English posts, needs no offsets.</summary>
    public NormalizedText ToText(int submittedLength)
    {
        var text = new string(Chars, 0, Length);
        for (var i = 0; i < Length; i++)
            if (Starts[i] != i || Ends[i] != i + 1) return new NormalizedText(text, Starts[..Length], Ends[..Length], submittedLength);
        return new NormalizedText(text, [], [], submittedLength);
    }
}
