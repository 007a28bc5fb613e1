using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Review;

/// <summary>Tasks that ended, with the reports and orders that were attached to them and have not been told yet.</summary>
internal sealed class ClosedTaskQueue(RedisConnectionStore redis, KeySpace keys)
{
    private const int MostAtOnce = 50;

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>Some tasks of each shard.</summary>
    public async Task<IReadOnlyList<string>> ReadAsync()
    {
        var shards = Enumerable.Range(0, keys.ShardCount);
        var found = await Task.WhenAll(shards.Select(s => Database.SetRandomMembersAsync(KeySpace.ClosedTasks(s), MostAtOnce)));
        return [.. found.SelectMany(f => f).Select(t => t.ToString())];
    }

    /// <summary>Forgets a task: all that was attached to it has been told.</summary>
    public Task RemoveAsync(string taskId)
        => keys.ShardOfId(taskId, 't') is { } shard ? Database.SetRemoveAsync(KeySpace.ClosedTasks(shard), taskId) : Task.CompletedTask;

    /// <summary>The reports and orders that wait for a task.</summary>
    /// <param name="shard">The account's shard.</param>
    /// <param name="tenant">The tenant.</param>
    /// <param name="subject">The post, or what stands for one.</param>
    /// <param name="taskId">The task.</param>
    public async IAsyncEnumerable<string> AttachedAsync(int shard, string tenant, string subject, string taskId)
    {
        await foreach (var row in Database.HashScanAsync(KeySpace.Waiting(shard, tenant, subject), pageSize: 200))
        {
            if (row.Value == taskId)
            {
                yield return row.Name.ToString();
            }
        }
    }

    /// <summary>The task that a report or an order waits for; empty when it waits for none.</summary>
    public async Task<string> TaskOfAsync(int shard, string tenant, string subject, string sourceId)
        => (await Database.HashGetAsync(KeySpace.Waiting(shard, tenant, subject), sourceId)).ToString();
}
