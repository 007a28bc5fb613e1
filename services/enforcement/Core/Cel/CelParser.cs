using System.Collections.Immutable;

namespace Moderation.Enforcement.Cel;

/// <summary>Recursive descent over the grammar of the language, with bounded depth and size.</summary>
internal sealed class CelParser
{
    private static readonly HashSet<string> Reserved =
    [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace",
        "return", "var", "void", "while", "in",
    ];

    private readonly List<CelToken> _tokens;
    private readonly CelLimits _limits;
    private int _at;
    private int _nesting;
    private int _nodes;

    private CelParser(List<CelToken> tokens, CelLimits limits)
    {
        _tokens = tokens;
        _limits = limits;
    }

    private CelToken Current => _tokens[_at];

    /// <summary>Parses one expression; throws <see cref="CelSyntaxException"/> at the first error.</summary>
    public static CelNode Parse(string source, CelLimits limits)
    {
        if (source.Length > limits.MaxLength)
            throw new CelSyntaxException(0, $"the expression has {source.Length} characters", $"at most {limits.MaxLength}");
        var parser = new CelParser(CelLexer.Tokenize(source), limits);
        var node = parser.Expression();
        if (parser.Current.Kind != CelTokenKind.End)
            throw parser.Unexpected("an operator or the end");
        return node;
    }

    private CelSyntaxException Unexpected(string expected) => new(Current.Position, $"unexpected {Current}", expected);

    private bool Take(string symbol)
    {
        if (!Current.IsSymbol(symbol))
            return false;
        _at++;
        return true;
    }

    private void Expect(string symbol)
    {
        if (!Take(symbol))
            throw Unexpected($"'{symbol}'");
    }

    private T Made<T>(T node) where T : CelNode
    {
        if (++_nodes > _limits.MaxNodes)
            throw new CelSyntaxException(node.Position, "the expression has too many parts", $"at most {_limits.MaxNodes}");
        if (node.Depth > _limits.MaxDepth)
            throw new CelSyntaxException(node.Position, "the expression is nested too deeply", $"at most {_limits.MaxDepth} levels");
        return node;
    }

    private CelNode Expression()
    {
        if (++_nesting > _limits.MaxNesting)
            throw new CelSyntaxException(Current.Position, "the expression is nested too deeply", $"at most {_limits.MaxNesting} levels of brackets");
        var condition = Chain("||", isAnd: false);
        if (Current.IsSymbol("?"))
        {
            var position = Current.Position;
            _at++;
            var then = Chain("||", isAnd: false);
            Expect(":");
            condition = Made(new CelConditional(position, condition, then, Expression()));
        }
        _nesting--;
        return condition;
    }

    /// <summary>A chain of one logical operator, balanced so that a long one is not deep; the order of evaluation is kept.</summary>
    private CelNode Chain(string symbol, bool isAnd)
    {
        var operands = new List<CelNode> { isAnd ? Relation() : Chain("&&", isAnd: true) };
        var positions = new List<int>();
        while (Current.IsSymbol(symbol))
        {
            positions.Add(Current.Position);
            _at++;
            operands.Add(isAnd ? Relation() : Chain("&&", isAnd: true));
        }
        return Balance(0, operands.Count);

        CelNode Balance(int from, int to)
        {
            if (to - from == 1)
                return operands[from];
            var middle = (from + to) / 2;
            return Made(new CelLogic(positions[middle - 1], isAnd, Balance(from, middle), Balance(middle, to)));
        }
    }

    private CelNode Relation()
    {
        var left = Addition();
        while (true)
        {
            var token = Current;
            var isOperator = token.Kind == CelTokenKind.Symbol && token.Text is "==" or "!=" or "<" or "<=" or ">" or ">=";
            if (!isOperator && !(token.Kind == CelTokenKind.Identifier && token.Text == "in"))
                return left;
            _at++;
            left = Binary(token, left, Addition());
        }
    }

    private CelNode Addition()
    {
        var left = Multiplication();
        while (Current.IsSymbol("+") || Current.IsSymbol("-"))
        {
            var token = Current;
            _at++;
            left = Binary(token, left, Multiplication());
        }
        return left;
    }

    private CelNode Multiplication()
    {
        var left = Unary();
        while (Current.IsSymbol("*") || Current.IsSymbol("/") || Current.IsSymbol("%"))
        {
            var token = Current;
            _at++;
            left = Binary(token, left, Unary());
        }
        return left;
    }

    private CelCall Binary(CelToken token, CelNode left, CelNode right) =>
        Made(new CelCall(token.Position, token.Text, null, [left, right]));

    private CelNode Unary()
    {
        var signs = new List<CelToken>();
        while (Current.IsSymbol("!") || Current.IsSymbol("-"))
        {
            signs.Add(Current);
            _at++;
            if (signs[0].Text != signs[^1].Text)
                throw new CelSyntaxException(signs[^1].Position, "'!' and '-' are mixed", "brackets between them");
        }
        var negative = signs.Count > 0 && signs[^1].Text == "-" && Current is { Kind: CelTokenKind.Literal, Value.IsNumber: true };
        if (negative)
            signs.RemoveAt(signs.Count - 1);
        var node = Member(negative);
        for (var i = signs.Count - 1; i >= 0; i--)
            node = Made(new CelCall(signs[i].Position, signs[i].Text == "!" ? "!" : "-_", null, [node]));
        return node;
    }

