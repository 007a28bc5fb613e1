namespace Moderation.Enforcement.Cel;

/// <summary>Arithmetic that reports overflow and division by zero instead of wrapping.</summary>
internal static class CelArithmetic
{
    /// <summary>The longest string, list or run of bytes that a condition may build.</summary>
    public const int MaxBuiltSize = 1_000_000;

    public static long AddInt(long a, long b, int position, ref CelFault fault)
    {
        var sum = unchecked(a + b);
        return ((a ^ sum) & (b ^ sum)) < 0 ? Overflow(0L, position, ref fault) : sum;
    }

    public static long SubtractInt(long a, long b, int position, ref CelFault fault)
    {
        var difference = unchecked(a - b);
        return ((a ^ b) & (a ^ difference)) < 0 ? Overflow(0L, position, ref fault) : difference;
    }

    public static long MultiplyInt(long a, long b, int position, ref CelFault fault)
    {
        var high = Math.BigMul(a, b, out long low);
        return high == (low >> 63) ? low : Overflow(0L, position, ref fault);
    }

    public static long DivideInt(long a, long b, int position, ref CelFault fault)
    {
        if (b == 0)
            return CelConversion.Fail(0L, CelFaultCode.DivideByZero, position, ref fault);
        return a == long.MinValue && b == -1 ? Overflow(0L, position, ref fault) : a / b;
    }

    public static long ModuloInt(long a, long b, int position, ref CelFault fault)
    {
        if (b == 0)
            return CelConversion.Fail(0L, CelFaultCode.ModulusByZero, position, ref fault);
        return a == long.MinValue && b == -1 ? Overflow(0L, position, ref fault) : a % b;
    }

    public static long NegateInt(long a, int position, ref CelFault fault) =>
        a == long.MinValue ? Overflow(0L, position, ref fault) : -a;

    public static ulong AddUInt(ulong a, ulong b, int position, ref CelFault fault)
    {
        var sum = unchecked(a + b);
        return sum < a ? Overflow(0UL, position, ref fault) : sum;
    }

    public static ulong SubtractUInt(ulong a, ulong b, int position, ref CelFault fault) =>
        b > a ? Overflow(0UL, position, ref fault) : a - b;

    public static ulong MultiplyUInt(ulong a, ulong b, int position, ref CelFault fault) =>
        Math.BigMul(a, b, out ulong low) == 0 ? low : Overflow(0UL, position, ref fault);

    public static ulong DivideUInt(ulong a, ulong b, int position, ref CelFault fault) =>
        b == 0 ? CelConversion.Fail(0UL, CelFaultCode.DivideByZero, position, ref fault) : a / b;

    public static ulong ModuloUInt(ulong a, ulong b, int position, ref CelFault fault) =>
        b == 0 ? CelConversion.Fail(0UL, CelFaultCode.ModulusByZero, position, ref fault) : a % b;

    public static double AddDouble(double a, double b) => a + b;

    public static double SubtractDouble(double a, double b) => a - b;

    public static double MultiplyDouble(double a, double b) => a * b;

    public static double DivideDouble(double a, double b) => a / b;

    public static double NegateDouble(double a) => -a;

    public static string AddString(string a, string b, int position, ref CelFault fault) =>
        (long)a.Length + b.Length > MaxBuiltSize ? CelConversion.Fail("", CelFaultCode.TooLarge, position, ref fault) : a + b;

    public static byte[] AddBytes(byte[] a, byte[] b, int position, ref CelFault fault) =>
        (long)a.Length + b.Length > MaxBuiltSize ? CelConversion.Fail(Array.Empty<byte>(), CelFaultCode.TooLarge, position, ref fault) : [.. a, .. b];

    public static CelList AddList(CelList a, CelList b, int position, ref CelFault fault)
    {
        if (a.Count == 0)
            return b;
        if (b.Count == 0)
            return a;
        return (long)a.Count + b.Count > MaxBuiltSize
            ? CelConversion.Fail(CelList.Empty, CelFaultCode.TooLarge, position, ref fault)
            : CelList.Of([.. a, .. b]);
    }

    public static CelTimestamp AddTimestampDuration(CelTimestamp a, CelDuration b, int position, ref CelFault fault) =>
        CelTimestamp.TryAdd(a, b.Nanoseconds, out var sum) ? sum : Overflow(default(CelTimestamp), position, ref fault);

    public static CelTimestamp AddDurationTimestamp(CelDuration a, CelTimestamp b, int position, ref CelFault fault) =>
        AddTimestampDuration(b, a, position, ref fault);

    public static CelTimestamp SubtractTimestampDuration(CelTimestamp a, CelDuration b, int position, ref CelFault fault) =>
        CelTimestamp.TryAdd(a, -(Int128)b.Nanoseconds, out var sum) ? sum : Overflow(default(CelTimestamp), position, ref fault);

    public static CelDuration SubtractTimestamp(CelTimestamp a, CelTimestamp b, int position, ref CelFault fault) =>
        CelDuration.TryFrom(a.TotalNanoseconds - b.TotalNanoseconds, out var span) ? span : Overflow(default(CelDuration), position, ref fault);

    public static CelDuration AddDuration(CelDuration a, CelDuration b, int position, ref CelFault fault) =>
        CelDuration.TryFrom((Int128)a.Nanoseconds + b.Nanoseconds, out var span) ? span : Overflow(default(CelDuration), position, ref fault);

    public static CelDuration SubtractDuration(CelDuration a, CelDuration b, int position, ref CelFault fault) =>
        CelDuration.TryFrom((Int128)a.Nanoseconds - b.Nanoseconds, out var span) ? span : Overflow(default(CelDuration), position, ref fault);

    private static T Overflow<T>(T fallback, int position, ref CelFault fault) =>
        CelConversion.Fail(fallback, CelFaultCode.Overflow, position, ref fault);
}
