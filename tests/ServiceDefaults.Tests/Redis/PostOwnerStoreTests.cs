using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Moderation.ServiceDefaults.Redis;
using Xunit;

namespace Moderation.ServiceDefaults.Tests.Redis;

/// <summary>Owners, and with them the compact map below.</summary>
public sealed class PostOwnerStoreTests : IAsyncLifetime
{
    private const string Tenant = "owners";
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private Moderation.Testing.RedisServer _server = null!; // set by InitializeAsync
    private RedisConnectionStore _redis = null!; // as above
    private PostOwnerStore _owners = null!; // as above

    public async ValueTask InitializeAsync()
    {
        _server = await Moderation.Testing.RedisServer.StartAsync();
        _redis = new RedisConnectionStore(
            Options.Create(new RedisOptions { ConnectionString = _server.ConnectionString }), new KeySpace(64), NullLogger<RedisConnectionStore>.Instance);
        _owners = new PostOwnerStore(_redis, _time);
    }

    public async ValueTask DisposeAsync()
    {
        await _redis.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Owner_is_bound_once_and_stays_bound_when_it_is_made_small()
    {
        Assert.Equal(Binding.Created, await _owners.BindAsync(Tenant, "post", "account"));
        Assert.Equal(Binding.Same, await _owners.BindAsync(Tenant, "post", "account"));
        Assert.Equal(Binding.Other, await _owners.BindAsync(Tenant, "post", "thief"));
        await SettleAsync("post", "account");
        Assert.False(await IsWholeAsync("post"));
        Assert.Equal("account", await _owners.FindAsync(Tenant, "post"));
        Assert.Equal(Binding.Other, await _owners.BindAsync(Tenant, "post", "thief"));
        Assert.Equal(Binding.Same, await _owners.BindAsync(Tenant, "post", "account"));
        Assert.True(await IsWholeAsync("post"), "submitted again it may get a measure");
        Assert.Null(await _owners.FindAsync(Tenant, "unknown"));
    }

    [Fact]
    public async Task Owner_of_a_post_that_was_submitted_again_since_its_decision_stays_whole()
    {
        await _owners.BindAsync(Tenant, "again", "account");
        var decided = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromSeconds(1));
        await _owners.BindAsync(Tenant, "again", "account");
        await _owners.SettleAsync(Tenant, "again", "account", decided);
        Assert.True(await IsWholeAsync("again"));
    }

    [Fact]
    public async Task Small_owner_is_known_for_a_generation_at_least()
    {
        await _owners.BindAsync(Tenant, "old", "account");
        await SettleAsync("old", "account");
        _time.Advance(TimeSpan.FromDays(7));
        Assert.Equal("account", await _owners.FindAsync(Tenant, "old"));
        _time.Advance(TimeSpan.FromDays(10));
        Assert.Null(await _owners.FindAsync(Tenant, "old"));
    }

    [Fact]
    public async Task Map_of_many_fields_finds_each_of_them_and_its_nodes_stay_packed()
    {
        // All in one slot's map: far more than the nodes of the first two levels hold.
        var slot = KeySpace.Owner(Tenant, "0").Split('}')[0];
        var posts = Enumerable.Range(0, 4_000_000).Select(i => $"{i}").Where(p => KeySpace.Owner(Tenant, p).StartsWith(slot + "}", StringComparison.Ordinal)).Take(3000).ToList();
        foreach (var batch in posts.Chunk(500))
        {
            await Task.WhenAll(batch.Select(p => _owners.BindAsync(Tenant, p, "account-" + p)));
            await Task.WhenAll(batch.Select(p => SettleAsync(p, "account-" + p)));
        }

        foreach (var batch in posts.Chunk(500))
        {
            Assert.Equal(batch.Select(p => "account-" + p), await Task.WhenAll(batch.Select(p => _owners.FindAsync(Tenant, p))));
        }

        var database = _redis.Multiplexer.GetDatabase();
        var nodes = _redis.Multiplexer.GetServers().Single().Keys(pattern: "*:owners:*").ToList();
        Assert.True(nodes.Count > 30, $"{nodes.Count} nodes");
        foreach (var node in nodes)
        {
            Assert.Equal("listpack", (string?)await database.ExecuteAsync("OBJECT", "ENCODING", node));
            Assert.NotNull(await database.KeyTimeToLiveAsync(node));
        }

        // Taken out again in any order, none hides another.
        var left = posts.ToHashSet();
        foreach (var post in posts.OrderBy(p => p.GetHashCode(StringComparison.Ordinal)).Take(2900))
        {
            await _owners.BindAsync(Tenant, post, "account-" + post);
            left.Remove(post);
        }

        Assert.All(await Task.WhenAll(left.Select(async p => (p, await _owners.FindAsync(Tenant, p)))), found => Assert.Equal("account-" + found.p, found.Item2));
    }

    private Task SettleAsync(string post, string account) => _owners.SettleAsync(Tenant, post, account, _time.GetUtcNow());

    private Task<bool> IsWholeAsync(string post) => _redis.Multiplexer.GetDatabase().KeyExistsAsync(KeySpace.Owner(Tenant, post));
}
