using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Review;

/// <summary>A post or an account that someone outside the suite wants a person to look at.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="AccountId">The account.</param>
/// <param name="PostId">The post; empty when it is about the account alone.</param>
/// <param name="SourceId">The report or order.</param>
/// <param name="Kind">Why a person should look, where a task has to be opened.</param>
/// <param name="Category">The harm that is named.</param>
/// <param name="Bonus">What it is worth in the queue.</param>
/// <param name="IsPreferred">It comes from a trusted flagger or an authority: it is due as soon as a post that is hidden.</param>
internal sealed record TaskCall(
    string TenantId, string AccountId, string PostId, string SourceId, ReviewTaskKind Kind, Contracts.V1.HarmCategory Category, TimeSpan Bonus,
    bool IsPreferred)
{
    /// <summary>The post, or what stands for it where it is about the account alone.</summary>
    public string Subject => PostId.Length > 0 ? PostId : KeySpace.AccountAsPost(AccountId);

    /// <summary>1..4, on the caller's word.</summary>
    public int Severity => ReportPriority.SeverityOf((HarmCategory)Category);

    /// <summary>Who must not decide it; empty for nobody.</summary>
    public string Barred { get; init; } = "";

    /// <summary>The text of the post as it stands, for the reviewer; may be empty.</summary>
    public string Text { get; init; } = "";

    /// <summary>Whether it is to be told what came of the task, as reports and orders are.</summary>
    public bool IsTold { get; init; } = true;

    /// <summary>What was found in the post since it was decided.</summary>
    public IReadOnlyList<FoundEvidence> Found { get; init; } = [];
}

/// <summary>How a call comes before a person.</summary>
/// <param name="TaskId">The task, new or not.</param>
/// <param name="Guards">What must hold.</param>
/// <param name="Effects">What changes.</param>
internal sealed record TaskPlan(string TaskId, List<CommitGuard> Guards, List<CommitEffect> Effects);

/// <summary>
/// Brings reports, orders and what a look-back found before a person: by the one task that is open about their post, else by a new one. Whoever records the plan and
/// is refused has seen a post that has changed since: plan again.
/// </summary>
internal sealed class TaskIntake(ReviewTasks tasks, IOptions<ReviewOptions> review, IOptions<RetentionOptions> retention)
{
    private const string Changed = "post_changed";

    // A post has at most 16 media; a task need not list every entry that ever matched them.
    private const int MostFound = 32;

    /// <summary>The plan for a call about a post that stands.</summary>
    public TaskPlan Plan(TaskCall call, PostView view, int shard, DateTimeOffset now)
    {
        var plan = view.Task is { } open ? Attach(call, open, view, shard, now) : Open(call, view, shard, now);
        if (call.IsTold)
        {
            plan.Effects.Add(new CommitEffect("HSET", KeySpace.Waiting(shard, call.TenantId, call.Subject), call.SourceId, plan.TaskId));
        }

        if (call.Text.Length > 0)
        {
            plan.Effects.Add(new CommitEffect("SET", KeySpace.DecisionText(shard, plan.TaskId), call.Text, "PX", Kept, "NX"));
        }

        return plan;
    }

    private long Kept => (long)retention.Value.WithMeasure.TotalMilliseconds;

    private TaskPlan Attach(TaskCall call, ReviewTaskRecord open, PostView view, int shard, DateTimeOffset now)
    {
        var key = KeySpace.ReviewTask(shard, open.TaskId);
        var plan = new TaskPlan(
            open.TaskId,
            [
                new(Changed, GuardKind.Equal, KeySpace.Post(shard, call.TenantId, call.Subject), "task", view.TaskId),
                new(Changed, GuardKind.NotEqual, key, "s", TaskStates.Done),
                new(Changed, GuardKind.NotEqual, key, "s", TaskStates.Closed),
            ],
            []);
        if (call.Barred.Length > 0)
        {
            plan.Effects.Add(new CommitEffect("HSET", key, "x:" + call.Barred, "1"));
        }

        if (Raised(open, call, now) is not { } raised)
        {
            return plan;
        }

        plan.Guards.Add(new CommitGuard(Changed, GuardKind.Equal, key, "r", open.ToByteArray()));
        plan.Effects.Add(new CommitEffect("HSET", key, "r", raised.ToByteArray()));
        if (raised.Queue != open.Queue)
        {
            // Who holds it may not have the clearance for what it is now said to be: the lease ends, and its token with it.
            plan.Effects.Add(new CommitEffect("ZREM", KeySpace.ReviewQueue(shard, open.TenantId, open.Queue), open.TaskId));
            plan.Effects.Add(new CommitEffect("HDEL", key, "h", "u"));
            plan.Effects.Add(new CommitEffect("HINCRBY", key, "f", 1));
        }

        plan.Effects.Add(new CommitEffect("ZADD", KeySpace.ReviewQueue(shard, open.TenantId, raised.Queue), "LT", ReviewTasks.Rank(raised), open.TaskId));
        return plan;
    }

