namespace Moderation.TextClassify.DropIn;

/// <summary>Cuts a text into sentences, for scores that belong to a part of it. The parts cover all but the blanks between them.</summary>
public static class Sentences
{
    /// <summary>Sentences at most; what is left is one more with the last of them.</summary>
    public const int Most = 200;

    /// <summary>The sentences as half-open ranges of UTF-16 units, in order; one at least where the text has any sign.</summary>
    public static IReadOnlyList<(int Start, int End)> Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var sentences = new List<(int, int)>();
        for (var start = SkipBlanks(text, 0); start < text.Length;)
        {
            var end = sentences.Count == Most - 1 ? text.Length : EndOf(text, start);
            var next = SkipBlanks(text, end);
            while (end > start && char.IsWhiteSpace(text[end - 1])) end--;
            sentences.Add((start, end));
            start = next;
        }
        return sentences;
    }

    private static int SkipBlanks(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        return at;
    }

    private static int EndOf(string text, int start)
    {
        for (var i = start; i < text.Length; i++)
        {
            if (text[i] is '\n' or '\r' or '\u2029') return i;
            if (text[i] is '。' or '！' or '？' or '।' or '؟') return PastClosing(text, i + 1);
            if (text[i] is not ('.' or '!' or '?' or '…')) continue;
            var after = PastClosing(text, i + 1);
            // A dot inside of a number, an address or an abbreviation has no blank after it.
            if (after == text.Length || char.IsWhiteSpace(text[after])) return after;
            i = after - 1;
        }
        return text.Length;
    }

    // Further signs and closing quotes belong to the sentence that they end.
    private static int PastClosing(string text, int at)
    {
        while (at < text.Length && text[at] is '.' or '!' or '?' or '…' or '。' or '！' or '？' or '"' or '\'' or ')' or ']' or '”' or '’' or '»') at++;
        return at;
    }
}
