using System.Text;

namespace Moderation.Enforcement.Cel;

/// <summary>The functions of the strings and encoders extensions. Indexes count Unicode code points; what is built is bounded.</summary>
internal static class CelText
{
    public static string CharAt(string value, long index, int position, ref CelFault fault)
    {
        var at = UnitOf(value, index);
        if (at < 0)
            return OutOfRange("", position, ref fault);
        return at == value.Length ? "" : value.Substring(at, Width(value, at));
    }

    public static long IndexOf(string value, string part)
    {
        var at = value.IndexOf(part, StringComparison.Ordinal);
        return at < 0 ? -1 : CelStrings.Size(value[..at]);
    }

    public static long IndexOfFrom(string value, string part, long from, int position, ref CelFault fault)
    {
        var start = UnitOf(value, from);
        if (start < 0)
            return OutOfRange(0L, position, ref fault);
        var at = value.IndexOf(part, start, StringComparison.Ordinal);
        return at < 0 ? -1 : CelStrings.Size(value[..at]);
    }

    public static long LastIndexOf(string value, string part)
    {
        var at = value.LastIndexOf(part, StringComparison.Ordinal);
        return at < 0 ? -1 : CelStrings.Size(value[..at]);
    }

    public static long LastIndexOfFrom(string value, string part, long from, int position, ref CelFault fault)
    {
        var start = UnitOf(value, from);
        if (start < 0)
            return OutOfRange(0L, position, ref fault);
        var at = value.AsSpan(0, Math.Min(value.Length, start + part.Length)).LastIndexOf(part, StringComparison.Ordinal);
        return at < 0 ? -1 : CelStrings.Size(value[..at]);
    }

    public static string Substring(string value, long start, int position, ref CelFault fault)
    {
        var from = UnitOf(value, start);
        return from < 0 ? OutOfRange("", position, ref fault) : value[from..];
    }

    public static string SubstringTo(string value, long start, long end, int position, ref CelFault fault)
    {
        var (from, to) = (UnitOf(value, start), UnitOf(value, end));
        return from < 0 || to < from ? OutOfRange("", position, ref fault) : value[from..to];
    }

    public static string Replace(string value, string old, string with, int position, ref CelFault fault) =>
        ReplaceSome(value, old, with, -1, position, ref fault);

    public static string ReplaceSome(string value, string old, string with, long most, int position, ref CelFault fault)
    {
        var built = new StringBuilder();
        var at = 0;
        for (var count = 0L; (most < 0 || count < most) && at <= value.Length; count++)
        {
            var next = old.Length > 0 ? value.IndexOf(old, at, StringComparison.Ordinal) : count == 0 ? 0 : at + Width(value, at);
            if (next < 0 || (old.Length == 0 && count > 0 && at == value.Length))
                break;
            if (built.Length + (long)with.Length + next - at > CelArithmetic.MaxBuiltSize)
                return CelConversion.Fail("", CelFaultCode.TooLarge, position, ref fault);
            built.Append(value, at, next - at).Append(with);
            at = next + old.Length;
        }
        return built.Append(value, at, value.Length - at).ToString();
    }

    public static CelList Split(string value, string separator) => SplitSome(value, separator, -1);

    public static CelList SplitSome(string value, string separator, long most)
    {
        if (most == 0)
            return CelList.Empty;
        var parts = new List<CelValue>();
        var at = 0;
        while (most < 0 || parts.Count < most - 1)
        {
            var next = separator.Length > 0 ? value.IndexOf(separator, at, StringComparison.Ordinal)
                : at + Width(value, at) < value.Length ? at + Width(value, at) : -1;
            if (next < 0)
                break;
            parts.Add(CelValue.Of(value[at..next]));
            at = next + separator.Length;
        }
        if (separator.Length > 0 || value.Length > 0)
            parts.Add(CelValue.Of(value[at..]));
        return CelList.Of([.. parts]);
    }

    public static string Join(CelList list, int position, ref CelFault fault) => JoinWith(list, "", position, ref fault);

    public static string JoinWith(CelList list, string separator, int position, ref CelFault fault)
    {
        var built = new StringBuilder();
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i].Kind != CelKind.String)
                return CelConversion.Fail("", CelFaultCode.NoSuchOverload, position, ref fault);
            if (built.Length + (long)separator.Length + list[i].AsString.Length > CelArithmetic.MaxBuiltSize)
                return CelConversion.Fail("", CelFaultCode.TooLarge, position, ref fault);
            built.Append(i == 0 ? "" : separator).Append(list[i].AsString);
        }
        return built.ToString();
    }

    public static string Reverse(string value)
    {
        var units = value.ToCharArray();
        Array.Reverse(units);
        for (var i = 0; i + 1 < units.Length; i++)
        {
            if (char.IsLowSurrogate(units[i]) && char.IsHighSurrogate(units[i + 1]))
                (units[i], units[i + 1]) = (units[i + 1], units[i]);
        }
        return new string(units);
    }

    /// <summary>The string as a literal between double quotes.</summary>
    public static string Quote(string value)
    {
        var built = new StringBuilder("\"", value.Length + 2);
        foreach (var unit in value)
        {
            var escaped = unit switch
            {
                '\a' => "\\a",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\v' => "\\v",
                '\\' => "\\\\",
                '"' => "\\\"",
                _ => null,
            };
            _ = escaped is null ? built.Append(unit) : built.Append(escaped);
        }
        return built.Append('"').ToString();
    }

    public static string EncodeBase64(byte[] value) => Convert.ToBase64String(value);

    /// <summary>Padding may be left away.</summary>
    public static byte[] DecodeBase64(string value, int position, ref CelFault fault)
    {
        var padded = value + new string('=', (4 - (value.Length % 4)) % 4);
        var bytes = new byte[padded.Length / 4 * 3];
        return Convert.TryFromBase64String(padded, bytes, out var written)
            ? bytes[..written]
            : CelConversion.Fail(Array.Empty<byte>(), CelFaultCode.InvalidConversion, position, ref fault);
    }

    private static int Width(string value, int at) =>
        at >= value.Length ? 0 : at + 1 < value.Length && char.IsSurrogatePair(value[at], value[at + 1]) ? 2 : 1;

    /// <summary>The UTF-16 offset of a code point, the end included; -1 outside of the string.</summary>
    private static int UnitOf(string value, long codePoint)
    {
        if (codePoint < 0 || codePoint > value.Length)
            return -1;
        var at = 0;
        for (; codePoint > 0 && at < value.Length; codePoint--)
            at += Width(value, at);
        return codePoint == 0 ? at : -1;
    }

    private static T OutOfRange<T>(T fallback, int position, ref CelFault fault) =>
        CelConversion.Fail(fallback, CelFaultCode.IndexOutOfRange, position, ref fault);
}
