using System.Linq.Expressions;

namespace Moderation.Enforcement.Cel;

/// <summary>Which .NET type carries which type of the language.</summary>
internal static class CelClrTypes
{
    public static Type Of(CelType type) => type.Kind switch
    {
        CelKind.Bool => typeof(bool),
        CelKind.Int => typeof(long),
        CelKind.UInt => typeof(ulong),
        CelKind.Double => typeof(double),
        CelKind.String => typeof(string),
        CelKind.Bytes => typeof(byte[]),
        CelKind.List => typeof(CelList),
        CelKind.Map => typeof(CelMap),
        CelKind.Duration => typeof(CelDuration),
        CelKind.Timestamp => typeof(CelTimestamp),
        CelKind.Object => type.Declared!.ClrType, // an object type always has its declaration
        _ => typeof(CelValue),
    };

    public static CelType TypeOf(Type type) =>
        type == typeof(bool) ? CelType.Bool
        : type == typeof(long) ? CelType.Int
        : type == typeof(ulong) ? CelType.UInt
        : type == typeof(double) ? CelType.Double
        : type == typeof(string) ? CelType.String
        : type == typeof(CelTimestamp) ? CelType.Timestamp
        : type == typeof(CelDuration) ? CelType.Duration
        : CelType.Dyn;

    public static CelType TypeOf(CelValue value) => value.Kind switch
    {
        CelKind.Null => CelType.Null,
        CelKind.Bool => CelType.Bool,
        CelKind.Int => CelType.Int,
        CelKind.UInt => CelType.UInt,
        CelKind.Double => CelType.Double,
        CelKind.String => CelType.String,
        CelKind.Bytes => CelType.Bytes,
        CelKind.Duration => CelType.Duration,
        CelKind.Timestamp => CelType.Timestamp,
        CelKind.Type => CelType.Type,
        CelKind.List => CelType.AnyList,
        CelKind.Map => CelType.AnyMap,
        _ => CelType.Dyn,
    };

    public static void Require(CelType type, Type actual, string name)
    {
        if (!Of(type).IsAssignableFrom(actual))
            throw new ArgumentException($"'{name}' is declared as {type}, which is read from {Of(type).Name}, not from {actual.Name}", nameof(actual));
    }

    /// <summary>Puts an operand in place of a lambda's parameter.</summary>
    public static Func<Expression, Expression> Reader(LambdaExpression lambda) =>
        operand => new Replace(lambda.Parameters[0], operand).Visit(lambda.Body);

    private sealed class Replace(ParameterExpression parameter, Expression operand) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == parameter ? operand : base.VisitParameter(node);
    }
}
