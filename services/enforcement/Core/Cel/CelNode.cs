using System.Collections.Immutable;

namespace Moderation.Enforcement.Cel;

/// <summary>A node of the syntax tree. The parser makes it, the checker fills in its type.</summary>
internal abstract class CelNode(int position, int depth)
{
    /// <summary>The offset in the expression, in UTF-16 units.</summary>
    public int Position { get; } = position;

    /// <summary>Levels below and including this node.</summary>
    public int Depth { get; } = depth;

    /// <summary>Set by the checker.</summary>
    public CelType Type { get; set; } = CelType.Dyn;

    protected static int Below(params ReadOnlySpan<CelNode?> nodes)
    {
        var deepest = 0;
        foreach (var node in nodes)
            deepest = Math.Max(deepest, node?.Depth ?? 0);
        return deepest + 1;
    }
}

internal sealed class CelLiteral(int position, CelValue value) : CelNode(position, 1)
{
    public CelValue Value { get; } = value;
}

internal sealed class CelIdentifier(int position, string name, bool absolute) : CelNode(position, 1)
{
    public string Name { get; } = name;

    /// <summary>Written with a leading dot: not in the container, not a macro's variable.</summary>
    public bool Absolute { get; } = absolute;

    public CelResolution? Resolution { get; set; }
}

internal sealed class CelSelect(int position, CelNode operand, string field, bool test) : CelNode(position, Below(operand))
{
    public CelNode Operand { get; } = operand;

    public string Field { get; } = field;

    /// <summary>has(operand.field) instead of operand.field.</summary>
    public bool Test { get; } = test;

    /// <summary>Set when the whole path is the name of a variable.</summary>
    public CelResolution? Resolution { get; set; }

    /// <summary>Set when the operand is an object with declared fields.</summary>
    public CelField? Declared { get; set; }
}

internal sealed class CelCall(int position, string function, CelNode? target, ImmutableArray<CelNode> arguments)
    : CelNode(position, Below([target, .. arguments]))
{
    public string Function { get; } = function;

    public CelNode? Target { get; } = target;

    public ImmutableArray<CelNode> Arguments { get; } = arguments;

    /// <summary>Target and arguments.</summary>
    public ImmutableArray<CelNode> Operands => Target is null ? Arguments : [Target, .. Arguments];

    /// <summary>The overloads that may apply, by the checker; more than one only when a type is dynamic.</summary>
    public ImmutableArray<CelOverload> Overloads { get; set; } = [];
}

internal sealed class CelLogic(int position, bool isAnd, CelNode left, CelNode right) : CelNode(position, Below(left, right))
{
    public bool IsAnd { get; } = isAnd;

    public CelNode Left { get; } = left;

    public CelNode Right { get; } = right;
}

internal sealed class CelConditional(int position, CelNode condition, CelNode then, CelNode otherwise)
    : CelNode(position, Below(condition, then, otherwise))
{
    public CelNode Condition { get; } = condition;

    public CelNode Then { get; } = then;

    public CelNode Otherwise { get; } = otherwise;
}

internal sealed class CelListLiteral(int position, ImmutableArray<CelNode> elements) : CelNode(position, Below(elements.AsSpan()))
{
    public ImmutableArray<CelNode> Elements { get; } = elements;
}

internal sealed class CelMapLiteral(int position, ImmutableArray<CelNode> keys, ImmutableArray<CelNode> values)
    : CelNode(position, Below([.. keys, .. values]))
{
    public ImmutableArray<CelNode> Keys { get; } = keys;

    public ImmutableArray<CelNode> Values { get; } = values;
}

/// <summary>A message literal: parsed so that the error can name it, never evaluated.</summary>
internal sealed class CelMessageLiteral(int position, string name) : CelNode(position, 1)
{
    public string Name { get; } = name;
}

/// <summary>cel.bind(name, value, body): a value with a name, evaluated once.</summary>
internal sealed class CelBind(int position, string name, CelNode value, CelNode body) : CelNode(position, Below(value, body))
{
    public string Name { get; } = name;

    public CelNode Value { get; } = value;

    public CelNode Body { get; } = body;

    /// <summary>Set by the checker.</summary>
    public CelLocal? Local { get; set; }
}

internal enum CelMacro
{
    All,
    Exists,
    ExistsOne,
    Map,
    Filter,
    TransformMap,
}

internal sealed class CelComprehension(int position, CelMacro macro, CelNode range, string first, string? second, CelNode? filter, CelNode body)
    : CelNode(position, Below(range, filter, body))
{
    public CelMacro Macro { get; } = macro;

    public CelNode Range { get; } = range;

    /// <summary>The element of a list or the key of a map; with a second variable the index or the key.</summary>
    public string First { get; } = first;

    /// <summary>The element or the value; null in macros of one variable.</summary>
    public string? Second { get; } = second;

    /// <summary>The condition of map with a filter.</summary>
    public CelNode? Filter { get; } = filter;

    public CelNode Body { get; } = body;

    public CelLocal? FirstLocal { get; set; }

    public CelLocal? SecondLocal { get; set; }
}
