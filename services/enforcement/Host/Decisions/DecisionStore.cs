using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Audit;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Decisions;

/// <summary>Where a revision stands among the revisions of its post.</summary>
internal enum RevisionPlace
{
    /// <summary>It is the latest, and the post stands.</summary>
    Current,

    /// <summary>A later one is there, or the post was withdrawn: the decision is recorded and changes nothing.</summary>
    Superseded,
}

/// <summary>What the commit made of a decision.</summary>
/// <param name="Decision">The decision as it is stored; null when <paramref name="Place"/> was not as expected.</param>
/// <param name="Repeated">It was stored before.</param>
/// <param name="Place">Where the revision stands now.</param>
internal readonly record struct CommitResult(Decision? Decision, bool Repeated, RevisionPlace Place);

/// <summary>Decisions with their notices and statements, the audit, the review tasks and the outbox: one commit, one slot.</summary>
internal sealed class DecisionStore(RedisConnectionStore redis, KeySpace keys, IOptions<RetentionOptions> retention, TimeProvider time)
{
    private static readonly EmbeddedScript Commit = EmbeddedScript.Load(typeof(DecisionStore).Assembly, "commit_decision.lua");
    private static readonly EmbeddedScript Withdraw = EmbeddedScript.Load(typeof(DecisionStore).Assembly, "record_withdrawal.lua");

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>Commits a decision, once by (post, revision, cause).</summary>
    /// <exception cref="Grpc.Core.RpcException">POST_OF_OTHER_ACCOUNT, or DECISION_REFUSED for a decision the store does not take.</exception>
    public async Task<CommitResult> CommitAsync(PendingDecision pending, RevisionPlace expected)
    {
        if (pending.CrossedLine() is { } crossed)
        {
            throw RpcErrors.Create(ErrorReason.DecisionRefused, crossed.Message, [], ("line", crossed.Line));
        }

        var (decision, task) = (pending.Decision, pending.Task);
        var shard = keys.ShardOf(decision.TenantId, decision.AccountId);
        var restrictive = decision.Measures.Count > 0;
        var stored = StoredDecision.Split(decision, pending.Inputs);
        var answer = (RedisResult[])(await Commit.RunAsync(
            Database,
            [
                KeySpace.Post(shard, decision.TenantId, decision.PostId), KeySpace.Decision(shard, decision.DecisionId),
                KeySpace.Outbox(shard, decision.TenantId), KeySpace.OutboxSequence(shard, decision.TenantId),
                KeySpace.Audit(shard), KeySpace.AuditSequence(shard), KeySpace.Review(shard), KeySpace.ReviewTasks(shard),
                .. SettledPosts.Keys(shard, time.GetUtcNow()),
            ],
            [
                decision.AccountId, decision.Revision, decision.Cause, decision.DecisionId, stored.Body, stored.Notice, stored.Statement, stored.Inputs,
                restrictive ? "1" : "0", expected == RevisionPlace.Current ? "current" : "superseded",
                new WatchDecisionsResponse { EventId = "decided:" + decision.DecisionId, Decided = decision }.ToByteArray(),
                AuditOf(decision, stored).ToByteArray(), retention.Value.OutboxLength, KeepTill(decision, restrictive || task is not null),
                task?.TaskId ?? "", task is null ? 0 : Rank(task), task?.ToByteArray() ?? [],
                decision.CreateTime.ToDateTimeOffset().ToUnixTimeMilliseconds(),
                .. SettledPosts.Arguments(shard, decision.TenantId, decision.PostId, decision.AccountId),
            ]))!; // the script always answers an array
        switch (answer[0].ToString())
        {
            case "committed":
                await RingAsync(decision.TenantId, shard);
                return new CommitResult(decision, false, expected);
            case "repeated":
                var before = await FindAsync(decision.TenantId, answer[1].ToString());
                return new CommitResult(before ?? throw RpcErrors.Create(ErrorReason.DecisionNotFound, ("decision_id", answer[1].ToString())), true, expected);
            case "archived":
                return new CommitResult(SettledPosts.Decision(decision, answer[1].ToString(), (DecisionOutcome)(int)answer[2]), true, expected);
            case "stale":
                return new CommitResult(null, false, answer[1].ToString() == "current" ? RevisionPlace.Current : RevisionPlace.Superseded);
            case "other_account":
                throw RpcErrors.Create(ErrorReason.PostOfOtherAccount, ("post_id", decision.PostId));
            default:
                throw RpcErrors.Create(ErrorReason.DecisionRefused, ("line", "a measure needs its notice and its statement of reasons"));
        }
    }

