using System.Linq.Expressions;
using System.Reflection;

namespace Moderation.Enforcement.Cel;

/// <summary>Code for a node, and whether it can raise a fault.</summary>
internal readonly record struct CelCode(Expression Expression, bool CanFail);

/// <summary>
/// Turns a checked tree into typed code. A fault doesn't unwind: it is kept by reference beside the value, the first one stands, and
/// only the operators that absorb faults look at it. So nothing is thrown, and scalars are never boxed.
/// </summary>
internal sealed partial class CelEmitter(ParameterExpression vars, ParameterExpression fault)
{
    private static readonly Type FaultType = typeof(CelFault);
    private readonly Dictionary<CelLocal, ParameterExpression> _locals = [];

    /// <summary>Code that gives the node in the .NET type of its CEL type.</summary>
    public CelCode Emit(CelNode node) => node switch
    {
        CelLiteral literal => new CelCode(Constant(literal.Value, literal.Type), false),
        CelIdentifier identifier => Name(identifier.Resolution, identifier.Position),
        CelSelect { Resolution: not null } select => Name(select.Resolution, select.Position),
        CelSelect select => Select(select),
        CelLogic logic => Logic(logic),
        CelConditional conditional => Conditional(conditional),
        CelListLiteral list => ListLiteral(list),
        CelMapLiteral map => MapLiteral(map),
        CelComprehension comprehension => Comprehension(comprehension),
        CelBind bind => Bind(bind),
        CelCall call => Call(call),
        _ => Failure(CelFaultCode.NoSuchOverload, node.Position, node.Type),
    };

    /// <summary>Code that gives the node in the .NET type of another CEL type, checked where the types don't say it.</summary>
    public CelCode EmitAs(CelNode node, CelType wanted) => Convert(Emit(node), node.Type, wanted, node.Position);

    private CelCode Convert(CelCode code, CelType from, CelType to, int position)
    {
        if (CelClrTypes.Of(from) == CelClrTypes.Of(to))
            return code;
        if (CelClrTypes.Of(to) == typeof(CelValue))
            return code with { Expression = ToValue(code.Expression, from) };
        var value = CelClrTypes.Of(from) == typeof(CelValue) ? code.Expression : ToValue(code.Expression, from);
        return new CelCode(FromValue(value, to, position), true);
    }

    private static Expression ToValue(Expression expression, CelType from)
    {
        if (expression.Type == typeof(CelValue))
            return expression;
        return from.Kind == CelKind.Object
            ? Expression.Call(typeof(CelValue), nameof(CelValue.OfObject), null, expression)
            : Expression.Call(typeof(CelValue).GetMethod(nameof(CelValue.Of), [expression.Type])!, expression); // Of exists for each type
    }

    private Expression FromValue(Expression value, CelType to, int position)
    {
        if (CelClrTypes.Of(to) == typeof(CelValue))
            return value;
        var method = to.Kind == CelKind.Object
            ? typeof(CelConversion).GetMethod(nameof(CelConversion.RequireObject))!.MakeGenericMethod(CelClrTypes.Of(to)) // named above
            : typeof(CelConversion).GetMethod("Require" + to.Kind)!; // one for each kind that has a .NET type
        return Expression.Call(method, value, Expression.Constant(position), fault);
    }

    private static ConstantExpression Constant(CelValue value, CelType type) => type.Kind switch
    {
        CelKind.Bool => Expression.Constant(value.AsBool),
        CelKind.Int => Expression.Constant(value.AsInt),
        CelKind.UInt => Expression.Constant(value.AsUInt),
        CelKind.Double => Expression.Constant(value.AsDouble),
        CelKind.String => Expression.Constant(value.AsString),
        CelKind.Bytes => Expression.Constant(value.AsBytes),
        CelKind.List => Expression.Constant(value.AsList, typeof(CelList)),
        CelKind.Map => Expression.Constant(value.AsMap),
        CelKind.Timestamp => Expression.Constant(value.AsTimestamp),
        CelKind.Duration => Expression.Constant(value.AsDuration),
        _ => Expression.Constant(value),
    };

    private static Expression Default(CelType type) => type.Kind switch
    {
        CelKind.String => Expression.Constant(""),
        CelKind.Bytes => Expression.Constant(Array.Empty<byte>()),
        CelKind.List => Expression.Constant(CelList.Empty, typeof(CelList)),
        CelKind.Map => Expression.Constant(CelMap.Empty),
        _ => Expression.Default(CelClrTypes.Of(type)),
    };

