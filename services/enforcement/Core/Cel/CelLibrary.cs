using System.Collections.Immutable;
using System.Reflection;

namespace Moderation.Enforcement.Cel;

/// <summary>One overload of a function or operator.</summary>
/// <param name="Name">The function.</param>
/// <param name="IsMember">Called as target.name(...).</param>
/// <param name="Parameters">Target and parameters.</param>
/// <param name="Result">What it gives.</param>
/// <param name="Method">A static method over the parameters; one that can fail takes the position and the fault behind them.</param>
/// <param name="CanFail">Whether it takes the position and the fault.</param>
internal sealed record CelOverload(string Name, bool IsMember, ImmutableArray<CelType> Parameters, CelType Result, MethodInfo Method, bool CanFail);

/// <summary>The functions and operators whose overloads are plain; those with rules of their own are in the checker.</summary>
internal static partial class CelLibrary
{
    private static readonly CelType Bool = CelType.Bool, Int = CelType.Int, UInt = CelType.UInt, Double = CelType.Double,
        Str = CelType.String, Bytes = CelType.Bytes, Time = CelType.Timestamp, Span = CelType.Duration;

    public static ILookup<string, CelOverload> Overloads { get; } = All().ToLookup(o => o.Name, StringComparer.Ordinal);

    /// <summary>Names of types that can be used as values.</summary>
    public static ImmutableHashSet<string> TypeNames { get; } =
    [
        "bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type", "dyn",
        "google.protobuf.Timestamp", "google.protobuf.Duration",
    ];

    /// <summary>Every function that can be called by name, for suggestions.</summary>
    public static IEnumerable<string> FunctionNames => Overloads.Select(o => o.Key).Where(n => char.IsAsciiLetter(n[0]))
        .Concat(["matches", "dyn", "type", "has", "all", "exists", "exists_one", "map", "filter", "cel.bind", "math.greatest", "math.least"]);

    private static IEnumerable<CelOverload> All() =>
        Operators().Concat(Conversions()).Concat(Functions()).Concat(Selectors()).Concat(TextFunctions()).Concat(MathFunctions());

    private static CelOverload Make(string name, bool member, Type owner, string method, CelType result, params CelType[] parameters)
    {
        var found = owner.GetMethod(method, BindingFlags.Static | BindingFlags.Public)
            ?? throw new MissingMethodException(owner.Name, method);
        if (found.IsGenericMethodDefinition)
            found = found.MakeGenericMethod(CelClrTypes.Of(parameters[0]));
        return new CelOverload(name, member, [.. parameters], result, found, found.GetParameters().Length == parameters.Length + 2);
    }

    private static IEnumerable<CelOverload> Operators()
    {
        static CelOverload Op(string name, string method, CelType result, params CelType[] parameters) =>
            Make(name, false, typeof(CelArithmetic), method, result, parameters);

        yield return Op("+", nameof(CelArithmetic.AddInt), Int, Int, Int);
        yield return Op("+", nameof(CelArithmetic.AddUInt), UInt, UInt, UInt);
        yield return Op("+", nameof(CelArithmetic.AddDouble), Double, Double, Double);
        yield return Op("+", nameof(CelArithmetic.AddString), Str, Str, Str);
        yield return Op("+", nameof(CelArithmetic.AddBytes), Bytes, Bytes, Bytes);
        yield return Op("+", nameof(CelArithmetic.AddList), CelType.AnyList, CelType.AnyList, CelType.AnyList);
        yield return Op("+", nameof(CelArithmetic.AddTimestampDuration), Time, Time, Span);
        yield return Op("+", nameof(CelArithmetic.AddDurationTimestamp), Time, Span, Time);
        yield return Op("+", nameof(CelArithmetic.AddDuration), Span, Span, Span);
        yield return Op("-", nameof(CelArithmetic.SubtractInt), Int, Int, Int);
        yield return Op("-", nameof(CelArithmetic.SubtractUInt), UInt, UInt, UInt);
        yield return Op("-", nameof(CelArithmetic.SubtractDouble), Double, Double, Double);
        yield return Op("-", nameof(CelArithmetic.SubtractTimestampDuration), Time, Time, Span);
        yield return Op("-", nameof(CelArithmetic.SubtractTimestamp), Span, Time, Time);
        yield return Op("-", nameof(CelArithmetic.SubtractDuration), Span, Span, Span);
        yield return Op("*", nameof(CelArithmetic.MultiplyInt), Int, Int, Int);
        yield return Op("*", nameof(CelArithmetic.MultiplyUInt), UInt, UInt, UInt);
        yield return Op("*", nameof(CelArithmetic.MultiplyDouble), Double, Double, Double);
        yield return Op("/", nameof(CelArithmetic.DivideInt), Int, Int, Int);
        yield return Op("/", nameof(CelArithmetic.DivideUInt), UInt, UInt, UInt);
        yield return Op("/", nameof(CelArithmetic.DivideDouble), Double, Double, Double);
        yield return Op("%", nameof(CelArithmetic.ModuloInt), Int, Int, Int);
        yield return Op("%", nameof(CelArithmetic.ModuloUInt), UInt, UInt, UInt);
        yield return Op("-_", nameof(CelArithmetic.NegateInt), Int, Int);
        yield return Op("-_", nameof(CelArithmetic.NegateDouble), Double, Double);
    }

