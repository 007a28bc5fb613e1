using System.Text.Json;
using Moderation.Enforcement.Host.Audit;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Lifecycle;

/// <summary>The records of posts, whose they are, and the account's key. Everything else is found by them, so they go last.</summary>
internal sealed class PostHoldingStore(RedisConnectionStore redis, PostOwnerStore owners, AccountKeyStore accountKeys) : IAccountHolding
{
    private IDatabase Database => redis.Multiplexer.GetDatabase();

    public string Kind => "post";

    public IAsyncEnumerable<HeldRecord> ReadAsync(AccountTrail trail, CancellationToken cancellationToken)
        => trail.Posts.ToAsyncEnumerable().Select(p => new HeldRecord(Kind, JsonSerializer.Serialize(new { postId = p.PostId, fields = p.Fields })));

    public async Task<HoldingErased> EraseAsync(AccountTrail trail)
    {
        await accountKeys.DestroyAsync(trail.TenantId, trail.AccountId); // the archive's records of it can't be read from now on
        var count = 0L;
        foreach (var post in trail.Posts)
        {
            await owners.ForgetAsync(trail.TenantId, post.PostId, trail.AccountId);
            count += await Database.KeyDeleteAsync(KeySpace.Post(trail.Shard, trail.TenantId, post.PostId)) ? 1 : 0;
        }

        return new HoldingErased(count);
    }
}
