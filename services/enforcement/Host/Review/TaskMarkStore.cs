using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Review;

/// <summary>For which posts a cause has asked for a task.</summary>
internal sealed class TaskMarkStore(RedisConnectionStore redis)
{
    /// <summary>The task; null when it has not asked.</summary>
    public async Task<string?> FindAsync(string key, string field) => await redis.Multiplexer.GetDatabase().HashGetAsync(key, field);
}