    private static IEnumerable<CelOverload> Conversions()
    {
        static CelOverload To(string name, string method, CelType result, CelType from) =>
            Make(name, false, typeof(CelConversion), method, result, from);

        foreach (var (name, type) in new[]
            { ("bool", Bool), ("int", Int), ("uint", UInt), ("double", Double), ("string", Str), ("bytes", Bytes), ("timestamp", Time), ("duration", Span) })
        {
            yield return To(name, nameof(CelConversion.Same), type, type);
        }
        yield return To("bool", nameof(CelConversion.StringToBool), Bool, Str);
        yield return To("int", nameof(CelConversion.UIntToInt), Int, UInt);
        yield return To("int", nameof(CelConversion.DoubleToInt), Int, Double);
        yield return To("int", nameof(CelConversion.StringToInt), Int, Str);
        yield return To("int", nameof(CelConversion.TimestampToInt), Int, Time);
        yield return To("int", nameof(CelConversion.DurationToInt), Int, Span);
        yield return To("uint", nameof(CelConversion.IntToUInt), UInt, Int);
        yield return To("uint", nameof(CelConversion.DoubleToUInt), UInt, Double);
        yield return To("uint", nameof(CelConversion.StringToUInt), UInt, Str);
        yield return To("double", nameof(CelConversion.IntToDouble), Double, Int);
        yield return To("double", nameof(CelConversion.UIntToDouble), Double, UInt);
        yield return To("double", nameof(CelConversion.StringToDouble), Double, Str);
        yield return To("string", nameof(CelConversion.BoolToString), Str, Bool);
        yield return To("string", nameof(CelConversion.IntToString), Str, Int);
        yield return To("string", nameof(CelConversion.UIntToString), Str, UInt);
        yield return To("string", nameof(CelConversion.DoubleToString), Str, Double);
        yield return To("string", nameof(CelConversion.BytesToString), Str, Bytes);
        yield return To("string", nameof(CelConversion.TimestampToString), Str, Time);
        yield return To("string", nameof(CelConversion.DurationToString), Str, Span);
        yield return To("bytes", nameof(CelConversion.StringToBytes), Bytes, Str);
        yield return To("timestamp", nameof(CelConversion.StringToTimestamp), Time, Str);
        yield return To("timestamp", nameof(CelConversion.IntToTimestamp), Time, Int);
        yield return To("duration", nameof(CelConversion.StringToDuration), Span, Str);
    }

    private static IEnumerable<CelOverload> Functions()
    {
        foreach (var member in new[] { false, true })
        {
            yield return Make("size", member, typeof(CelStrings), nameof(CelStrings.Size), Int, Str);
            yield return Make("size", member, typeof(CelCollections), nameof(CelCollections.BytesSize), Int, Bytes);
            yield return Make("size", member, typeof(CelCollections), nameof(CelCollections.ListSize), Int, CelType.AnyList);
            yield return Make("size", member, typeof(CelCollections), nameof(CelCollections.MapSize), Int, CelType.AnyMap);
        }
        yield return Make("contains", true, typeof(CelStrings), nameof(CelStrings.Contains), Bool, Str, Str);
        yield return Make("startsWith", true, typeof(CelStrings), nameof(CelStrings.StartsWith), Bool, Str, Str);
        yield return Make("endsWith", true, typeof(CelStrings), nameof(CelStrings.EndsWith), Bool, Str, Str);
        yield return Make("lowerAscii", true, typeof(CelStrings), nameof(CelStrings.LowerAscii), Str, Str);
        yield return Make("upperAscii", true, typeof(CelStrings), nameof(CelStrings.UpperAscii), Str, Str);
        yield return Make("trim", true, typeof(CelStrings), nameof(CelStrings.Trim), Str, Str);
    }

    private static IEnumerable<CelOverload> Selectors()
    {
        foreach (var part in new[] { "FullYear", "Month", "DayOfYear", "DayOfMonth", "Date", "DayOfWeek", "Hours", "Minutes", "Seconds", "Milliseconds" })
        {
            yield return Make("get" + part, true, typeof(CelTimes), part, Int, Time);
            yield return Make("get" + part, true, typeof(CelTimes), part + "In", Int, Time, Str);
        }
        foreach (var part in new[] { "Hours", "Minutes", "Seconds", "Milliseconds" })
            yield return Make("get" + part, true, typeof(CelTimes), "Duration" + part, Int, Span);
    }
}
