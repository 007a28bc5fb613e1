namespace Moderation.Enforcement.Cel;

/// <summary>The functions of the math extension.</summary>
internal static class CelMath
{
    public static double Ceil(double value) => Math.Ceiling(value);

    public static double Floor(double value) => Math.Floor(value);

    public static double Round(double value) => Math.Round(value, MidpointRounding.AwayFromZero);

    public static double Trunc(double value) => Math.Truncate(value);

    public static bool IsNaN(double value) => double.IsNaN(value);

    public static bool IsInf(double value) => double.IsInfinity(value);

    public static bool IsFinite(double value) => double.IsFinite(value);

    public static double Sqrt(double value) => Math.Sqrt(value);

    public static double SqrtInt(long value) => Math.Sqrt(value);

    public static double SqrtUInt(ulong value) => Math.Sqrt(value);

    public static long AbsInt(long value, int position, ref CelFault fault) =>
        value == long.MinValue ? CelConversion.Fail(0L, CelFaultCode.Overflow, position, ref fault) : Math.Abs(value);

    public static double AbsDouble(double value) => Math.Abs(value);

    public static long SignInt(long value) => Math.Sign(value);

    public static ulong SignUInt(ulong value) => value == 0 ? 0UL : 1UL;

    public static double SignDouble(double value) => double.IsNaN(value) ? value : Math.Sign(value);

    public static long AndInt(long a, long b) => a & b;

    public static ulong AndUInt(ulong a, ulong b) => a & b;

    public static long OrInt(long a, long b) => a | b;

    public static ulong OrUInt(ulong a, ulong b) => a | b;

    public static long XorInt(long a, long b) => a ^ b;

    public static ulong XorUInt(ulong a, ulong b) => a ^ b;

    public static long NotInt(long value) => ~value;

    public static ulong NotUInt(ulong value) => ~value;

    public static long LeftInt(long value, long by, int position, ref CelFault fault) =>
        unchecked((long)LeftUInt((ulong)value, by, position, ref fault));

    public static ulong LeftUInt(ulong value, long by, int position, ref CelFault fault) => by switch
    {
        < 0 => CelConversion.Fail(0UL, CelFaultCode.InvalidArgument, position, ref fault),
        > 63 => 0,
        _ => value << (int)by,
    };

    /// <summary>The sign is not carried along: zeros come in from the left, as the extension has it.</summary>
    public static long RightInt(long value, long by, int position, ref CelFault fault) =>
        unchecked((long)RightUInt((ulong)value, by, position, ref fault));

    public static ulong RightUInt(ulong value, long by, int position, ref CelFault fault) => by switch
    {
        < 0 => CelConversion.Fail(0UL, CelFaultCode.InvalidArgument, position, ref fault),
        > 63 => 0,
        _ => value >> (int)by,
    };

    /// <summary>The greater of two numbers of any types; the first where they are equal.</summary>
    public static CelValue Greatest(CelValue a, CelValue b, int position, ref CelFault fault) =>
        AreNumbers(a, b, position, ref fault) && CelComparison.Greater(b, a, position, ref fault) ? b : a;

    /// <summary>The lesser of two numbers of any types; the first where they are equal.</summary>
    public static CelValue Least(CelValue a, CelValue b, int position, ref CelFault fault) =>
        AreNumbers(a, b, position, ref fault) && CelComparison.Less(b, a, position, ref fault) ? b : a;

    /// <summary>The greatest of a list, or a number as it is.</summary>
    public static CelValue GreatestOf(CelValue value, int position, ref CelFault fault)
    {
        if (value.Kind != CelKind.List || value.AsList.Count == 0)
            return Greatest(value, value, position, ref fault);
        var best = value.AsList[0];
        for (var i = 0; i < value.AsList.Count; i++)
            best = Greatest(best, value.AsList[i], position, ref fault);
        return best;
    }

    /// <summary>The least of a list, or a number as it is.</summary>
    public static CelValue LeastOf(CelValue value, int position, ref CelFault fault)
    {
        if (value.Kind != CelKind.List || value.AsList.Count == 0)
            return Least(value, value, position, ref fault);
        var best = value.AsList[0];
        for (var i = 0; i < value.AsList.Count; i++)
            best = Least(best, value.AsList[i], position, ref fault);
        return best;
    }

    private static bool AreNumbers(CelValue a, CelValue b, int position, ref CelFault fault)
    {
        if (a.IsNumber && b.IsNumber)
            return true;
        CelFault.Raise(ref fault, CelFaultCode.NoSuchOverload, position);
        return false;
    }
}
