namespace Moderation.Enforcement.Cel;

/// <summary>
/// An upper bound of what one evaluation costs, from the declared sizes of the variables. A unit is about one operation on scalars.
/// Multiplication saturates, so that nested macros can't wrap around.
/// </summary>
internal sealed class CelCost
{
    private const long Ceiling = 1_000_000_000_000;
    private const long DefaultSize = 256;
    private const long CharactersPerUnit = 16;
    private readonly Dictionary<CelLocal, long> _locals = [];

    /// <summary>What evaluating the node costs, and how many characters or elements its value can have.</summary>
    private readonly record struct Estimate(long Cost, long Size);

    public static long Of(CelNode node) => new CelCost().Visit(node).Cost;

    private static long Times(long a, long b) => a == 0 || b == 0 ? 0 : a > Ceiling / b ? Ceiling : a * b;

    private static long Plus(params ReadOnlySpan<long> terms)
    {
        long sum = 0;
        foreach (var term in terms)
            sum = Math.Min(Ceiling, sum + term);
        return sum;
    }

    private static long Scan(long size) => (size / CharactersPerUnit) + 1;

    private Estimate Visit(CelNode node) => node switch
    {
        CelLiteral literal => new Estimate(1, SizeOf(literal.Value)),
        CelIdentifier identifier => new Estimate(1, SizeOf(identifier.Resolution)),
        CelSelect { Resolution: not null } select => new Estimate(1, SizeOf(select.Resolution)),
        CelSelect select => new Estimate(Plus(Visit(select.Operand).Cost, 1), select.Declared?.MaxSize ?? DefaultSize),
        CelLogic logic => new Estimate(Plus(Visit(logic.Left).Cost, Visit(logic.Right).Cost, 1), 1),
        CelConditional conditional => Conditional(conditional),
        CelListLiteral list => Literal(list.Elements, list.Elements.Length),
        CelMapLiteral map => Literal(map.Keys.Concat(map.Values), map.Keys.Length),
        CelComprehension comprehension => Comprehension(comprehension),
        CelBind bind => Bind(bind),
        CelCall call => Call(call),
        _ => new Estimate(1, DefaultSize),
    };

    private static long SizeOf(CelValue value) => value.Kind switch
    {
        CelKind.String => value.AsString.Length,
        CelKind.Bytes => value.AsBytes.Length,
        _ => 1,
    };

    private long SizeOf(CelResolution? resolution) => resolution switch
    {
        CelVariable { Read: null } constant => SizeOf(constant.Constant),
        CelVariable variable => variable.MaxSize,
        CelLocal local => _locals.GetValueOrDefault(local, DefaultSize),
        _ => DefaultSize,
    };

    private Estimate Conditional(CelConditional node)
    {
        var (condition, then, otherwise) = (Visit(node.Condition), Visit(node.Then), Visit(node.Otherwise));
        return new Estimate(Plus(condition.Cost, Math.Max(then.Cost, otherwise.Cost), 1), Math.Max(then.Size, otherwise.Size));
    }

    private Estimate Literal(IEnumerable<CelNode> parts, int count)
    {
        var cost = Plus(count, 1);
        foreach (var part in parts)
            cost = Plus(cost, Visit(part).Cost);
        return new Estimate(cost, count);
    }

    private Estimate Comprehension(CelComprehension node)
    {
        var range = Visit(node.Range);
        if (node.FirstLocal is not null)
            _locals[node.FirstLocal] = DefaultSize;
        if (node.SecondLocal is not null)
            _locals[node.SecondLocal] = DefaultSize;
        var body = Visit(node.Body);
        var filter = node.Filter is null ? default : Visit(node.Filter);
        return new Estimate(Plus(range.Cost, Times(range.Size, Plus(body.Cost, filter.Cost, 2)), 2), range.Size);
    }

    private Estimate Bind(CelBind bind)
    {
        var value = Visit(bind.Value);
        if (bind.Local is not null)
            _locals[bind.Local] = value.Size;
        var body = Visit(bind.Body);
        return new Estimate(Plus(value.Cost, body.Cost, 1), body.Size);
    }

    /// <summary>Functions that build texts and lists: what they build is looked at once, and may be looked at again by others.</summary>
    private static Estimate? Building(string function, Estimate[] operands, long cost)
    {
        long SizeOf(int index) => index < operands.Length ? operands[index].Size : 0;
        var size = function switch
        {
            "replace" => Times(SizeOf(0) + 1, SizeOf(2) + 1),
            "split" => SizeOf(0) + 1,
            "join" => Times(SizeOf(0), DefaultSize + SizeOf(1)),
            "format" => Plus(SizeOf(0), Times(SizeOf(1) + 1, 2 * DefaultSize)),
            "strings.quote" or "base64.encode" => 2 * (SizeOf(0) + 1),
            "substring" or "charAt" or "reverse" or "base64.decode" => SizeOf(0),
            _ => -1L,
        };
        return size < 0 ? null : new Estimate(Plus(cost, size), size);
    }

    private Estimate Call(CelCall call)
    {
        var operands = call.Operands.Select(Visit).ToArray();
        var cost = 1L;
        foreach (var operand in operands)
            cost = Plus(cost, operand.Cost);
        var (largest, total) = (operands.Max(o => o.Size, 0), operands.Sum(o => o.Size));
        var isScalar = call.Operands.All(o => o.Type.Kind is CelKind.Bool or CelKind.Int or CelKind.UInt or CelKind.Double);
        if (Building(call.Function, operands, cost) is { } building)
            return building;
        return call.Function switch
        {
            "math.greatest" or "math.least" => new Estimate(Plus(cost, total), 1),
            "indexOf" or "lastIndexOf" => new Estimate(Plus(cost, Times(Scan(operands[0].Size), operands[1].Size + 1), operands[0].Size), 1),
            "matches" => new Estimate(Plus(cost, Times(operands[0].Size, Scan(operands[1].Size))), 1),
            "+" when !isScalar => new Estimate(Plus(cost, total), total),
            "in" => new Estimate(Plus(cost, operands[1].Size), 1),
            "[]" => new Estimate(Plus(cost, 1), DefaultSize),
            "==" or "!=" or "<" or "<=" or ">" or ">=" when !isScalar => new Estimate(Plus(cost, Scan(largest)), 1),
            "contains" => new Estimate(Plus(cost, Times(Scan(operands[0].Size), Scan(operands[1].Size))), 1),
            _ => new Estimate(isScalar ? cost : Plus(cost, Scan(largest)), Math.Max(largest, 32)),
        };
    }
}

file static class Largest
{
    public static long Max<T>(this T[] items, Func<T, long> size, long least) => items.Length == 0 ? least : items.Max(size);
}
