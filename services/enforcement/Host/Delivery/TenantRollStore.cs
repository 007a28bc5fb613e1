using System.Collections.Concurrent;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Delivery;

/// <summary>The roll of tenants for which something was decided. Written once a tenant and process.</summary>
internal sealed class TenantRollStore(RedisConnectionStore redis)
{
    private readonly ConcurrentDictionary<string, bool> _entered = new();

    /// <summary>Enters a tenant.</summary>
    public ValueTask EnterAsync(string tenant) => _entered.ContainsKey(tenant) ? ValueTask.CompletedTask : new ValueTask(AddAsync(tenant));

    private async Task AddAsync(string tenant)
    {
        if (await redis.Multiplexer.GetDatabase().SetAddAsync(KeySpace.Tenants, tenant))
        {
            await Bell.RingAsync(redis, KeySpace.WebhookBell, tenant);
        }

        _entered[tenant] = true;
    }
}
