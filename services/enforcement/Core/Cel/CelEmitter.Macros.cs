using System.Linq.Expressions;

namespace Moderation.Enforcement.Cel;

internal sealed partial class CelEmitter
{
    private CelCode Comprehension(CelComprehension node)
    {
        var isStatic = node.Range.Type.Kind == CelKind.List && node.Second is null;
        var range = isStatic ? Emit(node.Range) : EmitAs(node.Range, CelType.Dyn);
        var loop = new Loop(
            Expression.Variable(isStatic ? typeof(CelList) : typeof(CelValue), "range"),
            Expression.Variable(typeof(CelList), "keys"),
            Expression.Variable(typeof(int), "i"),
            Expression.Variable(FaultType, "outer"),
            Expression.Variable(FaultType, "saved"),
            Expression.Label("done"),
            isStatic && node.Range.Type.Element!.Kind == CelKind.Object // a list type has an element type
                ? Expression.Variable(CelClrTypes.Of(node.Range.Type.Element).MakeArrayType(), "items")
                : null);
        var first = Local(node.FirstLocal!); // set by the checker
        var second = node.SecondLocal is null ? null : Local(node.SecondLocal);
        var position = Expression.Constant(node.Position);
        var keys = isStatic ? loop.Range : (Expression)Expression.Call(
            typeof(CelCollections), nameof(CelCollections.KeysOrElements), null, loop.Range, position, fault);

        var read = new List<Expression> { Expression.Assign(first, FirstOf(node, loop)) };
        if (second is not null)
        {
            var value = Expression.Call(typeof(CelCollections), nameof(CelCollections.ElementOrValue), null, loop.Range, loop.Keys, loop.Index);
            read.Add(Expression.Assign(second, FromValue(value, node.SecondLocal!.Type, node.Position))); // second and its local are set together
        }
        var step = Step(node, loop);
        var variables = new List<ParameterExpression> { loop.Range, loop.Keys, loop.Index, loop.Outer, loop.Saved, first };
        if (second is not null)
            variables.Add(second);
        variables.AddRange(step.Variables);
        Expression count = Expression.Property(loop.Keys, nameof(CelList.Count));
        Expression open = Expression.Assign(loop.Keys, keys);
        if (loop.Items is not null)
        {
            variables.Add(loop.Items);
            count = Expression.ArrayLength(loop.Items);
            open = Expression.Assign(loop.Items, Expression.Call(
                typeof(CelList), nameof(CelList.ObjectsOf), [loop.Items.Type.GetElementType()!], loop.Range)); // an array type has an element type
        }
        Expression passes = Expression.Block(
            Expression.Assign(loop.Index, Expression.Constant(0)),
            Expression.Loop(
                Expression.Block(
                    Expression.IfThen(Expression.GreaterThanOrEqual(loop.Index, count), Expression.Break(loop.Done)),
                    Expression.Block(read),
                    step.Body,
                    Expression.PreIncrementAssign(loop.Index)),
                loop.Done),
            step.After);
        if (range.CanFail || !isStatic)
            passes = Expression.IfThen(Expression.Not(IsFaulted), passes);
        var body = Expression.Block(Expression.Assign(loop.Range, range.Expression), open, passes);
        var canFail = range.CanFail || !isStatic || step.CanFail;
        Expression[] before = canFail ? [Expression.Assign(loop.Outer, fault), ClearFault] : [];
        Expression[] after = canFail ? [Restore(loop.Outer)] : [];
        return new CelCode(
            Expression.Block(CelClrTypes.Of(node.Type), variables, [.. before, .. step.Before, body, .. after, step.Result]), canFail);
    }

    private ParameterExpression Local(CelLocal local)
    {
        var variable = Expression.Variable(CelClrTypes.Of(local.Type), local.Name);
        _locals.Add(local, variable);
        return variable;
    }

    private Expression FirstOf(CelComprehension node, Loop loop)
    {
        if (loop.Items is not null)
            return Expression.ArrayIndex(loop.Items, loop.Index);
        Expression value = node.Second is null
            ? Expression.MakeIndex(loop.Keys, typeof(CelList).GetProperty("Item"), [loop.Index])
            : Expression.Call(typeof(CelCollections), nameof(CelCollections.IndexOrKey), null, loop.Range, loop.Keys, loop.Index);
        return FromValue(value, node.FirstLocal!.Type, node.Position); // set by the checker
    }

    private LoopStep Step(CelComprehension node, Loop loop) => node.Macro switch
    {
        CelMacro.All or CelMacro.Exists => Quantifier(node, loop),
        CelMacro.ExistsOne => ExactlyOne(node, loop),
        _ => Collect(node, loop),
    };

