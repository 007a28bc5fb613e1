using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Redis;
using Xunit;

namespace Moderation.ServiceDefaults.Tests.Auth;

public sealed class ApiKeyStoreTests(IngestFixture ingest) : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private RedisConnectionStore _redis = null!; // set before each test

    public ValueTask InitializeAsync()
    {
        _redis = new RedisConnectionStore(
            Options.Create(new RedisOptions { ConnectionString = ingest.Redis.ConnectionString }), new KeySpace(64), NullLogger<RedisConnectionStore>.Instance);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task Create_gives_a_key_that_is_found_and_stores_no_secret()
    {
        var key = await Store().CreateAsync("acme", "store-1");
        var found = await Store().FindAsync(key!);
        Assert.Equal(("acme", "store-1"), (found?.TenantId, found?.KeyId));
        Assert.Equivalent(ApiKeyScopes.All, found?.Scopes, strict: true);
        var row = await _redis.Multiplexer.GetDatabase().HashGetAllAsync(KeySpace.ApiKey("store-1"));
        Assert.DoesNotContain(row, e => key!.Contains(e.Value.ToString(), StringComparison.Ordinal) && e.Name.ToString() is not ("tenant" or "scopes"));
    }

    [Fact]
    public async Task Find_gives_the_scopes_of_the_key_and_all_of_them_for_one_from_before_there_were_scopes()
    {
        var key = await Store().CreateAsync("acme", "store-scopes", new HashSet<Scope> { Scope.Read, Scope.AccountData });
        Assert.Equivalent(new[] { Scope.Read, Scope.AccountData }, (await Store().FindAsync(key!))?.Scopes, strict: true);
        await _redis.Multiplexer.GetDatabase().HashDeleteAsync(KeySpace.ApiKey("store-scopes"), "scopes");
        Assert.Equivalent(ApiKeyScopes.All, (await Store().FindAsync(key!))?.Scopes, strict: true);
    }

    [Fact]
    public async Task Create_of_a_taken_id_gives_none_and_keeps_the_first()
    {
        var first = await Store().CreateAsync("acme", "store-2");
        Assert.Null(await Store().CreateAsync("other", "store-2"));
        Assert.Equal("acme", (await Store().FindAsync(first!))?.TenantId);
    }

    [Fact]
    public async Task Find_of_a_wrong_secret_gives_none_also_while_the_right_one_is_trusted()
    {
        var store = Store();
        var key = await store.CreateAsync("acme", "store-3");
        Assert.NotNull(await store.FindAsync(key!));
        var wrong = key![..^1] + (key[^1] == '0' ? '1' : '0');
        Assert.Null(await store.FindAsync(wrong));
        Assert.Null(await Store().FindAsync(wrong));
    }

    [Theory]
    [InlineData("")]
    [InlineData("mk__")]
    [InlineData("mk_a_b")]
    [InlineData("mk_{x}_0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("xx_a_0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("mk_nobody_0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task Find_of_what_is_no_key_gives_none(string key) => Assert.Null(await Store().FindAsync(key));

    [Fact]
    public async Task Revoke_by_another_tenant_changes_nothing()
    {
        var key = await Store().CreateAsync("acme", "store-4");
        Assert.False(await Store().RevokeAsync("other", "store-4"));
        Assert.NotNull(await Store().FindAsync(key!));
        Assert.False(await Store().RevokeAsync("acme", "store-none"));
    }

    [Fact]
    public async Task Revoke_ends_the_key_once_the_trust_is_over()
    {
        var store = Store();
        var key = await store.CreateAsync("acme", "store-5");
        Assert.NotNull(await store.FindAsync(key!));
        Assert.True(await Store().RevokeAsync("acme", "store-5"));
        Assert.Null(await Store().FindAsync(key!));
        _time.Advance(ApiKeyStore.Trust);
        Assert.Null(await store.FindAsync(key!));
    }

    private ApiKeyStore Store() => new(_redis, _time);
}
