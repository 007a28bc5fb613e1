using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Decisions;

/// <summary>A person who decides.</summary>
/// <param name="Name">The token's subject.</param>
/// <param name="IsLead">May decide what only leads may.</param>
internal sealed record Moderator(string Name, bool IsLead);

/// <summary>What a person wants done, and about what.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="AccountId">The account.</param>
/// <param name="PostId">The post; empty when it is about the account alone.</param>
/// <param name="Cause">The cause; (post, revision, cause) decides once.</param>
/// <param name="By">The person.</param>
/// <param name="Verdict">The measures and the rationale, checked.</param>
internal sealed record PersonDecision(string TenantId, string AccountId, string PostId, string Cause, Moderator By, CheckedVerdict Verdict)
{
    /// <summary>The decision that is looked at; null: the one in force about the post.</summary>
    public DecisionRecord? About { get; init; }

    /// <summary>For an appeal: the number of the measure appealed against, 0 for all; null when it is none.</summary>
    public int? Challenged { get; init; }

    /// <summary>
    /// For an undo: the decision that is taken back. What it ended is in force again, and the verdict says nothing but why. Null for others.
    /// </summary>
    public string? Undoes { get; init; }

    /// <summary>The decision whose reasons and evidence this one rests on; null: those of the one that is looked at.</summary>
    public DecisionRecord? Grounds { get; init; }

    /// <summary>How it came to be looked at; null: by a rule that found the same harm, else by the person.</summary>
    public DecisionOrigin? Origin { get; init; }

    /// <summary>BCP 47 tag of the author's language where the suite does not know it; may be empty.</summary>
    public string AuthorLanguage { get; init; } = "";

    /// <summary>What must hold and what else changes, in the same commit.</summary>
    public Action<PendingDecision>? Attach { get; init; }
}

/// <summary>A verdict whose clauses, measures and ends have been checked.</summary>
internal sealed record CheckedVerdict(IReadOnlyList<CheckedMeasure> Measures, string Rationale);

/// <summary>A measure of a checked verdict.</summary>
internal sealed record CheckedMeasure(MeasureKind Kind, PolicyClause Clause, DateTimeOffset? End, string Feature);
