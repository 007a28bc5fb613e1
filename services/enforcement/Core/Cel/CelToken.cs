namespace Moderation.Enforcement.Cel;

internal enum CelTokenKind
{
    End,
    Identifier,
    QuotedIdentifier,
    Literal,
    Symbol,
}

/// <summary>A token: an identifier or symbol by its text, a literal by its value.</summary>
internal readonly record struct CelToken(CelTokenKind Kind, int Position, string Text, CelValue Value = default)
{
    public bool IsSymbol(string symbol) => Kind == CelTokenKind.Symbol && Text == symbol;

    public override string ToString() => Kind switch
    {
        CelTokenKind.End => "the end",
        CelTokenKind.Literal => $"literal {Text}",
        _ => $"'{Text}'",
    };
}
