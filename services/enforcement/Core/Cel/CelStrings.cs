using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Moderation.Enforcement.Cel;

/// <summary>Functions over strings. Sizes and indexes count Unicode code points.</summary>
internal static class CelStrings
{
    public static long Size(string value)
    {
        long size = value.Length;
        foreach (var unit in value)
        {
            // A pair is two units and one code point; strings made by the parser and the decoders hold no lone halves.
            if (char.IsLowSurrogate(unit))
                size--;
        }
        return size;
    }

    public static bool Contains(string value, string part) => value.Contains(part, StringComparison.Ordinal);

    public static bool StartsWith(string value, string part) => value.StartsWith(part, StringComparison.Ordinal);

    public static bool EndsWith(string value, string part) => value.EndsWith(part, StringComparison.Ordinal);

    public static bool Matches(string value, Regex pattern) => pattern.IsMatch(value);

    public static string LowerAscii(string value) =>
        string.Create(value.Length, value, static (to, from) => Ascii.ToLowerOrCopy(from, to));

    public static string UpperAscii(string value) =>
        string.Create(value.Length, value, static (to, from) => Ascii.ToUpperOrCopy(from, to));

    public static string Trim(string value) => value.Trim();

    private static class Ascii
    {
        public static void ToLowerOrCopy(string from, Span<char> to)
        {
            for (var i = 0; i < from.Length; i++)
                to[i] = char.IsAsciiLetterUpper(from[i]) ? (char)(from[i] | 0x20) : from[i];
        }

        public static void ToUpperOrCopy(string from, Span<char> to)
        {
            for (var i = 0; i < from.Length; i++)
                to[i] = char.IsAsciiLetterLower(from[i]) ? (char)(from[i] & ~0x20) : from[i];
        }
    }

    /// <summary>A pattern for matches(): linear time only, and small enough that building its automaton can't take long.</summary>
    public static Regex? TryCompile(string pattern, out string problem)
    {
        if (pattern.Length > 500)
        {
            problem = "a pattern of at most 500 characters";
            return null;
        }
        if (Repetitions(pattern) > 1000)
        {
            problem = "a pattern whose counted repetitions multiply to at most 1000";
            return null;
        }
        try
        {
            problem = "";
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            problem = "a regular expression without look-around, back references or errors (" + e.Message.ReplaceLineEndings(" ") + ")";
            return null;
        }
    }

    private static long Repetitions(string pattern)
    {
        long product = 1;
        foreach (Match count in Regex.Matches(pattern, @"\{\s*([0-9]+)\s*(?:,\s*([0-9]*))?\s*\}", RegexOptions.NonBacktracking))
        {
            var text = count.Groups[2].Length > 0 ? count.Groups[2].ValueSpan : count.Groups[1].ValueSpan;
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var times) || times > 1000)
                return long.MaxValue;
            product = Math.Min(product * Math.Max(times, 1), 1_000_000);
        }
        return product;
    }
}
