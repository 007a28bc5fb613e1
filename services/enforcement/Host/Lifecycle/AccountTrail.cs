using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Standing;

namespace Moderation.Enforcement.Host.Lifecycle;

/// <summary>Where an account has left records.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="AccountId">The account.</param>
/// <param name="Shard">Its shard.</param>
/// <param name="Posts">Its posts, and what stands for the account itself where something was decided about it alone.</param>
/// <param name="Decisions">Decisions about them.</param>
/// <param name="Tasks">Review tasks about them.</param>
/// <param name="Appeals">Appeals against those decisions.</param>
/// <param name="Ledger">Its ledger.</param>
/// <param name="Reports">What others reported about its posts.</param>
/// <param name="Preserved">How many records the law asks to keep, by kind: orders of authorities, and what was preserved for one.</param>
internal sealed record AccountTrail(
    string TenantId, string AccountId, int Shard, IReadOnlyList<TrailPost> Posts, IReadOnlyList<string> Decisions, IReadOnlyList<ReviewTaskRecord> Tasks,
    IReadOnlyList<AppealRecord> Appeals, AccountLedger Ledger, IReadOnlyList<ReportRecord> Reports, IReadOnlyDictionary<string, int> Preserved)
{
    /// <summary>Whether nothing is left but what keeps measures of an erased account in force.</summary>
    public bool IsErased => Posts.Count + Tasks.Count + Appeals.Count + Reports.Count == 0 && Ledger.Entries.All(IsMinimal);

    /// <summary>Whether an entry is what an erasure has left.</summary>
    public static bool IsMinimal(LedgerEntry entry) => entry.PostId.Length == 0 && entry.Revision == 0;
}

/// <summary>A post of an account.</summary>
/// <param name="PostId">The post.</param>
/// <param name="Fields">What its record says.</param>
internal sealed record TrailPost(string PostId, IReadOnlyDictionary<string, string> Fields);
