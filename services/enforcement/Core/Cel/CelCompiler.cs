using System.Collections.Immutable;
using System.Linq.Expressions;

namespace Moderation.Enforcement.Cel;

/// <summary>Compiled code: gives the value, or sets the fault and gives a value without meaning.</summary>
public delegate TResult CelEvaluator<in TVars, out TResult>(TVars vars, ref CelFault fault);

/// <summary>A scalar that a condition reads, such as text.score.hate. Its code is made when it is first read.</summary>
public sealed class CelRead<TVars>
{
    private readonly Lazy<CelEvaluator<TVars, CelValue>> _read;

    internal CelRead(string path, ulong requires, Func<CelEvaluator<TVars, CelValue>> emit)
    {
        Path = path;
        Requires = requires;
        _read = new Lazy<CelEvaluator<TVars, CelValue>>(emit);
    }

    /// <summary>The path as one would write it.</summary>
    public string Path { get; }

    /// <summary>The bits of the inputs that must be there to read it.</summary>
    public ulong Requires { get; }

    /// <summary>Its value; null with a fault.</summary>
    public CelValue Read(TVars vars)
    {
        CelFault fault = default;
        var value = _read.Value(vars, ref fault);
        return fault.IsSet ? CelValue.Null : value;
    }
}

/// <summary>A compiled condition. Immutable and safe to use from many threads.</summary>
/// <typeparam name="TVars">The activation.</typeparam>
public sealed class CelCondition<TVars>
{
    private readonly CelEvaluator<TVars, bool> _code;

    internal CelCondition(
        string source, CelNode root, CelEvaluator<TVars, bool> code, ulong requires, long cost, ImmutableArray<CelRead<TVars>> reads)
    {
        Source = source;
        Root = root;
        _code = code;
        Requires = requires;
        Cost = cost;
        Reads = reads;
    }

    /// <summary>The expression as written.</summary>
    public string Source { get; }

    /// <summary>The checked tree, for what can be read off a condition without evaluating it.</summary>
    internal CelNode Root { get; }

    /// <summary>The bits of the inputs that it reads, as declared with the variables and fields.</summary>
    public ulong Requires { get; }

    /// <summary>The bound of its cost; see <see cref="CelLimits.MaxCost"/>.</summary>
    public long Cost { get; }

    /// <summary>The scalars that it reads by a fixed path, in the order of the paths.</summary>
    public ImmutableArray<CelRead<TVars>> Reads { get; }

    /// <summary>Whether the condition holds. With a fault it doesn't. Allocates nothing for conditions over scalars.</summary>
    public bool Evaluate(TVars vars, out CelFault fault)
    {
        fault = default;
        return _code(vars, ref fault) && !fault.IsSet;
    }
}

/// <summary>Compiles expressions.</summary>
public static class CelCompiler
{
    /// <summary>Compiles a condition: an expression of type bool.</summary>
    /// <param name="environment">What it may use.</param>
    /// <param name="source">The expression.</param>
    /// <param name="condition">The condition; null when there are errors.</param>
    /// <param name="limits">Bounds of size and cost.</param>
    /// <returns>All errors; empty when it compiles.</returns>
    public static ImmutableArray<CelError> TryCompile<TVars>(
        CelEnvironment<TVars> environment, string source, out CelCondition<TVars>? condition, CelLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(source);
        limits ??= CelLimits.Default;
        condition = null;
        var errors = Check(environment, source, limits, strict: true, out var root, out var checker);
        if (errors.Length > 0)
            return errors;
        if (!CelType.Bool.Accepts(root.Type))
            return [CelError.At(source, root.Position, $"the condition is {root.Type}", "bool")];
        var cost = CelCost.Of(root);
        if (cost > limits.MaxCost)
            return [CelError.At(source, 0, $"the condition may cost {cost} units", $"at most {limits.MaxCost}: shorter lists, fewer nested macros, simpler patterns")];
        condition = new CelCondition<TVars>(source, root, Emit<TVars, bool>(root, CelType.Bool), checker.Requires, cost, ReadsOf<TVars>(checker));
        return [];
    }

    /// <summary>Compiles an expression that gives a scalar, to be recorded as evidence.</summary>
    internal static ImmutableArray<CelError> TryCompileRead<TVars>(CelEnvironment<TVars> environment, string source, out CelRead<TVars>? read)
    {
        read = null;
        var errors = Check(environment, source, CelLimits.Default, strict: true, out var root, out var checker);
        if (errors.Length > 0)
            return errors;
        if (!IsScalar(root.Type))
            return [CelError.At(source, root.Position, $"the value is {root.Type}", "a bool, number, string, timestamp or duration")];
        read = new CelRead<TVars>(source, checker.Requires, () => Emit<TVars, CelValue>(root, CelType.Dyn));
        return [];
    }

    /// <summary>Compiles an expression of any type; used to run the specification's tests.</summary>
    internal static ImmutableArray<CelError> TryCompileValue<TVars>(
        CelEnvironment<TVars> environment, string source, bool strict, CelLimits limits, out CelEvaluator<TVars, CelValue>? code, out CelType type)
    {
        code = null;
        var errors = Check(environment, source, limits, strict, out var root, out _);
        type = root.Type;
        if (errors.Length == 0)
            code = Emit<TVars, CelValue>(root, CelType.Dyn);
        return errors;
    }

    private static ImmutableArray<CelError> Check<TVars>(
        CelEnvironment<TVars> environment, string source, CelLimits limits, bool strict, out CelNode root, out CelChecker checker)
    {
        checker = new CelChecker(source, environment.Variables, environment.Container, strict);
        root = new CelLiteral(0, CelValue.Null);
        try
        {
            root = CelParser.Parse(source, limits);
        }
        catch (CelSyntaxException e)
        {
            return [CelError.At(source, e.Position, e.Message, e.Expected)];
        }
        checker.Check(root);
        return [.. checker.Errors];
    }

    internal static CelEvaluator<TVars, TResult> Emit<TVars, TResult>(CelNode root, CelType type)
    {
        var vars = Expression.Parameter(typeof(TVars), "vars");
        var fault = Expression.Parameter(typeof(CelFault).MakeByRefType(), "fault");
        var body = new CelEmitter(vars, fault).EmitAs(root, type).Expression;
        return Expression.Lambda<CelEvaluator<TVars, TResult>>(body, vars, fault).Compile();
    }

    private static ImmutableArray<CelRead<TVars>> ReadsOf<TVars>(CelChecker checker) =>
    [
        .. checker.Reads
            .Where(read => IsScalar(read.Value.Node.Type))
            .Select(read => new CelRead<TVars>(read.Key, read.Value.Requires, () => Emit<TVars, CelValue>(read.Value.Node, CelType.Dyn))),
    ];

    private static bool IsScalar(CelType type) => type.Kind is
        CelKind.Bool or CelKind.Int or CelKind.UInt or CelKind.Double or CelKind.String or CelKind.Timestamp or CelKind.Duration;
}
