using System.IO.Hashing;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Policies;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Review;

/// <summary>Makes review tasks, and the effects by which a commit opens and closes them.</summary>
internal sealed class ReviewTasks(IOptions<ReviewOptions> options, IOptions<PolicyOptions> policy)
{
    public const string General = "general";
    public const string ChildSafety = "child-safety";
    public const string Appeals = "appeals";
    public const string Sample = "sample";

    /// <summary>All queues.</summary>
    public static readonly string[] Queues = [General, ChildSafety, Appeals, Sample];

    /// <summary>The queues between which a report may move a task.</summary>
    public static readonly string[] MovableQueues = [General, ChildSafety, Sample];

    // How long a task that is done, or has no object any more, can still be read.
    internal static readonly TimeSpan ClosedKept = TimeSpan.FromDays(214);

    // A decision's facts in hand, what is asked of a person.
    public ReviewTaskRecord Make(
        ReviewTaskKind kind, Decision decision, Contracts.V1.HarmCategory category, int severity, int shard, DateTimeOffset now, long reach = 0, string language = "",
        string sourceId = "")
    {
        var id = KeySpace.MintId('t', shard, now);
        var queue = QueueOf(kind, category);
        return new ReviewTaskRecord
        {
            TaskId = id,
            DecisionId = decision.DecisionId,
            TenantId = decision.TenantId,
            PostId = decision.PostId,
            AccountId = decision.AccountId,
            Revision = decision.Revision,
            Category = category,
            Severity = severity,
            Held = decision.Measures.Any(m => m.Kind == Contracts.V1.MeasureKind.HoldForReview),
            CreateTime = Timestamp.FromDateTimeOffset(now),
            DueTime = Timestamp.FromDateTimeOffset(now + DueIn(kind, queue, severity)),
            Kind = kind,
            Queue = queue,
            Reach = reach,
            Language = language,
            SourceId = sourceId,
            ReviewsRequired = queue == ChildSafety || (kind != ReviewTaskKind.Appeal && IsDrawn(id, options.Value.DoubleReviewShare)) ? 2 : 1,
        };
    }

    /// <summary>What made a person look, where it was a report or an order; else null.</summary>
    public static DecisionOrigin? OriginOf(ReviewTaskRecord task) => task.Kind switch
    {
        ReviewTaskKind.Report => DecisionOrigin.Reported(task.Trusted ? DetectionSource.TrustedFlagger : DetectionSource.UserReport),
        ReviewTaskKind.Order => DecisionOrigin.Reported(DetectionSource.AuthorityOrder),
        _ => null,
    };

    /// <summary>Whether a post without a measure is reviewed all the same.</summary>
    public bool IsSampled(Decision decision)
        => IsDrawn($"{decision.TenantId}\n{decision.PostId}\n{decision.Revision}", options.Value.SampleShare);

    /// <summary>Whether a person looks at what a rule hit that is being tried, so that it has a precision.</summary>
    public bool IsTried(Decision decision)
        => IsDrawn($"tried\n{decision.TenantId}\n{decision.PostId}\n{decision.Revision}", policy.Value.ReviewShare);

    /// <summary>Whether a campaign has people look at a post. Which ones follows from the post alone.</summary>
    public bool IsDrawnBy(Campaign campaign, Decision decision)
        => IsDrawn($"campaign\n{campaign.Id}\n{decision.TenantId}\n{decision.PostId}\n{decision.Revision}", campaign.ReviewSampling);

    /// <summary>What the campaigns that act add to the place of a task about a harm, in milliseconds of waiting; the most that one of them adds.</summary>
    public static long BoostOf(IEnumerable<CampaignTouch> touches, Contracts.V1.HarmCategory category)
        => (long)touches.Where(t => t.Part == CampaignPart.During && t.Campaign.Categories.Contains((HarmCategory)category))
            .Select(t => t.Campaign.ReviewBoost.TotalMilliseconds).DefaultIfEmpty(0).Max();

