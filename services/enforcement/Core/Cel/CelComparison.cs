namespace Moderation.Enforcement.Cel;

/// <summary>Equality and order as the language defines them: exact across number types, strings by code point.</summary>
internal static class CelComparison
{
    private const double TwoPow63 = 9223372036854775808.0;
    private const double TwoPow64 = 18446744073709551616.0;

    /// <summary>What <see cref="Compare"/> answers when there is no order, as with NaN.</summary>
    public const int Unordered = 2;

    public static bool AreEqual(CelValue a, CelValue b)
    {
        if (a.IsNumber && b.IsNumber)
            return CompareNumbers(a, b) == 0;
        if (a.Kind != b.Kind)
            return false;
        return a.Kind switch
        {
            CelKind.Null => true,
            CelKind.Bool => a.AsBool == b.AsBool,
            CelKind.String or CelKind.Type => string.Equals(a.AsString, b.AsString, StringComparison.Ordinal),
            CelKind.Bytes => a.AsBytes.AsSpan().SequenceEqual(b.AsBytes),
            CelKind.Duration => a.AsDuration == b.AsDuration,
            CelKind.Timestamp => a.AsTimestamp == b.AsTimestamp,
            CelKind.List => ListsEqual(a.AsList, b.AsList),
            CelKind.Map => MapsEqual(a.AsMap, b.AsMap),
            _ => Equals(a.AsObject, b.AsObject),
        };
    }

    /// <summary>-1, 0 or 1, or <see cref="Unordered"/>; a fault when the types have no order between them.</summary>
    public static int Compare(CelValue a, CelValue b, int position, ref CelFault fault)
    {
        if (a.IsNumber && b.IsNumber)
            return CompareNumbers(a, b);
        if (a.Kind == b.Kind)
        {
            switch (a.Kind)
            {
                case CelKind.Bool:
                    return a.AsBool.CompareTo(b.AsBool);
                case CelKind.String:
                    return CompareStrings(a.AsString, b.AsString);
                case CelKind.Bytes:
                    return Math.Sign(a.AsBytes.AsSpan().SequenceCompareTo(b.AsBytes));
                case CelKind.Duration:
                    return a.AsDuration.Nanoseconds.CompareTo(b.AsDuration.Nanoseconds);
                case CelKind.Timestamp:
                    return a.AsTimestamp.CompareTo(b.AsTimestamp);
            }
        }
        CelFault.Raise(ref fault, CelFaultCode.NoSuchOverload, position);
        return Unordered;
    }

    public static bool Less(CelValue a, CelValue b, int position, ref CelFault fault) =>
        Compare(a, b, position, ref fault) == -1;

    public static bool LessOrEqual(CelValue a, CelValue b, int position, ref CelFault fault) =>
        Compare(a, b, position, ref fault) is -1 or 0;

    public static bool Greater(CelValue a, CelValue b, int position, ref CelFault fault) =>
        Compare(a, b, position, ref fault) == 1;

    public static bool GreaterOrEqual(CelValue a, CelValue b, int position, ref CelFault fault) =>
        Compare(a, b, position, ref fault) is 0 or 1;

    public static bool StringsEqual(string a, string b) => string.Equals(a, b, StringComparison.Ordinal);

    /// <summary>
    /// Order by code point. UTF-16 order differs from it only where one side has a surrogate and the other a unit above the surrogates.
    /// </summary>
    public static int CompareStrings(string a, string b)
    {
        var common = a.AsSpan().CommonPrefixLength(b);
        if (common == a.Length || common == b.Length)
            return a.Length.CompareTo(b.Length);
        var (x, y) = (a[common], b[common]);
        var order = x.CompareTo(y);
        if (char.IsSurrogate(x) != char.IsSurrogate(y) && (x >= 0xE000 || y >= 0xE000))
            order = -order;
        return Math.Sign(order);
    }

    /// <summary>Whether a double is a whole number that an int holds.</summary>
    public static bool TryAsWhole(double value, out long whole)
    {
        whole = 0;
        if (!(value >= -TwoPow63 && value < TwoPow63) || Math.Floor(value) != value)
            return false;
        whole = (long)value;
        return true;
    }

    private static int CompareNumbers(CelValue a, CelValue b) => (a.Kind, b.Kind) switch
    {
        (CelKind.Int, CelKind.Int) => a.AsInt.CompareTo(b.AsInt),
        (CelKind.UInt, CelKind.UInt) => a.AsUInt.CompareTo(b.AsUInt),
        (CelKind.Double, CelKind.Double) => CompareDoubles(a.AsDouble, b.AsDouble),
        (CelKind.Int, CelKind.UInt) => CompareIntUInt(a.AsInt, b.AsUInt),
        (CelKind.UInt, CelKind.Int) => -CompareIntUInt(b.AsInt, a.AsUInt),
        (CelKind.Int, _) => CompareIntDouble(a.AsInt, b.AsDouble),
        (_, CelKind.Int) => Reverse(CompareIntDouble(b.AsInt, a.AsDouble)),
        (CelKind.UInt, _) => CompareUIntDouble(a.AsUInt, b.AsDouble),
        _ => Reverse(CompareUIntDouble(b.AsUInt, a.AsDouble)),
    };

    private static int Reverse(int order) => order == Unordered ? Unordered : -order;

    private static int CompareDoubles(double a, double b) =>
        double.IsNaN(a) || double.IsNaN(b) ? Unordered : a < b ? -1 : a > b ? 1 : 0;

    private static int CompareIntUInt(long a, ulong b) => a < 0 ? -1 : ((ulong)a).CompareTo(b);

    // As cel-go does it: outside of the integer's range the double decides; inside both are compared as doubles.
    private static int CompareIntDouble(long a, double b) =>
        double.IsNaN(b) ? Unordered : b < -TwoPow63 ? 1 : b > TwoPow63 ? -1 : CompareDoubles(a, b);

    private static int CompareUIntDouble(ulong a, double b) =>
        double.IsNaN(b) ? Unordered : b < 0 ? 1 : b > TwoPow64 ? -1 : CompareDoubles(a, b);

    private static bool ListsEqual(CelList a, CelList b)
    {
        if (a.Count != b.Count)
            return false;
        for (var i = 0; i < a.Count; i++)
        {
            if (!AreEqual(a[i], b[i]))
                return false;
        }
        return true;
    }

    private static bool MapsEqual(CelMap a, CelMap b)
    {
        if (a.Count != b.Count)
            return false;
        for (var i = 0; i < a.Keys.Count; i++)
        {
            var key = a.Keys[i];
            if (!a.TryGet(key, out var left) || !b.TryGet(key, out var right) || !AreEqual(left, right))
                return false;
        }
        return true;
    }
}
