namespace Moderation.Enforcement;

/// <summary>How far a rule has come on its way into force.</summary>
public enum RuleStage
{
    /// <summary>Being written.</summary>
    Draft = 1,
    /// <summary>Run over recorded decisions.</summary>
    Backtest = 2,
    /// <summary>Evaluated on live traffic, acts on nothing.</summary>
    Shadow = 3,
    /// <summary>In force for a share of the accounts.</summary>
    Partial = 4,
    /// <summary>In force.</summary>
    Live = 5,
    /// <summary>A breaker tripped or a person stopped it: keeps detecting, sends to review, stops acting.</summary>
    Suspended = 6,
}

/// <summary>What a rule may do at its stage.</summary>
public enum RuleEffect
{
    /// <summary>It is not evaluated on live traffic.</summary>
    None,
    /// <summary>It is evaluated and counted only.</summary>
    Observe,
    /// <summary>What it finds goes to a person; nothing is done.</summary>
    Review,
    /// <summary>Its measures are taken.</summary>
    Act,
}

/// <summary>What is known about a rule when someone asks to move it on.</summary>
/// <param name="Compiles">The document compiles.</param>
/// <param name="GoldenCasesHold">Every golden case holds.</param>
/// <param name="BacktestRead">A person has read the estimate and the samples of a backtest of this version.</param>
/// <param name="ShadowSince">Since when it has been evaluated on live traffic; null when it has not.</param>
/// <param name="ShadowHits">How often it would have acted since then.</param>
/// <param name="Precision">The share of its hits that reviewers confirmed, 0..1; null when none was reviewed.</param>
/// <param name="Approvers">The people who approve, without the author of the change.</param>
public sealed record RuleRecord(
    bool Compiles, bool GoldenCasesHold, bool BacktestRead, DateTimeOffset? ShadowSince, long ShadowHits, double? Precision, IReadOnlySet<string> Approvers);

/// <summary>The settings of the gates.</summary>
public sealed record RuleGates
{
    /// <summary>How long a rule stays in shadow at least.</summary>
    public TimeSpan LeastShadow { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Hits in shadow before it may act.</summary>
    public long LeastHits { get; init; } = 50;

    /// <summary>The precision that a rule must have had to be in force for all.</summary>
    public double LeastPrecision { get; init; } = 0.8;

    /// <summary>Approvals of a rule that removes or suspends, before it acts; its author is a person more.</summary>
    public int StrictApprovals { get; init; } = 1;
}
