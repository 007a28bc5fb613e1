using System.Globalization;
using System.Text;

namespace Moderation.Enforcement.Cel;

/// <summary>format() of the strings extension: %s %d %f %e %b %o %x %X and %%.</summary>
internal static class CelFormat
{
    private const int MaxPrecision = 100;
    private const int DefaultPrecision = 6;
    private const int MaxLevels = 16;

    public static string Format(string template, CelList values, int position, ref CelFault fault)
    {
        var built = new StringBuilder();
        var next = 0;
        for (var i = 0; i < template.Length; i++)
        {
            if (template[i] != '%')
            {
                built.Append(template[i]);
                continue;
            }
            i++;
            if (i < template.Length && template[i] == '%')
            {
                built.Append('%');
                continue;
            }
            var precision = Precision(template, ref i);
            if (precision is < 0 or > MaxPrecision || i >= template.Length)
                return CelConversion.Fail("", CelFaultCode.InvalidArgument, position, ref fault);
            if (next >= values.Count)
                return CelConversion.Fail("", CelFaultCode.IndexOutOfRange, position, ref fault);
            if (One(template[i], values[next++], precision ?? DefaultPrecision) is not { } text)
                return CelConversion.Fail("", CelFaultCode.InvalidArgument, position, ref fault);
            if (built.Length + (long)text.Length > CelArithmetic.MaxBuiltSize)
                return CelConversion.Fail("", CelFaultCode.TooLarge, position, ref fault);
            built.Append(text);
        }
        return built.ToString();
    }

    /// <summary>.digits before the letter; null when there is none, -1 when it can't be read.</summary>
    private static int? Precision(string template, ref int at)
    {
        if (at >= template.Length || template[at] != '.')
            return null;
        var from = ++at;
        while (at < template.Length && char.IsAsciiDigit(template[at]))
            at++;
        return int.TryParse(template.AsSpan(from, at - from), NumberStyles.None, CultureInfo.InvariantCulture, out var precision) ? precision : -1;
    }

    private static string? One(char clause, CelValue value, int precision) => clause switch
    {
        's' => Text(value, 0),
        'd' => value.Kind == CelKind.Double ? NotFinite(value.AsDouble) : Whole(value, 10),
        'b' => value.Kind == CelKind.Bool ? (value.AsBool ? "1" : "0") : Whole(value, 2),
        'o' => Whole(value, 8),
        'x' => Hexadecimal(value)?.ToLowerInvariant(),
        'X' => Hexadecimal(value)?.ToUpperInvariant(),
        'f' => Number(value) is { } number ? NotFinite(number) ?? Fixed(number, precision) : null,
        'e' => Number(value) is { } number ? NotFinite(number) ?? Scientific(number, precision) : null,
        _ => null,
    };

    private static string? NotFinite(double value) =>
        double.IsNaN(value) ? "NaN" : double.IsInfinity(value) ? (value > 0 ? "Infinity" : "-Infinity") : null;

    private static double? Number(CelValue value) => value.Kind switch
    {
        CelKind.Double => value.AsDouble,
        CelKind.Int => value.AsInt,
        CelKind.UInt => value.AsUInt,
        _ => null,
    };

    private static string? Whole(CelValue value, int radix) => value.Kind switch
    {
        CelKind.Int => (value.AsInt < 0 ? "-" : "") + Digits(value.AsInt < 0 ? unchecked((ulong)-value.AsInt) : (ulong)value.AsInt, radix),
        CelKind.UInt => Digits(value.AsUInt, radix),
        _ => null,
    };

    private static string Digits(ulong value, int radix)
    {
        Span<char> digits = stackalloc char[64];
        var at = digits.Length;
        do
        {
            digits[--at] = "0123456789abcdef"[(int)(value % (ulong)radix)];
            value /= (ulong)radix;
        }
        while (value > 0);
        return new string(digits[at..]);
    }

    private static string? Hexadecimal(CelValue value) => value.Kind switch
    {
        CelKind.String => Convert.ToHexString(Encoding.UTF8.GetBytes(value.AsString)),
        CelKind.Bytes => Convert.ToHexString(value.AsBytes),
        _ => Whole(value, 16),
    };

    /// <summary>Halves go to the even digit, as in C; .NET rounds them away from zero.</summary>
    private static string Fixed(double value, int precision)
    {
        var exact = value.ToString("F" + (precision + 40).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        var kept = exact[..^40].TrimEnd('.');
        return exact[^40] == '5' && exact.AsSpan(exact.Length - 39).TrimEnd('0').IsEmpty && (kept[^1] - '0') % 2 == 0
            ? kept
            : value.ToString("F" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    private static string Scientific(double value, int precision) =>
        value.ToString("0" + (precision > 0 ? "." + new string('0', precision) : "") + "e+00", CultureInfo.InvariantCulture);

    private static string? Text(CelValue value, int level)
    {
        if (level > MaxLevels)
            return null;
        switch (value.Kind)
        {
            case CelKind.Null:
                return "null";
            case CelKind.Type:
                return value.AsString;
            case CelKind.Bytes:
                return Encoding.UTF8.GetString(value.AsBytes);
            case CelKind.Double:
                return NotFinite(value.AsDouble) ?? CelConversion.ToText(value);
            case CelKind.Object:
                return null;
            case CelKind.List:
                var items = value.AsList.Select(item => Text(item, level + 1)).ToList();
                return items.Contains(null) ? null : "[" + string.Join(", ", items) + "]";
            case CelKind.Map:
                var entries = value.AsMap.Entries.Select(e => (Key: Text(e.Key, level + 1), Value: Text(e.Value, level + 1))).ToList();
                return entries.Any(e => e.Key is null || e.Value is null)
                    ? null
                    : "{" + string.Join(", ", entries.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key}: {e.Value}")) + "}";
            default:
                return CelConversion.ToText(value);
        }
    }
}