    /// <summary>
    /// The rank of a task: lower is handed out first. Each severity is worth an hour of waiting, each tenfold of reach half an hour, a report,
    /// an order or a campaign four hours either way, at most fourteen hours together, and waiting never worsens it: whatever comes later than that waits
    /// behind it, so nothing starves.
    /// </summary>
    public static double Rank(ReviewTaskRecord task)
    {
        var weight = (task.Severity * TimeSpan.FromHours(1)) + (Math.Log10(1 + Math.Clamp(task.Reach, 0, 1_000_000_000_000)) * TimeSpan.FromMinutes(30));
        return task.CreateTime.ToDateTimeOffset().ToUnixTimeMilliseconds() - Math.Round(weight.TotalMilliseconds) - task.RankBonusMs;
    }

    /// <summary>Opens a task.</summary>
    /// <param name="shard">The account's shard.</param>
    /// <param name="task">The task.</param>
    /// <param name="barred">People who must never be handed it.</param>
    public static IEnumerable<CommitEffect> Open(int shard, ReviewTaskRecord task, params IEnumerable<string> barred)
    {
        var key = KeySpace.ReviewTask(shard, task.TaskId);
        yield return new CommitEffect("HSET", key, ["r", task.ToByteArray(), "s", TaskStates.Open, .. barred.SelectMany(p => new StoreValue[] { "x:" + p, "1" })]);
        yield return new CommitEffect("ZADD", KeySpace.ReviewQueue(shard, task.TenantId, task.Queue), Rank(task), task.TaskId);
    }

    /// <summary>Closes a task.</summary>
    /// <param name="shard">The account's shard.</param>
    /// <param name="task">The task.</param>
    /// <param name="state"><see cref="TaskStates.Done"/> or <see cref="TaskStates.Closed"/>.</param>
    /// <param name="decisionId">The decision that it led to; empty when it has no object any more.</param>
    public static IEnumerable<CommitEffect> Close(int shard, ReviewTaskRecord task, string state, string decisionId)
    {
        var key = KeySpace.ReviewTask(shard, task.TaskId);
        yield return new CommitEffect("HSET", key, "s", state, "d", decisionId);
        yield return new CommitEffect("PEXPIRE", key, (long)ClosedKept.TotalMilliseconds);
        if (task.Kind == ReviewTaskKind.Appeal)
        {
            yield return new CommitEffect("ZREM", KeySpace.ReviewQueue(shard, task.TenantId, Appeals), task.TaskId);
            yield break;
        }

        // A report may have moved it to another queue since it was read.
        foreach (var queue in MovableQueues)
        {
            yield return new CommitEffect("ZREM", KeySpace.ReviewQueue(shard, task.TenantId, queue), task.TaskId);
        }

        // Who reported it is told by whoever reads this set: a post may have more reports than one script should touch.
        yield return new CommitEffect("SADD", KeySpace.ClosedTasks(shard), task.TaskId);
    }

    private static string QueueOf(ReviewTaskKind kind, Contracts.V1.HarmCategory category)
        => category == Contracts.V1.HarmCategory.ChildSexualExploitation ? ChildSafety
            : kind == ReviewTaskKind.Appeal ? Appeals
            : kind == ReviewTaskKind.Sample ? Sample
            : General;

    private TimeSpan DueIn(ReviewTaskKind kind, string queue, int severity) => kind switch
    {
        ReviewTaskKind.Appeal => options.Value.AppealDue,
        _ when queue == ChildSafety || severity >= 4 => options.Value.UrgentDue,
        ReviewTaskKind.Hold => options.Value.HeldDue,
        _ => options.Value.Due,
    };

    private bool IsDrawn(string name, double share)
        => share > 0 && XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(name), options.Value.SampleSeed) < share * ulong.MaxValue;
}

/// <summary>Where a task stands, as its hash says.</summary>
internal static class TaskStates
{
    /// <summary>It waits, or someone holds it.</summary>
    public const string Open = "open";

    /// <summary>Two verdicts disagree.</summary>
    public const string Disputed = "disputed";

    /// <summary>It led to a decision.</summary>
    public const string Done = "done";

    /// <summary>It has no object any more.</summary>
    public const string Closed = "closed";
}
