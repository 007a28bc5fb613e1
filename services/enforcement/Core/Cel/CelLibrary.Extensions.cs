namespace Moderation.Enforcement.Cel;

internal static partial class CelLibrary
{
    /// <summary>Namespaces of functions, so that math.abs(x) is a call of math.abs and not of a member of a variable.</summary>
    private static readonly string[] Namespaces = ["math", "strings", "base64"];

    /// <summary>The full name of a function in a namespace; null when the call is one of a member.</summary>
    public static string? Qualified(CelNode? target, string name) =>
        target is CelIdentifier { Absolute: false } owner && Namespaces.Contains(owner.Name) && !Overloads[name].Any(o => o.IsMember)
            ? owner.Name + "." + name
            : null;

    private static IEnumerable<CelOverload> TextFunctions()
    {
        static CelOverload On(string name, string method, CelType result, params CelType[] parameters) =>
            Make(name, true, typeof(CelText), method, result, parameters);

        yield return On("charAt", nameof(CelText.CharAt), Str, Str, Int);
        yield return On("indexOf", nameof(CelText.IndexOf), Int, Str, Str);
        yield return On("indexOf", nameof(CelText.IndexOfFrom), Int, Str, Str, Int);
        yield return On("lastIndexOf", nameof(CelText.LastIndexOf), Int, Str, Str);
        yield return On("lastIndexOf", nameof(CelText.LastIndexOfFrom), Int, Str, Str, Int);
        yield return On("substring", nameof(CelText.Substring), Str, Str, Int);
        yield return On("substring", nameof(CelText.SubstringTo), Str, Str, Int, Int);
        yield return On("replace", nameof(CelText.Replace), Str, Str, Str, Str);
        yield return On("replace", nameof(CelText.ReplaceSome), Str, Str, Str, Str, Int);
        yield return On("split", nameof(CelText.Split), CelType.List(Str), Str, Str);
        yield return On("split", nameof(CelText.SplitSome), CelType.List(Str), Str, Str, Int);
        yield return On("join", nameof(CelText.Join), Str, CelType.List(Str));
        yield return On("join", nameof(CelText.JoinWith), Str, CelType.List(Str), Str);
        yield return On("reverse", nameof(CelText.Reverse), Str, Str);
        yield return Make("format", true, typeof(CelFormat), nameof(CelFormat.Format), Str, Str, CelType.AnyList);
        yield return Make("strings.quote", false, typeof(CelText), nameof(CelText.Quote), Str, Str);
        yield return Make("base64.encode", false, typeof(CelText), nameof(CelText.EncodeBase64), Str, Bytes);
        yield return Make("base64.decode", false, typeof(CelText), nameof(CelText.DecodeBase64), Bytes, Str);
    }

    private static IEnumerable<CelOverload> MathFunctions()
    {
        static CelOverload Of(string name, string method, CelType result, params CelType[] parameters) =>
            Make("math." + name, false, typeof(CelMath), method, result, parameters);

        yield return Of("ceil", nameof(CelMath.Ceil), Double, Double);
        yield return Of("floor", nameof(CelMath.Floor), Double, Double);
        yield return Of("round", nameof(CelMath.Round), Double, Double);
        yield return Of("trunc", nameof(CelMath.Trunc), Double, Double);
        yield return Of("isNaN", nameof(CelMath.IsNaN), Bool, Double);
        yield return Of("isInf", nameof(CelMath.IsInf), Bool, Double);
        yield return Of("isFinite", nameof(CelMath.IsFinite), Bool, Double);
        yield return Of("sqrt", nameof(CelMath.Sqrt), Double, Double);
        yield return Of("sqrt", nameof(CelMath.SqrtInt), Double, Int);
        yield return Of("sqrt", nameof(CelMath.SqrtUInt), Double, UInt);
        yield return Of("abs", nameof(CelMath.AbsInt), Int, Int);
        yield return Make("math.abs", false, typeof(CelConversion), nameof(CelConversion.Same), UInt, UInt);
        yield return Of("abs", nameof(CelMath.AbsDouble), Double, Double);
        yield return Of("sign", nameof(CelMath.SignInt), Int, Int);
        yield return Of("sign", nameof(CelMath.SignUInt), UInt, UInt);
        yield return Of("sign", nameof(CelMath.SignDouble), Double, Double);
        yield return Of("bitAnd", nameof(CelMath.AndInt), Int, Int, Int);
        yield return Of("bitAnd", nameof(CelMath.AndUInt), UInt, UInt, UInt);
        yield return Of("bitOr", nameof(CelMath.OrInt), Int, Int, Int);
        yield return Of("bitOr", nameof(CelMath.OrUInt), UInt, UInt, UInt);
        yield return Of("bitXor", nameof(CelMath.XorInt), Int, Int, Int);
        yield return Of("bitXor", nameof(CelMath.XorUInt), UInt, UInt, UInt);
        yield return Of("bitNot", nameof(CelMath.NotInt), Int, Int);
        yield return Of("bitNot", nameof(CelMath.NotUInt), UInt, UInt);
        yield return Of("bitShiftLeft", nameof(CelMath.LeftInt), Int, Int, Int);
        yield return Of("bitShiftLeft", nameof(CelMath.LeftUInt), UInt, UInt, Int);
        yield return Of("bitShiftRight", nameof(CelMath.RightInt), Int, Int, Int);
        yield return Of("bitShiftRight", nameof(CelMath.RightUInt), UInt, UInt, Int);
    }
}
