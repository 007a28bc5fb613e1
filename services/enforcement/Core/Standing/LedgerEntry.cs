using System.Collections.Immutable;

namespace Moderation.Enforcement;

/// <summary>One restrictive decision in an account's ledger. Only its reverts are ever written to it; the rest stays as it was decided.</summary>
/// <param name="DecisionId">The decision; unique in the ledger.</param>
/// <param name="PostId">The post that it is about.</param>
/// <param name="Revision">The revision that was decided.</param>
/// <param name="Time">When it was decided; its measures start then.</param>
/// <param name="By">Who decided.</param>
/// <param name="Measures">Its measures in the order of the decision; a measure's number counts from 1 in this order.</param>
/// <param name="Strike">The strike that it gave; null when it gave none.</param>
public sealed record LedgerEntry(
    string DecisionId, string PostId, long Revision, DateTimeOffset Time, Decider By, ImmutableArray<LedgerMeasure> Measures, Strike? Strike);

/// <summary>A measure as it was imposed, and when it was taken back.</summary>
/// <param name="Kind">What was done.</param>
/// <param name="Category">The harm that it answers.</param>
/// <param name="RuleId">The rule that asked for it; empty for a person's.</param>
/// <param name="ClauseId">The public clause.</param>
/// <param name="End">When it ends; null: when it is reverted.</param>
/// <param name="RevertTime">When it was reverted; null: it was not.</param>
/// <param name="RevertedBy">The decision that reverted it; empty while it stands.</param>
/// <param name="FromLadder">It is an account measure that followed from the published ladder, not from a person.</param>
/// <param name="Feature">For RESTRICT_FEATURE: the function taken; else empty.</param>
public sealed record LedgerMeasure(
    MeasureKind Kind, HarmCategory Category, string RuleId, string ClauseId, DateTimeOffset? End, DateTimeOffset? RevertTime, string RevertedBy,
    bool FromLadder, string Feature = "")
{
    /// <summary>Whether it has been reverted at a time.</summary>
    public bool IsReverted(DateTimeOffset at) => RevertTime <= at;

    /// <summary>Whether it has neither been reverted nor reached its stored end at a time.</summary>
    public bool IsOpen(DateTimeOffset at) => !IsReverted(at) && (End is null || End > at);
}

/// <summary>A strike against an account. It expires by itself; see <see cref="StrikeLadder.LifetimeOf"/>.</summary>
/// <param name="RuleId">The rule, or the clause of a person's decision.</param>
/// <param name="Category">The harm.</param>
/// <param name="Severity">1 (low) to 4 (critical).</param>
/// <param name="Time">When it was given.</param>
/// <param name="Fingerprint">What the same content has in common; empty when there is none.</param>
/// <param name="RevertTime">When it was reverted; null: it was not.</param>
/// <param name="RevertedBy">The decision that reverted it; empty while it stands.</param>
public sealed record Strike(
    string RuleId, HarmCategory Category, int Severity, DateTimeOffset Time, string Fingerprint, DateTimeOffset? RevertTime, string RevertedBy)
{
    /// <summary>Whether it has been reverted at a time.</summary>
    public bool IsReverted(DateTimeOffset at) => RevertTime <= at;

    /// <summary>From when on it counts no more.</summary>
    public DateTimeOffset Expiry => Time + StrikeLadder.LifetimeOf(Severity);
}
