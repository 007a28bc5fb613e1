namespace Moderation.TextClassify.Normalize;

/// <summary>Normalised UTF-16 units in the making, each with its half-open range of submitted code points.</summary>
internal sealed class NormalizationBuffer(int capacity)
{
    public char[] Chars = new char[Math.Max(16, capacity)];
    public int[] Starts = new int[Math.Max(16, capacity)];
    public int[] Ends = new int[Math.Max(16, capacity)];
    public int Length;

    public void Add(char c, int start, int end)
    {
        if (Length == Chars.Length)
        {
            Array.Resize(ref Chars, Length * 2);
            Array.Resize(ref Starts, Length * 2);
            Array.Resize(ref Ends, Length * 2);
        }
        Chars[Length] = c;
        Starts[Length] = start;
        Ends[Length++] = end;
    }

    /// <summary>Moves a unit forward while compacting; <paramref name="to"/> is never after <paramref name="from"/>.</summary>
    public void Move(int from, int to)
    {
        Chars[to] = Chars[from];
        Starts[to] = Starts[from];
        Ends[to] = Ends[from];
    }

    public NormalizedText ToText(int submittedLength) =>
        new(new string(Chars, 0, Length), Starts[..Length], Ends[..Length], submittedLength);
}
