using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Standing;

namespace Moderation.Enforcement.Host.Decisions;

/// <summary>Where a revision stands among the revisions of its post.</summary>
internal enum RevisionPlace
{
    /// <summary>It is the latest, and the post stands.</summary>
    Current,

    /// <summary>A later one is there, or the post was withdrawn: the decision is recorded and changes nothing.</summary>
    Superseded,
}

/// <summary>A post and its account as a decision saw them; the commit refuses a decision that saw something else.</summary>
/// <param name="Place">Where the revision in question stands.</param>
/// <param name="Revision">The latest revision known; 0 when the post is not known.</param>
/// <param name="CurrentId">The decision in force; empty when there is none.</param>
/// <param name="TaskId">The open review task; empty when there is none.</param>
/// <param name="Current">The record of the decision in force; null when there is none, or it is not kept any more.</param>
/// <param name="Task">The record of the open task.</param>
/// <param name="Ledger">The account's ledger; null when it was not read.</param>
internal sealed record PostView(
    RevisionPlace Place, long Revision, string CurrentId, string TaskId, DecisionRecord? Current, ReviewTaskRecord? Task, AccountLedger? Ledger)
{
    /// <summary>What most decisions find: a post that nobody has decided about yet.</summary>
    public static PostView Unseen { get; } = new(RevisionPlace.Current, 0, "", "", null, null, null);
}
