using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Lifecycle;

/// <summary>Declarations of people that they must not review the account. They are about those people, so the export leaves them out.</summary>
internal sealed class ConflictHoldingStore(RedisConnectionStore redis, KeyWalkStore walk) : IAccountHolding
{
    public string Kind => "conflict";

    public IAsyncEnumerable<HeldRecord> ReadAsync(AccountTrail trail, CancellationToken cancellationToken) => AsyncEnumerable.Empty<HeldRecord>();

    public async Task<HoldingErased> EraseAsync(AccountTrail trail)
    {
        var count = 0L;
        await foreach (var key in walk.KeysAsync(KeySpace.Conflicts("*")))
        {
            count += await redis.Multiplexer.GetDatabase().SetRemoveAsync(key, $"{trail.TenantId}/{trail.AccountId}") ? 1 : 0;
        }

        return new HoldingErased(count);
    }
}