    /// <summary>A decision of <paramref name="tenant"/>, or null.</summary>
    public async Task<Decision?> FindAsync(string tenant, string decisionId)
    {
        if (keys.ShardOfId(decisionId, 'd') is not { } shard)
        {
            return null;
        }

        var row = await Database.HashGetAsync(KeySpace.Decision(shard, decisionId), ["body", "notice", "statement"]);
        if (row[0].IsNull)
        {
            return null;
        }

        var decision = StoredDecision.Join(row[0], row[1], row[2]);
        return decision.TenantId == tenant ? decision : null;
    }

    /// <summary>Records a withdrawal.</summary>
    /// <returns>When it was first recorded; null when there is no such post of this account.</returns>
    public async Task<DateTimeOffset?> WithdrawAsync(string tenant, string post, string account)
    {
        var shard = keys.ShardOf(tenant, account);
        var now = time.GetUtcNow();
        var happened = new WatchDecisionsResponse
        {
            EventId = $"withdrawn:{tenant}:{post}",
            Withdrawn = new PostWithdrawn { PostId = post, AccountId = account, WithdrawTime = Timestamp.FromDateTimeOffset(now) },
        };
        var audit = new AuditEntry
        {
            CreateTime = Timestamp.FromDateTimeOffset(now),
            Withdrawn = new WithdrawalRecorded { TenantId = tenant, PostId = post },
        };
        var answer = (long)await Withdraw.RunAsync(
            Database,
            [
                KeySpace.Post(shard, tenant, post), KeySpace.Outbox(shard, tenant), KeySpace.OutboxSequence(shard, tenant),
                KeySpace.Audit(shard), KeySpace.AuditSequence(shard), KeySpace.Review(shard), KeySpace.ReviewTasks(shard),
                .. SettledPosts.Keys(shard, now),
            ],
            [
                account, now.ToUnixTimeMilliseconds(), happened.ToByteArray(), audit.ToByteArray(), retention.Value.OutboxLength,
                .. SettledPosts.Arguments(shard, tenant, post, account),
            ]);
        if (answer == 0)
        {
            return null;
        }

        await RingAsync(tenant, shard);
        return DateTimeOffset.FromUnixTimeMilliseconds(answer);
    }

    /// <summary>The shard of an account.</summary>
    public int ShardOf(string tenant, string account) => keys.ShardOf(tenant, account);

    // Earlier and more severe first; the rank never changes, so nothing starves: each severity is worth an hour of waiting.
    private static double Rank(ReviewTaskRecord task)
        => task.CreateTime.ToDateTimeOffset().ToUnixTimeMilliseconds() - (task.Severity * TimeSpan.FromHours(1).TotalMilliseconds);

    private static AuditEntry AuditOf(Decision decision, StoredDecision stored) => new()
    {
        CreateTime = decision.CreateTime,
        Committed = new DecisionCommitted
        {
            DecisionId = decision.DecisionId,
            Cause = decision.Cause,
            PolicyVersion = decision.PolicyVersion,
            Outcome = decision.Outcome,
            Measures = { decision.Measures },
            ContentHash = ByteString.CopyFrom(stored.Hash()),
        },
    };

    private long KeepTill(Decision decision, bool mayBeAppealed)
        => (decision.CreateTime.ToDateTimeOffset() + (mayBeAppealed ? retention.Value.WithMeasure : retention.Value.WithoutMeasure)).ToUnixTimeMilliseconds();

    // Watchers poll as well, so a lost bell costs a second, not an event.
    private Task<long> RingAsync(string tenant, int shard)
        => redis.Multiplexer.GetSubscriber().PublishAsync(RedisChannel.Literal(KeySpace.OutboxBell(tenant)), shard, CommandFlags.FireAndForget);
}
