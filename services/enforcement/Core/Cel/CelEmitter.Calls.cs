using System.Linq.Expressions;
using System.Text.RegularExpressions;

namespace Moderation.Enforcement.Cel;

internal sealed partial class CelEmitter
{
    private CelCode Call(CelCall call)
    {
        var operands = call.Operands;
        switch (call.Function)
        {
            case "==" or "!=":
                return Equality(call);
            case "<" or "<=" or ">" or ">=":
                return Order(call);
            case "!" when operands.Length == 1:
                var negated = EmitAs(operands[0], CelType.Bool);
                return negated with { Expression = Expression.Not(negated.Expression) };
            case "in" when call.Target is null:
                return In(call);
            case "[]":
                return Index(call);
            case "dyn" when call.Target is null && operands.Length == 1:
                return EmitAs(operands[0], CelType.Dyn);
            case "type" when call.Target is null && operands.Length == 1:
                var typed = EmitAs(operands[0], CelType.Dyn);
                return typed with { Expression = Expression.Call(typeof(CelConversion), nameof(CelConversion.TypeOf), null, typed.Expression) };
            case "matches" when operands.Length == 2:
                return Matches(call);
            case "math.greatest" or "math.least":
                return Extreme(call);
        }
        return call.Overloads.Length switch
        {
            0 => Failure(CelFaultCode.NoSuchOverload, call.Position, call.Type),
            1 => Single(call, call.Overloads[0]),
            _ => Dispatch(call),
        };
    }

    private CelCode Single(CelCall call, CelOverload overload)
    {
        var arguments = call.Operands.Select((operand, i) => EmitAs(operand, overload.Parameters[i])).ToArray();
        var canFail = overload.CanFail || arguments.Any(a => a.CanFail);
        if (Fold(call, overload) is { } constant)
            return new CelCode(constant, false);
        if (NativeDouble(overload, arguments) is { } native)
            return new CelCode(native, canFail);
        var result = Invoke(overload, arguments.Select(a => a.Expression), call.Position);
        return Convert(new CelCode(result, canFail), overload.Result, call.Type, call.Position);
    }

    private MethodCallExpression Invoke(CelOverload overload, IEnumerable<Expression> arguments, int position) => overload.CanFail
        ? Expression.Call(overload.Method, [.. arguments, Expression.Constant(position), fault])
        : Expression.Call(overload.Method, arguments);

    /// <summary>timestamp('...') and duration('...') of literals are read once, when the expression is compiled.</summary>
    private static ConstantExpression? Fold(CelCall call, CelOverload overload)
    {
        if (overload.Name is not ("timestamp" or "duration") || call.Operands is not [CelLiteral { Value.Kind: CelKind.String } literal])
            return null;
        CelFault problem = default;
        object value = overload.Name == "timestamp"
            ? CelConversion.StringToTimestamp(literal.Value.AsString, 0, ref problem)
            : CelConversion.StringToDuration(literal.Value.AsString, 0, ref problem);
        return problem.IsSet ? null : Expression.Constant(value);
    }

    private static Expression? NativeDouble(CelOverload overload, CelCode[] arguments)
    {
        if (overload.Result.Kind != CelKind.Double || overload.Parameters.Any(p => p.Kind != CelKind.Double))
            return null;
        return overload.Name switch
        {
            "+" => Expression.Add(arguments[0].Expression, arguments[1].Expression),
            "-" => Expression.Subtract(arguments[0].Expression, arguments[1].Expression),
            "*" => Expression.Multiply(arguments[0].Expression, arguments[1].Expression),
            "/" => Expression.Divide(arguments[0].Expression, arguments[1].Expression),
            "-_" => Expression.Negate(arguments[0].Expression),
            _ => null,
        };
    }

