using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Review;

/// <summary>
/// Brings posts before a person because of what was found in them after they were decided, once by cause and post. What was found goes with the
/// task; a verdict of the same harm rests on it, so that it is found again when the entry is withdrawn.
/// </summary>
internal sealed class LaterFindings(DecisionStore decisions, TaskIntake intake, ActionStore actions, TaskMarkStore marks, TimeProvider time)
{
    private const string Asked = "asked";

    /// <summary>How long it is remembered that a cause asked about a post.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(90);

    /// <summary>Opens a task for a post, or joins the one that is open.</summary>
    public async Task<OpenedReviewTask> OpenAsync(FoundPost post, string cause)
    {
        var shard = decisions.ShardOf(post.TenantId, post.AccountId);
        var (mark, field) = (KeySpace.AskedTasks(shard, cause), $"{post.TenantId}\n{post.PostId}");
        while (true)
        {
            if (await marks.FindAsync(mark, field) is { } before)
            {
                return new OpenedReviewTask { Opening = ReviewTaskOpening.Opened, TaskId = before };
            }

            var view = await decisions.ViewAsync(post.TenantId, post.AccountId, post.PostId, post.Revision);
            if (view.Place == RevisionPlace.Superseded)
            {
                return new OpenedReviewTask { Opening = ReviewTaskOpening.Superseded };
            }

            if (view.Current?.Decision.Measures.Any(m => m.Kind == Contracts.V1.MeasureKind.Remove) == true)
            {
                return new OpenedReviewTask { Opening = ReviewTaskOpening.Removed };
            }

            var plan = intake.Plan(CallOf(post, cause), view, shard, time.NowToStore());
            plan.Guards.Add(new CommitGuard(Asked, GuardKind.Equal, mark, field, ""));
            plan.Effects.Add(new CommitEffect("HSET", mark, field, plan.TaskId));
            plan.Effects.Add(new CommitEffect("PEXPIRE", mark, (long)Remembered.TotalMilliseconds));
            var action = new ActionRecorded { Action = "lookback.found", ObjectId = plan.TaskId, Actor = cause, TenantId = post.TenantId };
            if (await actions.RecordAsync(shard, action, null, plan.Guards, plan.Effects) is null)
            {
                return new OpenedReviewTask
                {
                    Opening = view.Task is null ? ReviewTaskOpening.Opened : ReviewTaskOpening.Joined,
                    TaskId = plan.TaskId,
                };
            }
        }
    }

    /// <summary>
    /// On what a verdict rests where something was found later: on that, and on what the decision itself had found of other harms. Null where nothing was.
    /// </summary>
    public static DecisionRecord? GroundsOf(ReviewTaskRecord task, DecisionRecord? about)
    {
        if (task.Found.Count == 0)
        {
            return null;
        }

        var decision = about?.Decision.Clone() ?? new Decision();
        if (!decision.Automated)
        {
            // What a person had found is not what was found now.
            var found = decision.Reasons.Where(r => task.Found.Any(f => f.Category == r.Category)).ToList();
            decision.Reasons.Clear();
            decision.Reasons.Add(found);
            decision.Automated = true; // by comparison with a bank
        }

        foreach (var finding in task.Found.GroupBy(f => f.Category))
        {
            var reason = decision.Reasons.FirstOrDefault(r => r.Category == finding.Key);
            if (reason is null)
            {
                decision.Reasons.Add(reason = new Reason { Category = finding.Key });
            }

            reason.Severity = Math.Max(reason.Severity, finding.Max(f => f.Severity));
            reason.Evidence.Add(finding.Select(f => f.Evidence).Except(reason.Evidence));
        }

        return new DecisionRecord { Decision = decision };
    }

    private static TaskCall CallOf(FoundPost post, string cause)
    {
        // The gravest harm names the task; the evidence of all goes with it.
        var category = post.Matches.Select(m => m.Category).Distinct().MaxBy(c => ReportPriority.SeverityOf((HarmCategory)c));
        return new TaskCall(post.TenantId, post.AccountId, post.PostId, cause, ReviewTaskKind.Lookback, category, TimeSpan.Zero, IsPreferred: false)
        {
            IsTold = false,
            Found =
            [
                .. post.Matches.Select(m => new FoundEvidence
                {
                    Category = m.Category,
                    Severity = post.Severity > 0 ? post.Severity : ReportPriority.SeverityOf((HarmCategory)m.Category),
                    Cause = cause,
                    Evidence = new Evidence { Name = "media.match", Value = PolicyMapping.ToCore(m).Describe(), MediaId = m.MediaId },
                }),
            ],
        };
    }
}
