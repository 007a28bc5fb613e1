namespace Moderation.Enforcement.Cel;

/// <summary>How large and how costly an expression may be; checked when it is compiled.</summary>
public sealed record CelLimits
{
    /// <summary>Characters of the source.</summary>
    public int MaxLength { get; init; } = 4_096;

    /// <summary>Parts of the syntax tree.</summary>
    public int MaxNodes { get; init; } = 1_000;

    /// <summary>Levels of the syntax tree.</summary>
    public int MaxDepth { get; init; } = 150;

    /// <summary>Levels of brackets.</summary>
    public int MaxNesting { get; init; } = 40;

    /// <summary>Estimated cost of one evaluation; a unit is about one operation on scalars or 16 characters looked at.</summary>
    public long MaxCost { get; init; } = 50_000;

    /// <summary>For policies.</summary>
    public static CelLimits Default { get; } = new();
}
