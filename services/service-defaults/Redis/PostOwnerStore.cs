using StackExchange.Redis;

namespace Moderation.ServiceDefaults.Redis;

/// <summary>What became of a binding that is made once.</summary>
public enum Binding
{
    /// <summary>It was made now.</summary>
    Created,

    /// <summary>It was there, with the same value.</summary>
    Same,

    /// <summary>It was there, with another value.</summary>
    Other,
}

/// <summary>
/// Which account a post belongs to. Whole while anything may still come of the post; once it has settled, a field of a compact map, because
/// most posts settle and a key of its own costs five times as much.
/// </summary>
public sealed class PostOwnerStore(RedisConnectionStore redis, TimeProvider time)
{
    private static readonly EmbeddedScript Bind = EmbeddedScript.Load(typeof(PostOwnerStore).Assembly, "bind_owner.lua");
    private static readonly EmbeddedScript Find = EmbeddedScript.Load(typeof(PostOwnerStore).Assembly, "find_owner.lua");
    private static readonly EmbeddedScript Settle = EmbeddedScript.Load(typeof(PostOwnerStore).Assembly, "settle_owner.lua");
    private static readonly EmbeddedScript Forget = EmbeddedScript.Load(typeof(PostOwnerStore).Assembly, "forget_owner.lua");

    // Six months of appeals and thirty days more. Redis collects garbage by these; nothing is decided by them.
    private static readonly TimeSpan Kept = TimeSpan.FromDays(214);

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>Binds a post to its account, and keeps the binding as long as its decisions can be appealed from now on.</summary>
    public async Task<Binding> BindAsync(string tenant, string post, string account)
    {
        var now = time.GetUtcNow();
        var answer = await Bind.RunAsync(
            Database, Keys(tenant, post, now), [account, now.ToUnixTimeMilliseconds(), (long)Kept.TotalMilliseconds, KeySpace.CompactField(tenant, post)]);
        return answer.ToString() switch
        {
            "created" => Binding.Created,
            "same" => Binding.Same,
            _ => Binding.Other,
        };
    }

    /// <summary>The account of a post, or null.</summary>
    public async Task<string?> FindAsync(string tenant, string post)
    {
        var answer = await Find.RunAsync(Database, Keys(tenant, post, time.GetUtcNow()), [KeySpace.CompactField(tenant, post)]);
        return answer.IsNull ? null : answer.ToString();
    }

    /// <summary>Makes the owner of a settled post small. Idempotent.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="post">The post.</param>
    /// <param name="account">Its account.</param>
    /// <param name="decided">When it was decided; a post submitted again since then stays whole.</param>
    public async Task SettleAsync(string tenant, string post, string account, DateTimeOffset decided)
        => await Settle.RunAsync(
            Database,
            [KeySpace.Owner(tenant, post), KeySpace.SettledOwners(tenant, post, KeySpace.WrittenGenerationOf(time.GetUtcNow()))],
            [account, decided.ToUnixTimeMilliseconds(), CompactMaps.KeptMs, KeySpace.CompactField(tenant, post)]);

    /// <summary>Forgets whose a post is, if it is <paramref name="account"/>'s. Part of erasing an account.</summary>
    public async Task ForgetAsync(string tenant, string post, string account)
        => await Forget.RunAsync(Database, Keys(tenant, post, time.GetUtcNow()), [account, KeySpace.CompactField(tenant, post)]);

    private static RedisKey[] Keys(string tenant, string post, DateTimeOffset now) =>
    [
        KeySpace.Owner(tenant, post), KeySpace.SettledOwners(tenant, post, KeySpace.GenerationOf(now)),
        KeySpace.SettledOwners(tenant, post, KeySpace.GenerationOf(now, 1)),
    ];
}

/// <summary>What all compact maps that forget have in common.</summary>
public static class CompactMaps
{
    /// <summary>How long a node lives, in milliseconds: this generation, the next, and a day for clocks that differ.</summary>
    public static readonly long KeptMs = (long)((2 * KeySpace.Generation) + TimeSpan.FromDays(1)).TotalMilliseconds;
}