    private TaskPlan Open(TaskCall call, PostView view, int shard, DateTimeOffset now)
    {
        var about = view.Current?.Decision ?? new Decision
        {
            TenantId = call.TenantId,
            PostId = call.PostId,
            AccountId = call.AccountId,
            Revision = Math.Max(1, view.Revision),
        };
        var facts = view.Current?.Inputs?.Facts ?? view.Current?.Verdict?.Facts;
        var task = tasks.Make(
            call.Kind, about, call.Category, call.Severity, shard, now, facts?.Reach ?? 0, view.Current?.Inputs?.Text.Language ?? "", call.SourceId);
        task.RankBonusMs = (long)call.Bonus.TotalMilliseconds;
        task.DueTime = DueTimeOf(task, call, now);
        task.Trusted = call is { IsPreferred: true, Kind: ReviewTaskKind.Report };
        task.Found.Add(call.Found);
        var post = KeySpace.Post(shard, call.TenantId, call.Subject);
        var plan = new TaskPlan(
            task.TaskId,
            [
                new(Changed, GuardKind.Equal, post, "task", view.TaskId),
                new(Changed, GuardKind.Equal, post, "current", view.CurrentId),
                new(Changed, GuardKind.Equal, post, "withdraw_ms", ""),
            ],
            [
                .. ReviewTasks.Open(shard, task, call.Barred.Length > 0 ? [call.Barred] : []),
                new("HSET", post, "account", call.AccountId, "task", task.TaskId),
                // A post that nobody restricted would be forgotten in days, and its task with it. GT leaves one alone that has no end now.
                view.Revision == 0 ? new CommitEffect("PEXPIRE", post, Kept) : new CommitEffect("PEXPIRE", post, Kept, "GT"),
            ]);
        if (view.CurrentId.Length > 0)
        {
            plan.Effects.Add(new CommitEffect("PEXPIRE", KeySpace.Decision(shard, view.CurrentId), Kept, "GT"));
        }

        return plan;
    }

    // Null when the call adds nothing to the task.
    private ReviewTaskRecord? Raised(ReviewTaskRecord task, TaskCall call, DateTimeOffset now)
    {
        var raised = task.Clone();
        var bonus = (long)call.Bonus.TotalMilliseconds;
        // An ordinary report changes nothing about a task that is as severe, but a doubted reporter must not have put it back for all others.
        if (call.IsPreferred || call.Severity > task.Severity || task.RankBonusMs < 0)
        {
            raised.RankBonusMs = Math.Max(task.RankBonusMs, bonus);
        }

        raised.Severity = Math.Max(task.Severity, call.Severity);
        if (call.Category == Contracts.V1.HarmCategory.ChildSexualExploitation)
        {
            (raised.Queue, raised.ReviewsRequired) = (ReviewTasks.ChildSafety, 2);
        }
        else if (task.Queue == ReviewTasks.Sample)
        {
            raised.Queue = ReviewTasks.General; // few look at samples, and someone waits for this one now
        }

        raised.Found.Add(call.Found.Except(task.Found).Take(MostFound - task.Found.Count));
        raised.DueTime = DueTimeOf(raised, call, now);
        return raised.Equals(task) ? null : raised;
    }

    private Timestamp DueTimeOf(ReviewTaskRecord task, TaskCall call, DateTimeOffset now)
    {
        var due = task.DueTime.ToDateTimeOffset();
        if (task.Queue == ReviewTasks.ChildSafety)
        {
            due = Earlier(due, now + review.Value.UrgentDue);
        }

        return Timestamp.FromDateTimeOffset(call.IsPreferred ? Earlier(due, now + review.Value.HeldDue) : due);
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
