using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Review;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Lifecycle;

/// <summary>Review tasks. Open ones leave their queue; who holds one finds its lease lost.</summary>
internal sealed class TaskHoldingStore(RedisConnectionStore redis) : IAccountHolding
{
    private IDatabase Database => redis.Multiplexer.GetDatabase();

    public string Kind => "task";

    public IAsyncEnumerable<HeldRecord> ReadAsync(AccountTrail trail, CancellationToken cancellationToken)
        => trail.Tasks.ToAsyncEnumerable().Select(t => HeldRecord.Of(Kind, t));

    public async Task<HoldingErased> EraseAsync(AccountTrail trail)
    {
        var count = 0L;
        foreach (var task in trail.Tasks)
        {
            foreach (var queue in ReviewTasks.Queues)
            {
                await Database.SortedSetRemoveAsync(KeySpace.ReviewQueue(trail.Shard, task.TenantId, queue), task.TaskId); // it may have moved
            }

            await Database.KeyDeleteAsync(KeySpace.DecisionText(trail.Shard, task.TaskId)); // came with a report
            count += await Database.KeyDeleteAsync(KeySpace.ReviewTask(trail.Shard, task.TaskId)) ? 1 : 0;
        }

        return new HoldingErased(count);
    }
}
