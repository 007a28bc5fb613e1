using System.Globalization;
using System.Text;

namespace Moderation.Enforcement.Cel;

/// <summary>Conversions between types, and the checks that bring a dynamic value back to a static type.</summary>
internal static class CelConversion
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string ToText(CelValue value) => value.Kind switch
    {
        CelKind.Bool => value.AsBool ? "true" : "false",
        CelKind.Int => value.AsInt.ToString(CultureInfo.InvariantCulture),
        CelKind.UInt => value.AsUInt.ToString(CultureInfo.InvariantCulture),
        CelKind.Double => DoubleToString(value.AsDouble),
        CelKind.String => value.AsString,
        CelKind.Timestamp => value.AsTimestamp.ToString(),
        CelKind.Duration => value.AsDuration.ToString(),
        _ => "",
    };

    public static string DoubleToString(double value) =>
        double.IsNaN(value) ? "NaN"
        : double.IsInfinity(value) ? (value > 0 ? "+Inf" : "-Inf")
        : value.ToString("R", CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal);

    public static string BoolToString(bool value) => value ? "true" : "false";

    public static string IntToString(long value) => value.ToString(CultureInfo.InvariantCulture);

    public static string UIntToString(ulong value) => value.ToString(CultureInfo.InvariantCulture);

    public static string TimestampToString(CelTimestamp value) => value.ToString();

    public static string DurationToString(CelDuration value) => value.ToString();

    public static string BytesToString(byte[] value, int position, ref CelFault fault)
    {
        try
        {
            return StrictUtf8.GetString(value);
        }
        catch (DecoderFallbackException)
        {
            return Fail("", CelFaultCode.InvalidConversion, position, ref fault);
        }
    }

    public static byte[] StringToBytes(string value) => Encoding.UTF8.GetBytes(value);

    public static bool StringToBool(string value, int position, ref CelFault fault) => value switch
    {
        "1" or "t" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "false" or "FALSE" or "False" => false,
        _ => Fail(false, CelFaultCode.InvalidConversion, position, ref fault),
    };

    public static long UIntToInt(ulong value, int position, ref CelFault fault) =>
        value <= long.MaxValue ? (long)value : Fail(0L, CelFaultCode.Overflow, position, ref fault);

    // The bounds themselves are refused, as in cel-go: a double near them may stand for an int outside of the range.
    public static long DoubleToInt(double value, int position, ref CelFault fault) =>
        value > -9223372036854775808.0 && value < 9223372036854775808.0
            ? (long)value
            : Fail(0L, CelFaultCode.Overflow, position, ref fault);

    public static long StringToInt(string value, int position, ref CelFault fault) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : Fail(0L, CelFaultCode.InvalidConversion, position, ref fault);

    public static long TimestampToInt(CelTimestamp value) => value.Seconds;

    public static long DurationToInt(CelDuration value) => value.Nanoseconds / 1_000_000_000;

    public static ulong IntToUInt(long value, int position, ref CelFault fault) =>
        value >= 0 ? (ulong)value : Fail(0UL, CelFaultCode.Overflow, position, ref fault);

    public static ulong DoubleToUInt(double value, int position, ref CelFault fault) =>
        value >= 0 && value < 18446744073709551616.0 ? (ulong)value : Fail(0UL, CelFaultCode.Overflow, position, ref fault);

    public static ulong StringToUInt(string value, int position, ref CelFault fault) =>
        ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : Fail(0UL, CelFaultCode.InvalidConversion, position, ref fault);

    public static double IntToDouble(long value) => value;

    public static double UIntToDouble(ulong value) => value;

    public static double StringToDouble(string value, int position, ref CelFault fault)
    {
        switch (value)
        {
            case "NaN":
                return double.NaN;
            case "Infinity" or "+Infinity" or "Inf" or "+Inf":
                return double.PositiveInfinity;
            case "-Infinity" or "-Inf":
                return double.NegativeInfinity;
        }
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(value, Style, CultureInfo.InvariantCulture, out var number)
            ? number
            : Fail(0.0, CelFaultCode.InvalidConversion, position, ref fault);
    }

    public static CelTimestamp StringToTimestamp(string value, int position, ref CelFault fault) =>
        CelTimestamp.TryParse(value, out var time) ? time : Fail(default(CelTimestamp), CelFaultCode.InvalidConversion, position, ref fault);

    public static CelTimestamp IntToTimestamp(long value, int position, ref CelFault fault) =>
        CelTimestamp.TryFromSeconds(value, out var time) ? time : Fail(default(CelTimestamp), CelFaultCode.Overflow, position, ref fault);

    public static CelDuration StringToDuration(string value, int position, ref CelFault fault) =>
        CelDuration.TryParse(value, out var span) ? span : Fail(default(CelDuration), CelFaultCode.InvalidConversion, position, ref fault);

    public static T Same<T>(T value) => value;

    public static CelValue TypeOf(CelValue value) => CelValue.OfType(value.TypeName);

    public static bool RequireBool(CelValue value, int position, ref CelFault fault) =>
        value.Kind == CelKind.Bool ? value.AsBool : Fail(false, CelFaultCode.NoSuchOverload, position, ref fault);

    public static long RequireInt(CelValue value, int position, ref CelFault fault) =>
        value.Kind == CelKind.Int ? value.AsInt : Fail(0L, CelFaultCode.NoSuchOverload, position, ref fault);

    public static ulong RequireUInt(CelValue value, int position, ref CelFault fault) =>
        value.Kind == CelKind.UInt ? value.AsUInt : Fail(0UL, CelFaultCode.NoSuchOverload, position, ref fault);

    public static double RequireDouble(CelValue value, int position, ref CelFault fault) =>
        value.Kind == CelKind.Double ? value.AsDouble : Fail(0.0, CelFaultCode.NoSuchOverload, position, ref fault);

    public static string RequireString(CelValue value, int position, ref CelFault fault) =>
        value.Kind == CelKind.String ? value.AsString : Fail("", CelFaultCode.NoSuchOverload, position, ref fault);

    public static byte[] RequireBytes(CelValue value, int position, ref CelFault fault) =>
        value.Kind == CelKind.Bytes ? value.AsBytes : Fail(Array.Empty<byte>(), CelFaultCode.NoSuchOverload, position, ref fault);

    public static CelList RequireList(CelValue value, int position, ref CelFault fault) =>
        value.Kind == CelKind.List ? value.AsList : Fail(CelList.Empty, CelFaultCode.NoSuchOverload, position, ref fault);

    public static CelMap RequireMap(CelValue value, int position, ref CelFault fault) =>
        value.Kind == CelKind.Map ? value.AsMap : Fail(CelMap.Empty, CelFaultCode.NoSuchOverload, position, ref fault);

    public static CelTimestamp RequireTimestamp(CelValue value, int position, ref CelFault fault) =>
        value.Kind == CelKind.Timestamp ? value.AsTimestamp : Fail(default(CelTimestamp), CelFaultCode.NoSuchOverload, position, ref fault);

    public static CelDuration RequireDuration(CelValue value, int position, ref CelFault fault) =>
        value.Kind == CelKind.Duration ? value.AsDuration : Fail(default(CelDuration), CelFaultCode.NoSuchOverload, position, ref fault);

    /// <summary>The object behind a value, or null with a fault; readers of fields are guarded against the null.</summary>
    public static T? RequireObject<T>(CelValue value, int position, ref CelFault fault) where T : class =>
        value.AsObject as T ?? Fail<T?>(null, CelFaultCode.NoSuchOverload, position, ref fault);

    public static T Fail<T>(T fallback, CelFaultCode code, int position, ref CelFault fault)
    {
        CelFault.Raise(ref fault, code, position);
        return fallback;
    }
}
