namespace Moderation.Enforcement.Cel;

internal sealed partial class CelChecker
{
    private CelType Call(CelCall call)
    {
        var operands = call.Operands;
        foreach (var operand in operands)
            Check(operand);
        var types = operands.Select(o => o.Type).ToArray();
        switch (call.Function)
        {
            case "==" or "!=":
                if (strict && !types[0].Accepts(types[1]))
                    Error(call.Position, $"'{call.Function}' compares {types[0]} with {types[1]}", "one type on both sides; dyn() hides it");
                return CelType.Bool;
            case "<" or "<=" or ">" or ">=":
                if (strict && !Ordered(types[0], types[1]))
                    NoOverload(call, types, "two numbers, strings, bytes, bools, timestamps or durations");
                return CelType.Bool;
            case "!" when call.Target is null && types.Length == 1:
                RequireBool(operands[0], "'!'");
                return CelType.Bool;
            case "in" when call.Target is null:
                return In(call, types);
            case "[]":
                return Index(call, types);
            case "dyn" when call.Target is null && types.Length == 1:
                return CelType.Dyn;
            case "type" when call.Target is null && types.Length == 1:
                return CelType.Type;
            case "matches" when types.Length == 2:
                return Matches(call, types);
            case "math.greatest" or "math.least":
                return Extreme(call, types);
            case "+" when types[0].Kind == CelKind.List && types[1].Kind == CelKind.List:
                call.Overloads = [.. CelLibrary.Overloads["+"].Where(o => o.Result.Kind == CelKind.List)];
                return CelType.Join(types[0], types[1]);
        }
        return Overloaded(call, types);
    }

    private CelType Overloaded(CelCall call, CelType[] types)
    {
        var named = CelLibrary.Overloads[call.Function].Where(o => o.IsMember == call.Target is not null).ToList();
        if (named.Count == 0)
        {
            return strict
                ? Error(call.Position, $"unknown function '{call.Function}'", "a function of the language",
                    NearestName.Find(call.Function, CelLibrary.FunctionNames))
                : CelType.Dyn;
        }
        var fitting = named.Where(o => o.Parameters.Length == types.Length && o.Parameters.Zip(types, (p, t) => p.Accepts(t)).All(fits => fits)).ToList();
        if (fitting.Count == 0)
        {
            if (strict)
                return NoOverload(call, types, string.Join(" or ", named.Select(Signature)));
            return CelType.Dyn;
        }
        call.Overloads = [.. fitting];
        return fitting.All(o => o.Result.Equals(fitting[0].Result)) ? fitting[0].Result : CelType.Dyn;
    }

    private static string Signature(CelOverload overload) =>
        overload.IsMember
            ? $"{overload.Parameters[0]}.{overload.Name}({string.Join(", ", overload.Parameters.Skip(1))})"
            : $"({string.Join(", ", overload.Parameters)})";

    private CelType NoOverload(CelCall call, CelType[] types, string expected) =>
        Error(call.Position, $"no matching overload for '{call.Function.TrimEnd('_')}' applied to ({string.Join(", ", types.Select(t => t.ToString()))})", expected);

    private static bool Ordered(CelType a, CelType b)
    {
        if (a.IsDynamic || b.IsDynamic || (a.IsNumber && b.IsNumber))
            return true;
        return a.Kind == b.Kind && a.Kind is CelKind.Bool or CelKind.String or CelKind.Bytes or CelKind.Timestamp or CelKind.Duration;
    }

    private CelType In(CelCall call, CelType[] types)
    {
        if (!strict)
            return CelType.Bool;
        var holder = types[1].Kind switch
        {
            CelKind.List => types[1].Element,
            CelKind.Map => types[1].Key,
            _ => null,
        };
        if (holder is null && !types[1].IsDynamic)
            NoOverload(call, types, "a list or a map behind 'in'");
        else if (holder is not null && !holder.Accepts(types[0]))
            NoOverload(call, types, $"{holder} before 'in'; dyn() hides the type");
        return CelType.Bool;
    }

    private CelType Index(CelCall call, CelType[] types)
    {
        switch (types[0].Kind)
        {
            case CelKind.List:
                if (strict && !types[1].IsDynamic && types[1].Kind != CelKind.Int)
                    NoOverload(call, types, "an int as index");
                return types[0].Element!; // a list type has an element type
            case CelKind.Map:
                if (strict && !types[0].Key!.Accepts(types[1])) // a map type has a key type
                    NoOverload(call, types, $"{types[0].Key} as key");
                return types[0].Element!; // and a value type
            case CelKind.Dyn or CelKind.Unknown:
                return CelType.Dyn;
            default:
                return strict ? NoOverload(call, types, "a list or a map") : CelType.Dyn;
        }
    }

    /// <summary>Numbers of any types, or one list of them; of one type when all are.</summary>
    private CelType Extreme(CelCall call, CelType[] types)
    {
        var numbers = types is [{ Kind: CelKind.List }] ? [types[0].Element!] : types; // a list type has an element type
        if (numbers.Length == 0 || (strict && numbers.Any(n => !n.IsNumber && !n.IsDynamic)))
            return NoOverload(call, types, "one number or more, or a list of numbers");
        return numbers.All(n => n.IsNumber && n.Equals(numbers[0])) ? numbers[0] : CelType.Dyn;
    }

    private CelType Matches(CelCall call, CelType[] types)
    {
        if (strict && (!CelType.String.Accepts(types[0]) || !CelType.String.Accepts(types[1])))
            return NoOverload(call, types, "string.matches(string)");
        if (call.Operands[1] is not CelLiteral { Value.Kind: CelKind.String } pattern)
            Error(call.Operands[1].Position, "the pattern of matches() must be known when the policy is loaded", "a string literal");
        else if (CelStrings.TryCompile(pattern.Value.AsString, out var problem) is null)
            Error(pattern.Position, "the pattern of matches() can't be used", problem);
        return CelType.Bool;
    }
}
