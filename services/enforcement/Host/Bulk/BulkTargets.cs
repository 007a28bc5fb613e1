using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Standing;

namespace Moderation.Enforcement.Host.Bulk;

/// <summary>Which decisions a job can do something about. Pure.</summary>
internal static class BulkTargets
{
    /// <summary>Whether anything of a decision is in force: a measure, or a strike that counts.</summary>
    public static bool IsInForce(AccountLedger ledger, string decisionId, DateTimeOffset now)
        => ledger.Find(decisionId) is { } entry
            && (entry.Measures.Any(m => m.IsOpen(now)) || (entry.Strike is { } s && !s.IsReverted(now) && now < s.Expiry));

    /// <summary>Whether anything that a decision ended, or did, could be put back.</summary>
    public static bool IsUndoable(AccountLedger ledger, string decisionId, DateTimeOffset now)
        => IsInForce(ledger, decisionId, now)
            || ledger.Entries.Any(e => e.Measures.Any(m => m.RevertedBy == decisionId && (m.End is null || m.End > now))
                || (e.Strike is { } s && s.RevertedBy == decisionId && now < s.Expiry));

    /// <summary>The causes that a decision of a job may have: the job's own, and, where that one has decided about the post already, one more.</summary>
    public static IReadOnlyList<string> Causes(string cause, string target) => [cause, $"{cause}:{target[(target.LastIndexOf('_') + 1)..]}"];

    /// <summary>The contract's picture of a decision.</summary>
    public static BulkTarget ToContract(Decision decision, string refusedLine) => new()
    {
        DecisionId = decision.DecisionId,
        PostId = decision.PostId,
        AccountId = decision.AccountId,
        CreateTime = decision.CreateTime,
        Automated = decision.Automated,
        Measures = { decision.Measures.Select(m => m.Kind) },
        RefusedLine = refusedLine,
    };
}