    private BinaryExpression IsFaulted =>
        Expression.NotEqual(Expression.Property(fault, nameof(CelFault.Code)), Expression.Constant(CelFaultCode.None));

    private BinaryExpression ClearFault => Expression.Assign(fault, Expression.Default(FaultType));

    private CelCode Failure(CelFaultCode code, int position, CelType type)
    {
        var raise = typeof(CelFault).GetMethod(nameof(CelFault.Raise), BindingFlags.Static | BindingFlags.NonPublic)!; // named here
        return new CelCode(
            Expression.Block(Expression.Call(raise, fault, Expression.Constant(code), Expression.Constant(position)), Default(type)), true);
    }

    private CelCode Name(CelResolution? resolution, int position) => resolution switch
    {
        CelLocal local => new CelCode(_locals[local], false),
        CelTypeName name => new CelCode(Expression.Constant(name.Value), false),
        CelVariable { Read: null } constant => new CelCode(Constant(constant.Constant, constant.Type), false),
        CelVariable variable => new CelCode(Fit(variable.Read(vars), variable.Type), false),
        _ => Failure(CelFaultCode.UnboundName, position, CelType.Dyn),
    };

    /// <summary>Gives a read the exact .NET type of its CEL type: a list may be declared by a derived class.</summary>
    private static Expression Fit(Expression read, CelType type) =>
        read.Type == CelClrTypes.Of(type) ? read : Expression.Convert(read, CelClrTypes.Of(type));

    private CelCode Select(CelSelect select)
    {
        var operand = Emit(select.Operand);
        if (select.Declared is { } field)
        {
            if (!select.Test)
                return Guarded(operand, select, o => Fit(field.Read(o), field.Type), field.Type);
            return field.Present is { } present
                ? Guarded(operand, select, present, CelType.Bool)
                : Guarded(operand, select, _ => Expression.Constant(true), CelType.Bool);
        }
        var value = Convert(operand, select.Operand.Type, CelType.Dyn, select.Position);
        var name = Expression.Constant(select.Field);
        var position = Expression.Constant(select.Position);
        if (select.Test)
            return new CelCode(Expression.Call(typeof(CelCollections), nameof(CelCollections.Has), null, value.Expression, name, position, fault), true);
        var read = Expression.Call(typeof(CelCollections), nameof(CelCollections.Select), null, value.Expression, name, position, fault);
        return new CelCode(FromValue(read, select.Type, select.Position), true);
    }

    /// <summary>Reads from an object that may be missing because finding it failed.</summary>
    private static CelCode Guarded(CelCode operand, CelSelect select, Func<Expression, Expression> read, CelType type)
    {
        if (!operand.CanFail)
            return new CelCode(read(operand.Expression), false);
        var temporary = Expression.Variable(CelClrTypes.Of(select.Operand.Type));
        return new CelCode(
            Expression.Block(
                [temporary],
                Expression.Assign(temporary, operand.Expression),
                Expression.Condition(Expression.ReferenceEqual(temporary, Expression.Constant(null)), Default(type), read(temporary))),
            true);
    }

    private CelCode ListLiteral(CelListLiteral list)
    {
        if (list.Elements.All(e => e is CelLiteral))
            return new CelCode(Expression.Constant(CelList.Of([.. list.Elements.Select(e => ((CelLiteral)e).Value)]), typeof(CelList)), false);
        var elements = list.Elements.Select(e => EmitAs(e, CelType.Dyn)).ToArray();
        var of = typeof(CelList).GetMethod(nameof(CelList.Of), [typeof(CelValue[])])!; // named here
        return new CelCode(
            Expression.Call(of, Expression.NewArrayInit(typeof(CelValue), elements.Select(e => e.Expression))), elements.Any(e => e.CanFail));
    }

    private CelCode MapLiteral(CelMapLiteral map)
    {
        if (map.Keys.Concat(map.Values).All(e => e is CelLiteral)
            && CelMap.TryCreate([.. map.Keys.Select(k => ((CelLiteral)k).Value)], [.. map.Values.Select(v => ((CelLiteral)v).Value)], out var constant)
                == CelFaultCode.None)
        {
            return new CelCode(Expression.Constant(constant), false);
        }
        Expression Array(IEnumerable<CelNode> nodes) => Expression.NewArrayInit(typeof(CelValue), nodes.Select(n => EmitAs(n, CelType.Dyn).Expression));
        return new CelCode(
            Expression.Call(typeof(CelCollections), nameof(CelCollections.MakeMap), null, Array(map.Keys), Array(map.Values),
                Expression.Constant(map.Position), fault),
            true);
    }
}
