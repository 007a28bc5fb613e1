namespace Moderation.TextClassify.Normalize;

/// <summary>
/// The words that the normaliser puts in an emoji's place: lower-case English between colons, as chat programs write them (":pistol:").
/// Models and term lists read them as words; what tells a language does not.
/// </summary>
internal static class EmojiWords
{
    private const int MaxLength = 48;

    /// <summary>Whether a folded form is an emoji's words.</summary>
    public static bool Are(string folded) => folded.Length > 2 && folded[0] == ':';

    /// <summary>One past the emoji's words that begin at a position, or the position itself where none do.</summary>
    public static int End(ReadOnlySpan<char> normalized, int start)
    {
        if (normalized[start] != ':') return start;
        var limit = Math.Min(normalized.Length, start + MaxLength);
        for (var i = start + 1; i < limit; i++)
        {
            if (normalized[i] == ':') return i > start + 2 ? i + 1 : start;
            if (normalized[i] is not (>= 'a' and <= 'z' or '_')) return start;
        }
        return start;
    }
}
