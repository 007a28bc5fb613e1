using System.Text;

namespace Moderation.TextClassify.Claims;

/// <summary>Writes tags and handles out as words: "#ClimateHoax" says the same as "Climate Hoax", and the handle of a person their name.</summary>
internal static class HashTags
{
    public static string Spread(string text)
    {
        if (text.AsSpan().IndexOfAny('#', '@') < 0) return text;
        var spread = new StringBuilder(text.Length + 32);
        for (var i = 0; i < text.Length;)
        {
            // Inside of a word the sign means something else.
            if (text[i] is not ('#' or '@') || (i > 0 && char.IsLetterOrDigit(text[i - 1])))
            {
                spread.Append(text[i++]);
                continue;
            }
            var end = i + 1;
            while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] == '_')) end++;
            var word = text.AsSpan(i + 1, end - i - 1);
            spread.Append(' ').Append(word).Append(' ');
            for (var at = 0; at < word.Length; at++)
            {
                if (at > 0 && char.IsUpper(word[at]) && char.IsLower(word[at - 1])) spread.Append(' ');
                spread.Append(word[at] == '_' ? ' ' : word[at]);
            }
            spread.Append(' ');
            i = end;
        }
        return spread.ToString();
    }
}