    /// <summary>Chooses among overloads by the kinds that the operands turn out to have.</summary>
    private CelCode Dispatch(CelCall call)
    {
        var temporaries = call.Operands.Select(_ => Expression.Variable(typeof(CelValue))).ToArray();
        var steps = call.Operands.Select((operand, i) => (Expression)Expression.Assign(temporaries[i], EmitAs(operand, CelType.Dyn).Expression)).ToList();
        var choice = Failure(CelFaultCode.NoSuchOverload, call.Position, call.Type).Expression;
        foreach (var overload in call.Overloads.Reverse())
        {
            Expression test = Expression.Constant(true);
            for (var i = 0; i < temporaries.Length; i++)
            {
                var isKind = Expression.Equal(
                    Expression.Property(temporaries[i], nameof(CelValue.Kind)), Expression.Constant(overload.Parameters[i].Kind));
                test = i == 0 ? isKind : Expression.AndAlso(test, isKind);
            }
            var arguments = temporaries.Select((t, i) => FromValue(t, overload.Parameters[i], call.Position));
            var result = Convert(new CelCode(Invoke(overload, arguments, call.Position), true), overload.Result, call.Type, call.Position);
            choice = Expression.Condition(test, result.Expression, choice);
        }
        steps.Add(choice);
        return new CelCode(Expression.Block(temporaries, steps), true);
    }

    private CelCode Equality(CelCall call)
    {
        var (a, b) = (call.Operands[0], call.Operands[1]);
        var (left, right) = (Emit(a), Emit(b));
        var canFail = left.CanFail || right.CanFail;
        Expression equal;
        if (a.Type.Kind == b.Type.Kind && a.Type.Kind is CelKind.Bool or CelKind.Int or CelKind.UInt or CelKind.Double && left.Expression.Type == right.Expression.Type)
            equal = Expression.Equal(left.Expression, right.Expression);
        else if (a.Type.Kind == CelKind.String && b.Type.Kind == CelKind.String)
            equal = Expression.Call(typeof(CelComparison), nameof(CelComparison.StringsEqual), null, left.Expression, right.Expression);
        else
            equal = Expression.Call(typeof(CelComparison), nameof(CelComparison.AreEqual), null, ToValue(left.Expression, a.Type), ToValue(right.Expression, b.Type));
        return new CelCode(call.Function == "==" ? equal : Expression.Not(equal), canFail);
    }

    private CelCode Order(CelCall call)
    {
        var (a, b) = (call.Operands[0], call.Operands[1]);
        var (left, right) = (Emit(a), Emit(b));
        var canFail = left.CanFail || right.CanFail;
        var kind = call.Function switch
        {
            "<" => ExpressionType.LessThan,
            "<=" => ExpressionType.LessThanOrEqual,
            ">" => ExpressionType.GreaterThan,
            _ => ExpressionType.GreaterThanOrEqual,
        };
        if (a.Type.Kind == b.Type.Kind && a.Type.IsNumber)
            return new CelCode(Expression.MakeBinary(kind, left.Expression, right.Expression), canFail);
        if (a.Type.Kind == CelKind.String && b.Type.Kind == CelKind.String)
        {
            var order = Expression.Call(typeof(CelComparison), nameof(CelComparison.CompareStrings), null, left.Expression, right.Expression);
            return new CelCode(Expression.MakeBinary(kind, order, Expression.Constant(0)), canFail);
        }
        var method = call.Function switch
        {
            "<" => nameof(CelComparison.Less),
            "<=" => nameof(CelComparison.LessOrEqual),
            ">" => nameof(CelComparison.Greater),
            _ => nameof(CelComparison.GreaterOrEqual),
        };
        var compare = Expression.Call(typeof(CelComparison), method, null, ToValue(left.Expression, a.Type), ToValue(right.Expression, b.Type),
            Expression.Constant(call.Position), fault);
        return new CelCode(compare, canFail || a.Type.IsDynamic || b.Type.IsDynamic || a.Type.Kind != b.Type.Kind || !Comparable(a.Type));
    }

    private static bool Comparable(CelType type) =>
        type.Kind is CelKind.Bool or CelKind.Bytes or CelKind.Timestamp or CelKind.Duration;

