using System.Globalization;
using System.Security.Cryptography;
using Google.Protobuf;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Audit;
using Moderation.Enforcement.Host.Standing;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Decisions;

/// <summary>What the commit made of a decision.</summary>
internal enum CommitStatus
{
    /// <summary>It is committed.</summary>
    Committed,

    /// <summary>The key (post, revision, cause) decided before.</summary>
    Repeated,

    /// <summary>The post or the account has changed since it was drafted.</summary>
    Stale,

    /// <summary>A guard did not hold.</summary>
    Refused,
}

/// <summary>What the commit made of a decision.</summary>
/// <param name="Status">In one word.</param>
/// <param name="Decision">The decision as it is stored; null unless it is committed or repeated.</param>
/// <param name="Guard">The code of the guard that did not hold.</param>
internal readonly record struct CommitResult(CommitStatus Status, Decision? Decision, string Guard = "");

/// <summary>Decisions with all that changes with them: one commit, one slot.</summary>
internal sealed class DecisionStore(
    RedisConnectionStore redis, KeySpace keys, StandingLedger ledgers, PostOwnerStore owners, ArchivedDecisions archive, IOptions<RetentionOptions> retention,
    TimeProvider time)
{
    private const int FixedKeys = 9;
    private static readonly EmbeddedScript Commit = EmbeddedScript.Load(typeof(DecisionStore).Assembly, "commit_decision.lua");
    private static readonly EmbeddedScript Restore = EmbeddedScript.Load(typeof(DecisionStore).Assembly, "restore_post.lua");

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>The shard of an account.</summary>
    public int ShardOf(string tenant, string account) => keys.ShardOf(tenant, account);

    /// <summary>A new nonce for a record.</summary>
    public static ByteString NewNonce() => ByteString.CopyFrom(RandomNumberGenerator.GetBytes(16));

    /// <summary>Commits a decision, once by (post, revision, cause).</summary>
    /// <exception cref="Grpc.Core.RpcException">POST_OF_OTHER_ACCOUNT, or DECISION_REFUSED for a decision the store does not take.</exception>
    public async Task<CommitResult> CommitAsync(PendingDecision pending)
    {
        if (pending.CrossedLine() is { } crossed)
        {
            throw RpcErrors.Create(ErrorReason.DecisionRefused, crossed.Message, [], ("line", crossed.Line));
        }

        var decision = pending.Decision;
        var shard = keys.ShardOf(decision.TenantId, decision.AccountId);
        var answer = (RedisResult[])(await Commit.RunAsync(Database, [.. KeysOf(pending, shard)], [.. Arguments(pending)]))!; // always an array
        switch (answer[0].ToString())
        {
            case "committed":
                await Bell.RingAsync(redis, KeySpace.OutboxBell(decision.TenantId), shard); // a lost bell costs a second: watchers poll as well
                return new CommitResult(CommitStatus.Committed, decision);
            case "repeated":
                var before = await FindAsync(decision.TenantId, answer[1].ToString());
                return new CommitResult(
                    CommitStatus.Repeated, before ?? throw RpcErrors.Create(ErrorReason.DecisionNotFound, ("decision_id", answer[1].ToString())));
            case "archived":
                return new CommitResult(
                    CommitStatus.Repeated, SettledPosts.Decision(decision, answer[1].ToString(), (DecisionOutcome)(int)answer[2]));
            case "stale":
                return new CommitResult(CommitStatus.Stale, null);
            case "refused":
                return new CommitResult(CommitStatus.Refused, null, answer[1].ToString());
            case "other_account":
                throw RpcErrors.Create(ErrorReason.PostOfOtherAccount, ("post_id", decision.PostId));
            default:
                throw RpcErrors.Create(ErrorReason.DecisionRefused, ("line", "a measure needs its notice and its statement of reasons"));
        }
    }

    /// <summary>A decision of <paramref name="tenant"/>, or null.</summary>
    public async Task<Decision?> FindAsync(string tenant, string decisionId)
        => await FindRecordAsync(decisionId) is { } record && record.Decision.TenantId == tenant ? record.Decision : null;

    /// <summary>
    /// The record of a decision of any tenant, from the archive where it has settled; or null. The caller sees to who may read it.
    /// </summary>
    public async Task<DecisionRecord?> FindRecordAsync(string decisionId)
        => await FindKeptAsync(decisionId) ?? await archive.FindAsync(decisionId, CancellationToken.None);

    private async Task<DecisionRecord?> FindKeptAsync(string decisionId)
    {
        if (keys.ShardOfId(decisionId, 'd') is not { } shard)
        {
            return null;
        }

        var packed = await Database.StringGetAsync(KeySpace.Decision(shard, decisionId));
        return packed.IsNull ? null : StoredDecision.Unpack((byte[])packed!);
    }

    /// <summary>The decision that a cause led to, or null when it has led to none.</summary>
    /// <param name="about">A decision about the same post and revision.</param>
    /// <param name="cause">The cause.</param>
    public async Task<DecisionRecord?> FindByCauseAsync(Decision about, string cause)
    {
        var post = about.PostId.Length > 0 ? about.PostId : KeySpace.AccountAsPost(about.AccountId);
        var field = $"d:{about.Revision.ToString(CultureInfo.InvariantCulture)}:{cause}";
        var id = await Database.HashGetAsync(KeySpace.Post(keys.ShardOf(about.TenantId, about.AccountId), about.TenantId, post), field);
        return id.IsNull ? null : await FindRecordAsync(id.ToString());
    }

    /// <summary>The text that was decided, or that came with a report to a review task, while it is kept; else empty.</summary>
    /// <param name="id">The decision, or the task.</param>
    public async Task<string> FindTextAsync(string id)
        => (keys.ShardOfId(id, 'd') ?? keys.ShardOfId(id, 't')) is { } shard ? (await Database.StringGetAsync(KeySpace.DecisionText(shard, id))).ToString() : "";

    /// <summary>The account of a post, or null when the suite does not know the post.</summary>
    public Task<string?> FindAccountAsync(string tenant, string post)
        => owners.FindAsync(tenant, post);

    /// <summary>A post and its account as they are now.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="account">The account.</param>
    /// <param name="post">The post, or what stands for it where a decision is about the account alone.</param>
    /// <param name="revision">The revision in question; 0 for the latest.</param>
    /// <param name="withArchive">
    /// Read the decision in force from the archive where it has settled: it was automatic and has no measure, so a rule need not know more.
    /// </param>
    public async Task<PostView> ViewAsync(string tenant, string account, string post, long revision, bool withArchive = true)
    {
        var shard = keys.ShardOf(tenant, account);
        var ledger = ledgers.ReadAsync(tenant, account);
        var key = KeySpace.Post(shard, tenant, post);
        var row = await Database.HashGetAsync(key, ["rev", "withdraw_ms", "current", "task"]);
        if (row.All(f => f.IsNull) && await RestoreAsync(shard, tenant, account, post))
        {
            row = await Database.HashGetAsync(key, ["rev", "withdraw_ms", "current", "task"]);
        }

        var latest = row[0].IsNull ? 0 : (long)row[0];
        var (current, task) = (row[2].ToString(), row[3].ToString());
        var taskRecord = task.Length == 0 ? RedisValue.Null : await Database.HashGetAsync(KeySpace.ReviewTask(shard, task), "r");
        return new PostView(
            !row[1].IsNull || (revision > 0 && latest > revision) ? RevisionPlace.Superseded : RevisionPlace.Current,
            latest,
            current,
            task,
            current.Length == 0 ? null : withArchive ? await FindRecordAsync(current) : await FindKeptAsync(current),
            taskRecord.IsNull ? null : ReviewTaskRecord.Parser.ParseFrom((byte[])taskRecord!),
            await ledger);
    }

    /// <summary>For how long the records of a decision are kept.</summary>
    public TimeSpan KeptFor(Decision decision, bool reviewed)
        => decision.Measures.Count > 0 || reviewed || !decision.Automated ? retention.Value.WithMeasure : retention.Value.WithoutMeasure;

    // Whoever looks at a post is about to change something of it, so one that has settled is made whole again.
    private async Task<bool> RestoreAsync(int shard, string tenant, string account, string post)
        => (long)await Restore.RunAsync(
            Database,
            [KeySpace.Post(shard, tenant, post), .. SettledPosts.Keys(shard, time.GetUtcNow())],
            [account, .. SettledPosts.Arguments(shard, tenant, post, account)]) == 1;

    private IEnumerable<RedisKey> KeysOf(PendingDecision pending, int shard)
    {
        var decision = pending.Decision;
        var post = decision.PostId.Length > 0 ? decision.PostId : KeySpace.AccountAsPost(decision.AccountId);
        yield return KeySpace.Post(shard, decision.TenantId, post);
        yield return KeySpace.Decision(shard, decision.DecisionId);
        yield return KeySpace.Outbox(shard, decision.TenantId);
        yield return KeySpace.OutboxSequence(shard, decision.TenantId);
        yield return KeySpace.Audit(shard);
        yield return KeySpace.AuditSequence(shard);
        yield return KeySpace.Ledger(shard, decision.TenantId, decision.AccountId);
        foreach (var key in SettledPosts.Keys(shard, time.GetUtcNow()))
        {
            yield return key;
        }

        foreach (var key in ActionStore.KeysOf(pending.Guards, pending.Effects))
        {
            yield return key;
        }
    }

    private IEnumerable<RedisValue> Arguments(PendingDecision pending)
    {
        var (decision, view) = (pending.Decision, pending.View);
        var (eventField, happened) = OutboxEvent.Of(decision);
        var packed = StoredDecision.Pack(pending.Record);
        yield return decision.AccountId;
        yield return decision.Revision;
        yield return decision.Cause;
        yield return decision.DecisionId;
        yield return packed.Bytes;
        yield return decision.Measures.Count > 0 ? "1" : "0";
        yield return view.Place == RevisionPlace.Current ? "current" : "superseded";
        yield return view.CurrentId;
        yield return view.TaskId;
        yield return pending.RestsOnLedger && view.Ledger is { } ledger ? ledger.Version : "*";
        yield return eventField;
        yield return happened;
        yield return AuditOf(pending, packed.Hash).ToByteArray();
        yield return retention.Value.OutboxLength;
        var (now, kept) = (decision.CreateTime.ToDateTimeOffset(), KeptFor(decision, pending.OpenTaskId.Length > 0));
        yield return (now + kept).ToUnixTimeMilliseconds();
        yield return now.ToUnixTimeMilliseconds();
        yield return pending.OpenTaskId;
        yield return pending.TakesEffect ? "1" : "0";
        foreach (var value in SettledPosts.Arguments(ShardOf(decision.TenantId, decision.AccountId), decision.TenantId, decision.PostId, decision.AccountId))
        {
            yield return value;
        }

        foreach (var value in ActionStore.Encode(pending.Guards, pending.Effects, FixedKeys))
        {
            yield return value;
        }
    }

    private static AuditEntry AuditOf(PendingDecision pending, byte[] hash)
    {
        var decision = pending.Decision;
        return new AuditEntry
        {
            CreateTime = decision.CreateTime,
            Committed = new DecisionCommitted
            {
                DecisionId = decision.DecisionId,
                Cause = decision.Cause,
                PolicyVersion = decision.PolicyVersion,
                Outcome = decision.Outcome,
                MeasureKinds = { decision.Measures.Select(m => m.Kind) },
                Categories = { decision.Measures.Select(m => m.Category) },
                ContentHash = ByteString.CopyFrom(hash),
                DecidedBy = pending.Record.Verdict?.Person ?? "",
                Supersedes = decision.Supersedes,
            },
        };
    }
}
