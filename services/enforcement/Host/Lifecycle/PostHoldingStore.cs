using System.Text.Json;
using Moderation.Enforcement.Host.Audit;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Lifecycle;

/// <summary>The records of posts, whose they are, and the account's key. Everything else is found by them, so they go last.</summary>
internal sealed class PostHoldingStore(RedisConnectionStore redis, AccountKeyStore accountKeys, PostOwnerStore owners) : IAccountHolding
{
    private IDatabase Database => redis.Multiplexer.GetDatabase();

    public string Kind => "post";

    public IAsyncEnumerable<HeldRecord> ReadAsync(AccountTrail trail, CancellationToken cancellationToken)
        => trail.Posts.ToAsyncEnumerable().Select(p => new HeldRecord(Kind, JsonSerializer.Serialize(new { postId = p.PostId, fields = p.Fields })));

    public async Task<HoldingErased> EraseAsync(AccountTrail trail)
    {
        await accountKeys.DestroyAsync(trail.TenantId, trail.AccountId); // the archive's records of it can't be read from now on
        var count = await ForgetSettledAsync(trail);
        foreach (var post in trail.Posts)
        {
            await owners.ForgetAsync(trail.TenantId, post.PostId, trail.AccountId);
            count += await Database.KeyDeleteAsync(KeySpace.Post(trail.Shard, trail.TenantId, post.PostId)) ? 1 : 0;
        }

        return new HoldingErased(count);
    }

    // Posts that have settled, and whose owner is still to be made small, are named in a list of their shard alone.
    private async Task<long> ForgetSettledAsync(AccountTrail trail)
    {
        var (list, count) = (KeySpace.SettledPosts(trail.Shard), 0L);
        foreach (var row in await Database.HashGetAllAsync(list))
        {
            var (name, account) = (row.Name.ToString().Split('\n', 2), row.Value.ToString().Split('\n')[0]);
            if (name[0] == trail.TenantId && account == trail.AccountId)
            {
                await owners.ForgetAsync(trail.TenantId, name[1], trail.AccountId);
                count += await Database.HashDeleteAsync(list, row.Name) ? 1 : 0;
            }
        }

        return count;
    }
}