    private CelCode In(CelCall call)
    {
        var holder = call.Operands[1];
        if (InLiterals(call.Operands[0], holder) is { } plain)
            return plain;
        var item = EmitAs(call.Operands[0], CelType.Dyn);
        if (holder.Type.Kind == CelKind.List || holder.Type.Kind == CelKind.Map)
        {
            var code = Emit(holder);
            var method = holder.Type.Kind == CelKind.List ? nameof(CelCollections.InList) : nameof(CelCollections.InMap);
            return new CelCode(Expression.Call(typeof(CelCollections), method, null, item.Expression, code.Expression), item.CanFail || code.CanFail);
        }
        return Dynamic(call, item, nameof(CelCollections.InDynamic));
    }

    /// <summary>A string or an int in a list of literals: compared as it is, without going through values of any type.</summary>
    private CelCode? InLiterals(CelNode sought, CelNode holder)
    {
        if (holder is not CelListLiteral list || list.Elements.Length == 0 || !list.Elements.All(e => e is CelLiteral && e.Type.Kind == sought.Type.Kind))
            return null;
        var literals = list.Elements.Cast<CelLiteral>().Select(e => e.Value);
        var (method, values) = sought.Type.Kind switch
        {
            CelKind.String => (nameof(CelCollections.InStrings), (object)literals.Select(v => v.AsString).ToArray()),
            CelKind.Int => (nameof(CelCollections.InInts), literals.Select(v => v.AsInt).ToArray()),
            _ => ("", ""),
        };
        if (method.Length == 0)
            return null;
        var item = Emit(sought);
        return item with { Expression = Expression.Call(typeof(CelCollections), method, null, item.Expression, Expression.Constant(values)) };
    }

    private CelCode Index(CelCall call)
    {
        var holder = call.Operands[0];
        var index = EmitAs(call.Operands[1], CelType.Dyn);
        Expression found;
        if (holder.Type.Kind is CelKind.List or CelKind.Map)
        {
            var method = holder.Type.Kind == CelKind.List ? nameof(CelCollections.IndexList) : nameof(CelCollections.IndexMap);
            found = Expression.Call(typeof(CelCollections), method, null, Emit(holder).Expression, index.Expression, Expression.Constant(call.Position), fault);
        }
        else
        {
            found = Expression.Call(typeof(CelCollections), nameof(CelCollections.IndexDynamic), null,
                EmitAs(holder, CelType.Dyn).Expression, index.Expression, Expression.Constant(call.Position), fault);
        }
        return new CelCode(FromValue(found, call.Type, call.Position), true);
    }

    private CelCode Dynamic(CelCall call, CelCode first, string method) =>
        new(Expression.Call(typeof(CelCollections), method, null, first.Expression, EmitAs(call.Operands[1], CelType.Dyn).Expression,
            Expression.Constant(call.Position), fault), true);

    /// <summary>Pair by pair, so that no array is made.</summary>
    private CelCode Extreme(CelCall call)
    {
        var name = call.Function == "math.greatest" ? nameof(CelMath.Greatest) : nameof(CelMath.Least);
        var position = Expression.Constant(call.Position);
        var operands = call.Operands.Select(o => EmitAs(o, CelType.Dyn).Expression).ToArray();
        var value = operands.Length == 1
            ? Expression.Call(typeof(CelMath), name + "Of", null, operands[0], position, fault)
            : operands.Skip(1).Aggregate(operands[0], (best, next) => Expression.Call(typeof(CelMath), name, null, best, next, position, fault));
        return new CelCode(FromValue(value, call.Type, call.Position), true);
    }

    private CelCode Matches(CelCall call)
    {
        // The checker has refused every pattern that is not a literal or doesn't compile.
        if (call.Operands[1] is not CelLiteral { Value.Kind: CelKind.String } literal || CelStrings.TryCompile(literal.Value.AsString, out _) is not { } pattern)
            return Failure(CelFaultCode.NoSuchOverload, call.Position, CelType.Bool);
        var text = EmitAs(call.Operands[0], CelType.String);
        return text with
        {
            Expression = Expression.Call(typeof(CelStrings), nameof(CelStrings.Matches), null, text.Expression, Expression.Constant(pattern, typeof(Regex))),
        };
    }
}
