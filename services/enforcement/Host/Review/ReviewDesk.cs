using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Appeals;
using Moderation.Enforcement.Host.Campaigns;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Policies;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Review;

/// <summary>A person at the review desk.</summary>
/// <param name="Name">The token's subject.</param>
/// <param name="IsLead">May settle disputes and decide what only leads may.</param>
/// <param name="SeesChildSafety">Has the clearance for the child-safety queue.</param>
internal sealed record Reviewer(string Name, bool IsLead, bool SeesChildSafety)
{
    public Moderator AsModerator => new(Name, IsLead);

    public bool MaySee(string queue) => queue != ReviewTasks.ChildSafety || SeesChildSafety;
}

/// <summary>Hands tasks out and turns verdicts into decisions.</summary>
internal sealed class ReviewDesk(
    ReviewQueue queue, DecisionStore decisions, PersonDecisionMaker maker, ActionStore actions, AppealStore appeals,
    PolicyCatalogue policies, IOptions<ReviewOptions> options, TimeProvider time)
{
    private const string LostLease = "lease_lost";

    // A reviewer with many conflicts, or a queue full of leased tasks, must not make one call read it all.
    private const int MostTried = 500;

    /// <summary>The first task that a person may take, and its lease; null when there is none.</summary>
    public async Task<(StoredTask Task, ReviewLease Lease)?> LeaseAsync(
        string tenant, Reviewer reviewer, IReadOnlyCollection<string> queues, IReadOnlyCollection<string> languages)
    {
        var (now, tried) = (time.GetUtcNow(), 0);
        var conflicts = await queue.ConflictsAsync(reviewer.Name);
        await foreach (var task in queue.ReadAsync(tenant, queues))
        {
            if (++tried > MostTried)
            {
                break;
            }

            if (!MayTake(task, reviewer, conflicts, languages, now))
            {
                continue;
            }

            var until = now + options.Value.LeaseTime;
            if (await queue.LeaseAsync(task.Record.TaskId, reviewer.Name, reviewer.IsLead, now, until) is { } token)
            {
                return (task with { Holder = reviewer.Name, LeaseEnd = until, Token = token },
                    new ReviewLease { Token = token, ExpireTime = Timestamp.FromDateTimeOffset(until) });
            }
        }

        return null;
    }

    /// <summary>Keeps a lease longer.</summary>
    public async Task<ReviewLease> RenewAsync(string taskId, Reviewer reviewer, long token)
    {
        var now = time.GetUtcNow();
        Require(await queue.HoldAsync(taskId, reviewer.Name, token, now, now + options.Value.LeaseTime), taskId);
        return new ReviewLease { Token = token, ExpireTime = Timestamp.FromDateTimeOffset(now + options.Value.LeaseTime) };
    }

    /// <summary>Gives a task back.</summary>
    public async Task ReleaseAsync(string taskId, Reviewer reviewer, long token)
        => Require(await queue.HoldAsync(taskId, reviewer.Name, token, time.GetUtcNow(), null), taskId);

    /// <summary>Takes a verdict.</summary>
    public async Task<CompleteReviewResponse> CompleteAsync(StoredTask task, Reviewer reviewer, long token, Contracts.V1.Verdict verdict)
    {
        if (task.State == TaskStates.Done && task.DoneBy == reviewer.Name)
        {
            return await DoneAsync(task.Record.TenantId, task.DecisionId); // the same call again
        }

        if (task.Votes.FirstOrDefault(v => v.Person == reviewer.Name) is { } given && given.Verdict.Equals(verdict))
        {
            return new CompleteReviewResponse { State = StateOf(task.State) };
        }

        var now = time.GetUtcNow();
        var record = task.Record;
        var wanted = VerdictRules.Check(verdict, "verdict", policies.Live, reviewer.AsModerator, record.PostId.Length > 0, now);
        if (task.State is not (TaskStates.Open or TaskStates.Disputed) || task.Holder != reviewer.Name || task.Token != token || task.LeaseEnd <= now)
        {
            throw RpcErrors.Create(ErrorReason.LeaseLost, ("task_id", record.TaskId));
        }

        if (task.State == TaskStates.Disputed && !reviewer.IsLead)
        {
            throw RpcErrors.Create(ErrorReason.LeadRequired, ("line", "two reviewers disagree"));
        }

        var needed = Math.Max(record.ReviewsRequired, wanted.Measures.Any(m => m.Kind == MeasureKind.TerminateAccount) ? 2 : 1);
        var agrees = task.Votes.Count > 0 && task.Votes.All(v => Same(v.Verdict, verdict));
        if (task.State == TaskStates.Open && needed > 1 && !agrees)
        {
            return await VoteAsync(task, reviewer, token, verdict, now, disputed: task.Votes.Count > 0);
        }

        return await DecideAsync(task, reviewer, token, wanted, now);
    }

    private static bool MayTake(
        StoredTask task, Reviewer reviewer, IReadOnlySet<string> conflicts, IReadOnlyCollection<string> languages, DateTimeOffset now)
        => (task.State == TaskStates.Open || (task.State == TaskStates.Disputed && reviewer.IsLead))
            && (!task.IsHeld(now) || task.Holder == reviewer.Name)
            && !task.Barred.Contains(reviewer.Name)
            && !conflicts.Contains($"{task.Record.TenantId}/{task.Record.AccountId}")
            && (languages.Count == 0 || languages.Contains(task.Record.Language.Split('-')[0]));

    private async Task<CompleteReviewResponse> VoteAsync(
        StoredTask task, Reviewer reviewer, long token, Contracts.V1.Verdict verdict, DateTimeOffset now, bool disputed)
    {
        var record = task.Record;
        var shard = decisions.ShardOf(record.TenantId, record.AccountId);
        var key = KeySpace.ReviewTask(shard, record.TaskId);
        var vote = new ReviewVoteRecord { Person = reviewer.Name, Verdict = verdict, CreateTime = Timestamp.FromDateTimeOffset(now) };
        var state = disputed ? TaskStates.Disputed : TaskStates.Open;
        List<CommitEffect> effects =
        [
            new("HSET", key, $"v:{task.Votes.Count + 1}", vote.ToByteArray(), "x:" + reviewer.Name, "1", "s", state),
            new("HDEL", key, "h", "u"),
        ];
        if (disputed)
        {
            effects.Add(ReviewFigureStore.Count(shard, record.TenantId, now, ReviewFigureStore.DoubleReviews, 1));
        }

        var action = new ActionRecorded { Action = "review.voted", ObjectId = record.TaskId, Actor = reviewer.Name, TenantId = record.TenantId };
        if (await actions.RecordAsync(shard, action, null, LeaseGuards(key, reviewer, token, now), effects) is not null)
        {
            throw RpcErrors.Create(ErrorReason.LeaseLost, ("task_id", record.TaskId));
        }

        return new CompleteReviewResponse { State = StateOf(state) };
    }

    private async Task<CompleteReviewResponse> DecideAsync(StoredTask task, Reviewer reviewer, long token, CheckedVerdict wanted, DateTimeOffset now)
    {
        var record = task.Record;
        var shard = decisions.ShardOf(record.TenantId, record.AccountId);
        var key = KeySpace.ReviewTask(shard, record.TaskId);
        var appeal = record.Kind == ReviewTaskKind.Appeal ? await appeals.FindAsync(record.SourceId) : null;
        var about = await decisions.FindRecordAsync(record.DecisionId);
        var result = await maker.DecideAsync(new PersonDecision(
            record.TenantId, record.AccountId, record.PostId, appeal is null ? $"review:{record.TaskId}" : $"appeal:{record.SourceId}", reviewer.AsModerator, wanted)
        {
            // A task about a post is about what is in force now; an appeal is about the decision that it names.
            About = appeal is null && record.PostId.Length > 0 ? null : about,
            Challenged = appeal is null ? null : record.MeasureNumber,
            Grounds = LaterFindings.GroundsOf(record, about),
            Origin = ReviewTasks.OriginOf(record),
            Attach = pending =>
            {
                pending.Record.Verdict.Reviewers.Add(task.Votes.Select(v => v.Person).Append(reviewer.Name).Distinct(StringComparer.Ordinal));
                pending.Guards.AddRange(LeaseGuards(key, reviewer, token, now));
                pending.Effects.AddRange(ReviewTasks.Close(shard, record, TaskStates.Done, pending.Decision.DecisionId));
                pending.Effects.Add(new CommitEffect("HSET", key, "by", reviewer.Name));
                if (appeal is not null)
                {
                    pending.Effects.AddRange(AppealStore.Decide(shard, appeal, about, pending.Decision, now));
                }

                pending.Effects.AddRange(ReviewFigureStore.OfVerdict(shard, task, about, pending.Decision, now));
                pending.Effects.AddRange(CampaignFigureStore.OfVerdict(shard, record.Kind, about, pending.Decision, policies.Current.Campaigns));
            },
        });
        return result.Status == CommitStatus.Refused
            ? throw RpcErrors.Create(ErrorReason.LeaseLost, ("task_id", record.TaskId))
            : new CompleteReviewResponse { State = ReviewTaskState.Done, Decision = result.Decision };
    }

    private static List<CommitGuard> LeaseGuards(string key, Reviewer reviewer, long token, DateTimeOffset now) =>
    [
        new(LostLease, GuardKind.NotEqual, key, "s", TaskStates.Done),
        new(LostLease, GuardKind.NotEqual, key, "s", TaskStates.Closed),
        new(LostLease, GuardKind.Equal, key, "h", reviewer.Name),
        new(LostLease, GuardKind.Equal, key, "f", token),
        new(LostLease, GuardKind.Above, key, "u", now.ToUnixTimeMilliseconds()),
    ];

    private static bool Same(Contracts.V1.Verdict one, Contracts.V1.Verdict other)
        => one.Measures.Select(m => (m.Kind, m.ClauseId)).ToHashSet().SetEquals(other.Measures.Select(m => (m.Kind, m.ClauseId)));

    private async Task<CompleteReviewResponse> DoneAsync(string tenant, string decisionId)
        => new() { State = ReviewTaskState.Done, Decision = await decisions.FindAsync(tenant, decisionId) };

    private static void Require(bool? held, string taskId)
    {
        if (held != true)
        {
            throw RpcErrors.Create(held is null ? ErrorReason.ReviewTaskNotFound : ErrorReason.LeaseLost, ("task_id", taskId));
        }
    }

    internal static ReviewTaskState StateOf(string state) => state switch
    {
        TaskStates.Open => ReviewTaskState.Open,
        TaskStates.Disputed => ReviewTaskState.Disputed,
        _ => ReviewTaskState.Done,
    };
}