    /// <summary>all and exists: a deciding element absorbs the faults of others.</summary>
    private LoopStep Quantifier(CelComprehension node, Loop loop)
    {
        var decisive = node.Macro == CelMacro.Exists;
        var result = Expression.Variable(typeof(bool), "result");
        var condition = EmitAs(node.Body, CelType.Bool);
        var decides = decisive ? condition.Expression : Expression.Not(condition.Expression);
        var decide = Expression.Block(
            Expression.Assign(result, Expression.Constant(decisive)),
            Expression.Assign(loop.Saved, Expression.Default(FaultType)),
            Expression.Break(loop.Done));
        Expression body = Expression.IfThen(decides, decide);
        if (condition.CanFail)
        {
            var value = Expression.Variable(typeof(bool));
            body = Expression.Block(
                [value],
                Expression.Assign(value, decides),
                Expression.IfThenElse(
                    IsFaulted,
                    Expression.Block(
                        Expression.IfThen(Expression.Not(Expression.Property(loop.Saved, nameof(CelFault.IsSet))), Expression.Assign(loop.Saved, fault)),
                        ClearFault),
                    Expression.IfThen(value, decide)));
            return new LoopStep(
                [result],
                [Expression.Assign(result, Expression.Constant(!decisive)), Expression.Assign(loop.Saved, Expression.Default(FaultType))],
                body, Restore(loop.Saved), result, true);
        }
        return new LoopStep([result], [Expression.Assign(result, Expression.Constant(!decisive))], body, Expression.Empty(), result, false);
    }

    private LoopStep ExactlyOne(CelComprehension node, Loop loop)
    {
        var count = Expression.Variable(typeof(int), "count");
        var condition = EmitAs(node.Body, CelType.Bool);
        var value = Expression.Variable(typeof(bool));
        var body = Expression.Block(
            [value],
            Expression.Assign(value, condition.Expression),
            Expression.IfThen(IsFaulted, Expression.Break(loop.Done)),
            Expression.IfThen(value, Expression.PreIncrementAssign(count)));
        return new LoopStep([count], [Expression.Assign(count, Expression.Constant(0))], body, Expression.Empty(),
            Expression.Equal(count, Expression.Constant(1)), condition.CanFail);
    }

    /// <summary>map, filter, transformList and transformMap: the first fault ends them.</summary>
    private LoopStep Collect(CelComprehension node, Loop loop)
    {
        var listType = typeof(List<CelValue>);
        var add = listType.GetMethod(nameof(List<>.Add))!; // named here
        var (keys, values, chosen) = (Expression.Variable(listType), Expression.Variable(listType), Expression.Variable(typeof(bool)));
        var first = _locals[node.FirstLocal!]; // set by the checker
        var isFilter = node.Macro == CelMacro.Filter;
        var condition = isFilter ? EmitAs(node.Body, CelType.Bool) : node.Filter is null ? default : EmitAs(node.Filter, CelType.Bool);
        var element = isFilter ? new CelCode(ToValue(first, node.FirstLocal!.Type), false) : EmitAs(node.Body, CelType.Dyn); // as above
        var stopOnFault = Expression.IfThen(IsFaulted, Expression.Break(loop.Done));
        var store = new List<Expression>();
        if (node.Macro == CelMacro.TransformMap)
            store.Add(Expression.Call(keys, add, ToValue(first, node.FirstLocal!.Type))); // as above
        store.AddRange([Expression.Call(values, add, element.Expression), stopOnFault]);
        Expression body = Expression.Block(store);
        if (condition.Expression is not null)
            body = Expression.Block(Expression.Assign(chosen, condition.Expression), stopOnFault, Expression.IfThen(chosen, body));
        Expression result = node.Macro == CelMacro.TransformMap
            ? Expression.Call(typeof(CelCollections), nameof(CelCollections.ToMap), null, keys, values, Expression.Constant(node.Position), fault)
            : Expression.Call(typeof(CelCollections), nameof(CelCollections.ToList), null, values);
        return new LoopStep(
            [keys, values, chosen],
            [Expression.Assign(keys, Expression.New(listType)), Expression.Assign(values, Expression.New(listType))],
            body, Expression.Empty(), result, condition.CanFail || element.CanFail || node.Macro == CelMacro.TransformMap);
    }

    private sealed record Loop(
        ParameterExpression Range, ParameterExpression Keys, ParameterExpression Index, ParameterExpression Outer, ParameterExpression Saved,
        LabelTarget Done, ParameterExpression? Items);

    private sealed record LoopStep(
        IReadOnlyList<ParameterExpression> Variables, IReadOnlyList<Expression> Before, Expression Body, Expression After, Expression Result, bool CanFail);
}
