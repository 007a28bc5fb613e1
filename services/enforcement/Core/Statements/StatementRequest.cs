using System.Collections.Immutable;

namespace Moderation.Enforcement;

/// <summary>A decision's measures as they are to be explained, whoever took them.</summary>
public sealed record StatementRequest
{
    /// <summary>The measures in the order of the decision, strictest first; at least one.</summary>
    public required ImmutableArray<ExplainedMeasure> Measures { get; init; }
    /// <summary>Who found and who decided.</summary>
    public required DecisionOrigin Origin { get; init; }
    /// <summary>The time of the decision.</summary>
    public required DateTimeOffset DecidedAt { get; init; }
    /// <summary>BCP 47 tag of the author's language; null or empty: English.</summary>
    public string? AuthorLanguage { get; init; }
    /// <summary>What the strike of the decision came to; null when it gave none.</summary>
    public ExplainedStrike? Strike { get; init; }
    /// <summary>The decision is that of an appeal: there is none after it, but other ways.</summary>
    public bool AfterAppeal { get; init; }
    /// <summary>A law that delays the notice; null: it goes out at once.</summary>
    public NoticeLimit? Limit { get; init; }
}

/// <summary>A measure to be explained.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Category">The harm that it answers.</param>
/// <param name="ClauseId">The public clause.</param>
/// <param name="Subject">What of the post or account it is about; null: the post.</param>
/// <param name="End">When it ends; null: when it is reverted.</param>
/// <param name="Feature">For RESTRICT_FEATURE: the function taken; else empty.</param>
/// <param name="FromLadder">It followed from the published ladder.</param>
public sealed record ExplainedMeasure(
    MeasureKind Kind, HarmCategory Category, string ClauseId, StatementSubject? Subject = null, DateTimeOffset? End = null, string Feature = "",
    bool FromLadder = false);

/// <summary>A strike to be explained.</summary>
/// <param name="Level">The level that it brought the account to.</param>
/// <param name="Expiry">From when on it counts no more.</param>
public sealed record ExplainedStrike(int Level, DateTimeOffset Expiry);