    private CelNode Member(bool negative)
    {
        var node = Primary(negative);
        while (true)
        {
            var position = Current.Position;
            if (Take("."))
            {
                var name = Current;
                if (name.Kind is not (CelTokenKind.Identifier or CelTokenKind.QuotedIdentifier) || name.Text is "in")
                    throw Unexpected("the name of a field or function");
                _at++;
                if (name.Kind == CelTokenKind.Identifier && Take("("))
                    node = Made(CelMacros.Expand(name.Position, name.Text, node, List(")")));
                else
                    node = Made(new CelSelect(name.Position, node, name.Text, test: false));
            }
            else if (Take("["))
            {
                var index = Expression();
                Expect("]");
                node = Made(new CelCall(position, "[]", null, [node, index]));
            }
            else if (Current.IsSymbol("{") && NameOf(node) is { } message)
            {
                _at++;
                while (!Take("}"))
                    MessageField();
                node = Made(new CelMessageLiteral(node.Position, message));
            }
            else
            {
                return node;
            }
        }
    }

    private void MessageField()
    {
        if (Current.Kind is not (CelTokenKind.Identifier or CelTokenKind.QuotedIdentifier))
            throw Unexpected("the name of a field");
        _at++;
        Expect(":");
        Expression();
        if (!Current.IsSymbol("}"))
            Expect(",");
    }

    private static string? NameOf(CelNode node) => node switch
    {
        CelIdentifier identifier => identifier.Name,
        CelSelect { Test: false } select when NameOf(select.Operand) is { } name => name + "." + select.Field,
        _ => null,
    };

    private CelNode Primary(bool negative)
    {
        var token = Current;
        switch (token.Kind)
        {
            case CelTokenKind.Literal:
                _at++;
                return Made(new CelLiteral(token.Position, Literal(token, negative)));
            case CelTokenKind.Identifier:
                return Name(token, absolute: false);
        }
        _at++;
        switch (token.Text)
        {
            case "(" when token.Kind == CelTokenKind.Symbol:
                var inner = Expression();
                Expect(")");
                return inner;
            case "[" when token.Kind == CelTokenKind.Symbol:
                return Made(new CelListLiteral(token.Position, List("]")));
            case "{" when token.Kind == CelTokenKind.Symbol:
                return MapLiteral(token.Position);
            case "." when token.Kind == CelTokenKind.Symbol && Current.Kind == CelTokenKind.Identifier:
                return Name(Current, absolute: true);
        }
        _at--;
        throw Unexpected("a value, a name or '('");
    }

    private CelNode Name(CelToken token, bool absolute)
    {
        if (Reserved.Contains(token.Text))
            throw Unexpected("a value or a name that is not reserved");
        _at++;
        if (!absolute && token.Text is "true" or "false")
            return Made(new CelLiteral(token.Position, CelValue.Of(token.Text == "true")));
        if (!absolute && token.Text == "null")
            return Made(new CelLiteral(token.Position, CelValue.Null));
        if (Take("("))
            return Made(CelMacros.Expand(token.Position, token.Text, null, List(")")));
        return Made(new CelIdentifier(token.Position, token.Text, absolute));
    }

    private static CelValue Literal(CelToken token, bool negative)
    {
        var isSuffixed = token.Text[^1] is 'u' or 'U';
        var value = token.Value;
        if (value.Kind == CelKind.UInt && !isSuffixed)
        {
            if (negative && value.AsUInt == 1UL << 63)
                return CelValue.Of(long.MinValue);
            throw new CelSyntaxException(token.Position, "the number is too large for an int", "-2^63..2^63-1, or the suffix u");
        }
        if (!negative)
            return value;
        return value.Kind switch
        {
            CelKind.Int => CelValue.Of(-value.AsInt),
            CelKind.Double => CelValue.Of(-value.AsDouble),
            _ => throw new CelSyntaxException(token.Position, "a uint has no sign", "an int, or no minus sign"),
        };
    }

    private ImmutableArray<CelNode> List(string end)
    {
        var elements = ImmutableArray.CreateBuilder<CelNode>();
        while (!Take(end))
        {
            elements.Add(Expression());
            if (Current.IsSymbol(end))
                continue;
            if (!Take(","))
                throw Unexpected($"',' or '{end}'");
            if (end == ")" && Current.IsSymbol(end))
                throw Unexpected("another argument");
        }
        return elements.ToImmutable();
    }

    private CelMapLiteral MapLiteral(int position)
    {
        var (keys, values) = (ImmutableArray.CreateBuilder<CelNode>(), ImmutableArray.CreateBuilder<CelNode>());
        while (!Take("}"))
        {
            keys.Add(Expression());
            Expect(":");
            values.Add(Expression());
            if (!Current.IsSymbol("}") && !Take(","))
                throw Unexpected("',' or '}'");
        }
        return Made(new CelMapLiteral(position, keys.ToImmutable(), values.ToImmutable()));
    }
}
