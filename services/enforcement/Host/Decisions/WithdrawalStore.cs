using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Lifecycle;
using Moderation.Enforcement.Host.Review;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Decisions;

/// <summary>Withdrawals of posts by their authors.</summary>
internal sealed class WithdrawalStore(
    RedisConnectionStore redis, KeySpace keys, DecisionStore decisions, PostTraceStore traces, IOptions<RetentionOptions> retention, TimeProvider time)
{
    private static readonly EmbeddedScript Withdraw = EmbeddedScript.Load(typeof(WithdrawalStore).Assembly, "record_withdrawal.lua");

    /// <summary>Records a withdrawal; the post's open task closes, its texts and fingerprints are forgotten.</summary>
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
        while (true)
        {
            // The keys of a script are named beforehand, so the task and the text are looked up first, and seen again in the script.
            var view = await decisions.ViewAsync(tenant, account, post, 0);
            var answer = (RedisResult[])(await Withdraw.RunAsync(
                redis.Multiplexer.GetDatabase(),
                [
                    KeySpace.Post(shard, tenant, post), KeySpace.Outbox(shard, tenant), KeySpace.OutboxSequence(shard, tenant),
                    KeySpace.Audit(shard), KeySpace.AuditSequence(shard), KeySpace.ReviewTask(shard, view.TaskId),
                    KeySpace.DecisionText(shard, view.TaskId), KeySpace.ClosedTasks(shard),
                    .. ReviewTasks.MovableQueues.Select(q => (RedisKey)KeySpace.ReviewQueue(shard, tenant, q)),
                ],
                [
                    account, now.ToUnixTimeMilliseconds(), happened.ToByteArray(), audit.ToByteArray(), retention.Value.OutboxLength, view.TaskId, view.CurrentId,
                    (long)retention.Value.WithMeasure.TotalMilliseconds,
                ]))!; // always an array
            switch (answer[0].ToString())
            {
                case "stale":
                    continue;
                case "unknown":
                    return null;
                default:
                    // Also when it was withdrawn before: whoever recorded it then may not have come so far.
                    await traces.DropAsync(tenant, account, post);
                    await Bell.RingAsync(redis, KeySpace.OutboxBell(tenant), shard);
                    return DateTimeOffset.FromUnixTimeMilliseconds((long)answer[1]);
            }
        }
    }
}
