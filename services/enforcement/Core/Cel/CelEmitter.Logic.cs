using System.Linq.Expressions;

namespace Moderation.Enforcement.Cel;

internal sealed partial class CelEmitter
{
    /// <summary>
    /// One side that decides (false for and, true for or) absorbs a fault of the other side, whichever comes first.
    /// </summary>
    private CelCode Logic(CelLogic logic)
    {
        var left = EmitAs(logic.Left, CelType.Bool);
        var right = EmitAs(logic.Right, CelType.Bool);
        if (!left.CanFail && !right.CanFail)
        {
            return new CelCode(
                logic.IsAnd ? Expression.AndAlso(left.Expression, right.Expression) : Expression.OrElse(left.Expression, right.Expression), false);
        }
        var (value, outer, saved) = (Expression.Variable(typeof(bool)), Expression.Variable(FaultType), Expression.Variable(FaultType));
        Expression Decides() => Expression.AndAlso(Expression.Not(IsFaulted), logic.IsAnd ? Expression.Not(value) : value);
        return new CelCode(
            Expression.Block(
                typeof(bool),
                [value, outer, saved],
                Expression.Assign(outer, fault),
                ClearFault,
                Expression.Assign(value, left.Expression),
                Expression.IfThen(
                    Expression.Not(Decides()),
                    Expression.Block(
                        Expression.Assign(saved, fault),
                        ClearFault,
                        Expression.Assign(value, right.Expression),
                        Expression.IfThen(Expression.Not(Decides()), Restore(saved)))),
                Restore(outer),
                value),
            true);
    }

    /// <summary>Puts an earlier fault back in place of a later one.</summary>
    private ConditionalExpression Restore(ParameterExpression earlier) =>
        Expression.IfThen(Expression.Property(earlier, nameof(CelFault.IsSet)), Expression.Assign(fault, earlier));

    /// <summary>Without a value there is nothing that the body could read, so it isn't evaluated.</summary>
    private CelCode Bind(CelBind bind)
    {
        var value = EmitAs(bind.Value, bind.Local!.Type); // set by the checker
        var local = Local(bind.Local);
        var body = Emit(bind.Body);
        var result = value.CanFail ? Expression.Condition(IsFaulted, Default(bind.Type), body.Expression, CelClrTypes.Of(bind.Type)) : body.Expression;
        return new CelCode(Expression.Block([local], Expression.Assign(local, value.Expression), result), value.CanFail || body.CanFail);
    }

    private CelCode Conditional(CelConditional node)
    {
        var condition = EmitAs(node.Condition, CelType.Bool);
        var then = EmitAs(node.Then, node.Type);
        var otherwise = EmitAs(node.Otherwise, node.Type);
        var choice = Expression.Condition(condition.Expression, then.Expression, otherwise.Expression);
        if (!condition.CanFail)
            return new CelCode(choice, then.CanFail || otherwise.CanFail);
        var value = Expression.Variable(typeof(bool));
        return new CelCode(
            Expression.Block(
                [value],
                Expression.Assign(value, condition.Expression),
                Expression.Condition(IsFaulted, Default(node.Type), Expression.Condition(value, then.Expression, otherwise.Expression))),
            true);
    }
}
