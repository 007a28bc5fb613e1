using System.Collections.Immutable;

namespace Moderation.Enforcement.Cel;

/// <summary>Gives every node its type and resolves names and overloads. Collects all errors instead of stopping at the first.</summary>
/// <param name="source">The expression, for positions.</param>
/// <param name="variables">What is declared.</param>
/// <param name="container">The namespace that names are looked up in first.</param>
/// <param name="strict">Off, mismatches become faults of the evaluation, as the specification has it for unchecked expressions.</param>
internal sealed partial class CelChecker(string source, IReadOnlyDictionary<string, CelVariable> variables, string container, bool strict)
{
    private readonly Stack<CelLocal> _locals = [];

    public List<CelError> Errors { get; } = [];

    /// <summary>The inputs that must be there for the expression to be evaluated.</summary>
    public ulong Requires { get; private set; }

    /// <summary>The paths of the environment that the expression reads, outermost first.</summary>
    public SortedDictionary<string, (CelNode Node, ulong Requires)> Reads { get; } = new(StringComparer.Ordinal);

    public void Check(CelNode node)
    {
        node.Type = node switch
        {
            CelLiteral literal => CelClrTypes.TypeOf(literal.Value),
            CelIdentifier identifier => Identifier(identifier),
            CelSelect select => Select(select),
            CelLogic logic => Logic(logic),
            CelConditional conditional => Conditional(conditional),
            CelListLiteral list => CelType.List(JoinAll(list.Elements)),
            CelMapLiteral map => Map(map),
            CelComprehension comprehension => Comprehension(comprehension),
            CelBind bind => Bind(bind),
            CelCall call => Call(call),
            CelMessageLiteral message => Message(message),
            _ => CelType.Dyn,
        };
    }

    private CelType Error(int position, string message, string expected = "", string? nearest = null)
    {
        if (Errors.Count < 20)
            Errors.Add(CelError.At(source, position, message, expected, nearest));
        return CelType.Dyn;
    }

    private CelType Message(CelMessageLiteral message) =>
        Error(message.Position, $"message literals such as {message.Name}{{...}} are not part of this language", "a map: {'key': value}");

    private CelType Map(CelMapLiteral map)
    {
        var key = JoinAll(map.Keys);
        foreach (var node in map.Keys)
        {
            if (strict && node.Type.Kind is not (CelKind.Bool or CelKind.Int or CelKind.UInt or CelKind.String or CelKind.Dyn or CelKind.Unknown))
                Error(node.Position, $"{node.Type} can't be a key", "bool, int, uint or string");
        }
        return CelType.Map(key, JoinAll(map.Values));
    }

    private CelType JoinAll(ImmutableArray<CelNode> nodes)
    {
        var joined = CelType.Unknown;
        foreach (var node in nodes)
        {
            Check(node);
            joined = CelType.Join(joined, node.Type);
        }
        return joined;
    }

    private CelType Logic(CelLogic logic)
    {
        foreach (var side in new[] { logic.Left, logic.Right })
        {
            Check(side);
            RequireBool(side, logic.IsAnd ? "'&&'" : "'||'");
        }
        return CelType.Bool;
    }

    private void RequireBool(CelNode node, string where)
    {
        if (strict && !CelType.Bool.Accepts(node.Type))
            Error(node.Position, $"{where} was given {node.Type}", "bool");
    }

    private CelType Conditional(CelConditional conditional)
    {
        Check(conditional.Condition);
        RequireBool(conditional.Condition, "the condition before '?'");
        Check(conditional.Then);
        Check(conditional.Otherwise);
        var (then, otherwise) = (conditional.Then.Type, conditional.Otherwise.Type);
        if (strict && !then.Accepts(otherwise))
            Error(conditional.Otherwise.Position, $"the branches are {then} and {otherwise}", "one type for both; dyn() hides it");
        return CelType.Join(then, otherwise);
    }

    private CelType Comprehension(CelComprehension node)
    {
        Check(node.Range);
        var range = node.Range.Type;
        if (strict && !range.IsDynamic && range.Kind is not (CelKind.List or CelKind.Map))
            Error(node.Range.Position, $"a macro can't run over {range}", "a list or a map");
        var (key, element) = range.Kind switch
        {
            CelKind.List => (CelType.Int, range.Element!), // a list type has an element type
            CelKind.Map => (range.Key!, range.Element!), // a map type has both
            _ => (CelType.Dyn, CelType.Dyn),
        };
        var first = node.Second is not null || range.Kind == CelKind.Map ? key : element;
        node.FirstLocal = new CelLocal(node.First, Known(first));
        _locals.Push(node.FirstLocal);
        if (node.Second is not null)
        {
            node.SecondLocal = new CelLocal(node.Second, Known(element));
            _locals.Push(node.SecondLocal);
        }
        if (node.Filter is not null)
        {
            Check(node.Filter);
            RequireBool(node.Filter, "the filter");
        }
        Check(node.Body);
        if (node.Macro is not (CelMacro.Map or CelMacro.TransformMap))
            RequireBool(node.Body, "the condition of the macro");
        _locals.Pop();
        if (node.Second is not null)
            _locals.Pop();
        return node.Macro switch
        {
            CelMacro.Map => CelType.List(node.Body.Type),
            CelMacro.Filter => CelType.List(first),
            CelMacro.TransformMap => CelType.Map(key, node.Body.Type),
            _ => CelType.Bool,
        };
    }

    private CelType Bind(CelBind bind)
    {
        Check(bind.Value);
        bind.Local = new CelLocal(bind.Name, Known(bind.Value.Type));
        _locals.Push(bind.Local);
        Check(bind.Body);
        _locals.Pop();
        return bind.Body.Type;
    }

    private static CelType Known(CelType type) => type.Kind == CelKind.Unknown ? CelType.Dyn : type;
}
