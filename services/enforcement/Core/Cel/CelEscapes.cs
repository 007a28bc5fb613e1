using System.Globalization;
using System.Text;

namespace Moderation.Enforcement.Cel;

/// <summary>Escape sequences of string and bytes literals.</summary>
internal static class CelEscapes
{
    public static string ToText(string content, bool raw, int position)
    {
        if (raw || !content.Contains('\\', StringComparison.Ordinal))
            return content;
        var text = new StringBuilder(content.Length);
        for (var i = 0; i < content.Length; i++)
        {
            if (content[i] != '\\')
                text.Append(content[i]);
            else
                text.Append(new Rune(Escape(content, ref i, bytes: false, position)).ToString());
        }
        return text.ToString();
    }

    public static byte[] ToBytes(string content, bool raw, int position)
    {
        var bytes = new List<byte>(content.Length);
        for (var i = 0; i < content.Length;)
        {
            var next = content.IndexOf('\\', i);
            if (next < 0 || raw)
                next = content.Length;
            bytes.AddRange(Encoding.UTF8.GetBytes(content[i..next]));
            i = next;
            if (i < content.Length)
            {
                bytes.Add((byte)Escape(content, ref i, bytes: true, position));
                i++;
            }
        }
        return [.. bytes];
    }

    /// <summary>Reads the escape at <paramref name="i"/> and leaves it on the last character.</summary>
    private static int Escape(string content, ref int i, bool bytes, int position)
    {
        var start = i++;
        var c = i < content.Length ? content[i] : '\0';
        switch (c)
        {
            case 'a': return 7;
            case 'b': return 8;
            case 'f': return 12;
            case 'n': return 10;
            case 'r': return 13;
            case 't': return 9;
            case 'v': return 11;
            case '\\' or '?' or '"' or '\'' or '`': return c;
            case 'x' or 'X': return Digits(content, ref i, 1, 2, NumberStyles.AllowHexSpecifier, position + start);
            case 'u' when !bytes: return CodePoint(Digits(content, ref i, 1, 4, NumberStyles.AllowHexSpecifier, position + start), position + start);
            case 'U' when !bytes: return CodePoint(Digits(content, ref i, 1, 8, NumberStyles.AllowHexSpecifier, position + start), position + start);
            case >= '0' and <= '3':
                if (i + 2 < content.Length && content[i + 1] is >= '0' and <= '7' && content[i + 2] is >= '0' and <= '7')
                {
                    i += 2;
                    return ((c - '0') * 64) + ((content[i - 1] - '0') * 8) + (content[i] - '0');
                }
                break;
        }
        throw new CelSyntaxException(position + start, "unknown escape sequence", "one of \\a \\b \\f \\n \\r \\t \\v \\\\ \\? \\\" \\' \\` \\xHH \\uHHHH \\UHHHHHHHH \\OOO");
    }

    private static int Digits(string content, ref int i, int skip, int count, NumberStyles style, int position)
    {
        var end = i + skip + count;
        if (end > content.Length || !int.TryParse(content.AsSpan(i + skip, count), style, CultureInfo.InvariantCulture, out var value))
            throw new CelSyntaxException(position, "the escape sequence is not complete", $"{count} hexadecimal digits");
        i = end - 1;
        return value;
    }

    private static int CodePoint(int value, int position) =>
        Rune.IsValid(value) ? value : throw new CelSyntaxException(position, "the escape sequence is no Unicode code point", "0..10FFFF without surrogates");
}
