namespace Moderation.TextClassify.Normalize;

/// <summary>Squeezes three or more equal letters or signs to two: "noooo" is "noo", "!!!!" is "!!". Digits keep their value.</summary>
internal static class Repeats
{
    public static bool Squeeze(NormalizationBuffer buffer)
    {
        var to = 0;
        for (var i = 0; i < buffer.Length; i++)
        {
            var c = buffer.Chars[i];
            if (to >= 2 && buffer.Chars[to - 1] == c && buffer.Chars[to - 2] == c && !char.IsDigit(c) && !char.IsSurrogate(c))
            {
                // The range of what is left grows over what was dropped.
                buffer.Ends[to - 1] = Math.Max(buffer.Ends[to - 1], buffer.Ends[i]);
                continue;
            }
            if (to != i) buffer.Move(i, to);
            to++;
        }
        var changed = to != buffer.Length;
        buffer.Length = to;
        return changed;
    }
}
