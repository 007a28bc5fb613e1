using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Lifecycle;

/// <summary>Appeals with what the author wrote.</summary>
internal sealed class AppealHoldingStore(RedisConnectionStore redis) : IAccountHolding
{
    private IDatabase Database => redis.Multiplexer.GetDatabase();

    public string Kind => "appeal";

    public IAsyncEnumerable<HeldRecord> ReadAsync(AccountTrail trail, CancellationToken cancellationToken)
        => trail.Appeals.ToAsyncEnumerable().Select(a => HeldRecord.Of(Kind, a));

    public async Task<HoldingErased> EraseAsync(AccountTrail trail)
    {
        var count = await Database.KeyDeleteAsync([.. trail.Appeals.Select(a => (RedisKey)KeySpace.Appeal(trail.Shard, a.Appeal.AppealId))]);
        await Database.KeyDeleteAsync([.. trail.Decisions.Select(d => (RedisKey)KeySpace.AppealsOf(trail.Shard, d))]);
        return new HoldingErased(count);
    }
}
