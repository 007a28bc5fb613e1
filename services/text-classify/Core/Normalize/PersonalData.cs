namespace Moderation.TextClassify.Normalize;

/// <summary>
/// Replaces what names a person or a place on the net: a model must neither learn nor score user names and addresses.
/// </summary>
public static class PersonalData
{
    /// <summary>The text with "@handle" as "@user", links as "http" and e-mail addresses as "mail"; offsets are kept.</summary>
    /// <param name="text">A normalised text; it is returned itself where there is nothing to replace.</param>
    public static NormalizedText Replace(NormalizedText text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var source = text.Text;
        if (!source.Contains('@', StringComparison.Ordinal) && !source.Contains("://", StringComparison.Ordinal)
            && !source.Contains("ww.", StringComparison.Ordinal)) return text;
        var buffer = NormalizationBuffer.Rent(source.Length + 8);
        for (var i = 0; i < source.Length;)
        {
            var startsToken = i == 0 || source[i - 1] == ' ';
            if (!startsToken && (source[i] != '@' || char.IsLetterOrDigit(source[i - 1])))
            {
                Copy(text, buffer, i++);
                continue;
            }
            var end = startsToken ? TokenEnd(source, i) : Math.Min(source.Length, i + 64);
            var token = source.AsSpan(i, end - i);
            if (!startsToken && HandleLength(token) is > 0 and var inner) Put(text, buffer, "@user", i, end = i + 1 + inner);
            else if (startsToken && IsLink(token)) Put(text, buffer, "http", i, end);
            else if (startsToken && IsMail(token)) Put(text, buffer, "mail", i, end);
            else if (startsToken && token[0] == '@' && HandleLength(token) is > 0 and var length) Put(text, buffer, "@user", i, end = i + 1 + length);
            else Copy(text, buffer, (end = i + 1) - 1);
            i = end;
        }
        return buffer.ToText(text.SubmittedLength);
    }

    private static void Copy(NormalizedText text, NormalizationBuffer buffer, int at)
    {
        var (start, end) = text.ToSubmitted(at, 1);
        buffer.Add(text.Text[at], start, end);
    }

    private static void Put(NormalizedText text, NormalizationBuffer buffer, string word, int from, int to)
    {
        var (start, end) = text.ToSubmitted(from, to - from);
        foreach (var c in word) buffer.Add(c, start, end);
    }

    private static int TokenEnd(string text, int start)
    {
        var end = text.IndexOf(' ', start + 1);
        return end < 0 ? text.Length : end;
    }

    // "www" has been squeezed to "ww".
    private static bool IsLink(ReadOnlySpan<char> token) =>
        token.StartsWith("http://") || token.StartsWith("https://") || token.StartsWith("ww.") || token.StartsWith("(http") && token.Contains("://", StringComparison.Ordinal);

    private static bool IsMail(ReadOnlySpan<char> token)
    {
        var at = token.IndexOf('@');
        return at > 0 && char.IsLetterOrDigit(token[at - 1]) && token[(at + 1)..].IndexOf('.') > 0;
    }

    private static int HandleLength(ReadOnlySpan<char> token)
    {
        var length = 0;
        while (length + 1 < token.Length && (char.IsLetterOrDigit(token[length + 1]) || token[length + 1] == '_')) length++;
        return length;
    }
}
