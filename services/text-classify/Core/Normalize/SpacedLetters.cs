namespace Moderation.TextClassify.Normalize;

/// <summary>Joins three or more single letters set apart by one and the same separator: "k i l l", "k.i.l.l", "k-i-l-l".</summary>
internal static class SpacedLetters
{
    private const int MinLetters = 3;

    public static bool Join(NormalizationBuffer buffer)
    {
        var chars = buffer.Chars;
        int length = buffer.Length, to = 0, i = 0;
        while (i < length)
        {
            var end = RunEnd(chars, length, i);
            if (end < 0)
            {
                if (to != i) buffer.Move(i, to);
                i++;
                to++;
                continue;
            }
            // Each letter takes the separator after it into its range, so that a span over the word has no holes.
            for (; i < end; i += 2)
            {
                buffer.Move(i, to);
                if (i + 2 < end) buffer.Ends[to] = buffer.Ends[i + 1];
                to++;
            }
            i = end;
        }
        var changed = to != length;
        buffer.Length = to;
        return changed;
    }

    /// <summary>One past the last letter of a spaced-out word that starts here, or -1.</summary>
    private static int RunEnd(char[] chars, int length, int start)
    {
        if (start + 4 >= length) return -1;
        var separator = chars[start + 1];
        if (separator is not (' ' or '.' or '-' or '_' or '*' or '\u00b7' or '/' or '|' or '+' or '~') || chars[start + 3] != separator) return -1;
        if (!IsJoinable(chars[start]) || (start > 0 && IsWordPart(chars[start - 1]))) return -1;
        var count = 1;
        var i = start + 1;
        while (i + 1 < length && chars[i] == separator && IsJoinable(chars[i + 1]) && (i + 2 >= length || !IsWordPart(chars[i + 2])))
        {
            count++;
            i += 2;
        }
        return count >= MinLetters ? i : -1;
    }

    private static bool IsJoinable(char c) => MixedScript.IsLatin(c) || (c is >= '\u0370' and <= '\u052f' && char.IsLetter(c));

    private static bool IsWordPart(char c) => char.IsLetterOrDigit(c) || c is '$' or '@' or '\'' or '\u2019' || (c >= '\u0300' && !IsSeparatorLike(c));

    private static bool IsSeparatorLike(char c) => char.IsPunctuation(c) || char.IsSymbol(c) || char.IsSurrogate(c);
}
