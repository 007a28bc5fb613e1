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
        var found = await Keys().FindAsync(key!);
        Assert.Equal(("acme", "store-1"), (found?.TenantId, found?.KeyId));
        Assert.Equivalent(ApiKeyScopes.All, found?.Scopes, strict: true);
        var row = await _redis.Multiplexer.GetDatabase().HashGetAllAsync(KeySpace.ApiKey("store-1"));
        Assert.DoesNotContain(row, e => e.Value.ToString().Contains(key!.Split('_')[2], StringComparison.Ordinal));
    }

    [Fact]
    public async Task Find_gives_the_scopes_of_the_key_and_all_of_them_for_one_from_before_there_were_scopes()
    {
        var key = await Store().CreateAsync("acme", "store-scopes", new HashSet<Scope> { Scope.Read, Scope.AccountData });
        Assert.Equivalent(new[] { Scope.Read, Scope.AccountData }, (await Keys().FindAsync(key!))?.Scopes, strict: true);
        await _redis.Multiplexer.GetDatabase().HashDeleteAsync(KeySpace.ApiKey("store-scopes"), "scopes");
        Assert.Equivalent(ApiKeyScopes.All, (await Keys().FindAsync(key!))?.Scopes, strict: true);
    }

    [Fact]
    public async Task Create_of_a_taken_id_gives_none_and_keeps_the_first()
    {
        var first = await Store().CreateAsync("acme", "store-2");
        Assert.Null(await Store().CreateAsync("other", "store-2"));
        Assert.Equal("acme", (await Keys().FindAsync(first!))?.TenantId);
    }

    [Fact]
    public async Task Find_of_a_wrong_secret_gives_none_also_while_the_right_one_is_trusted()
    {
        var keys = Keys();
        var key = await Store().CreateAsync("acme", "store-3");
        Assert.NotNull(await keys.FindAsync(key!));
        var wrong = key![..^1] + (key[^1] == '0' ? '1' : '0');
        Assert.Null(await keys.FindAsync(wrong));
        Assert.Null(await Keys().FindAsync(wrong));
    }

    [Theory]
    [InlineData("")]
    [InlineData("mk__")]
    [InlineData("mk_a_b")]
    [InlineData("mk_{x}_0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("xx_a_0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("mk_nobody_0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task Find_of_what_is_no_key_gives_none(string key) => Assert.Null(await Keys().FindAsync(key));

    [Fact]
    public async Task Revoke_by_another_tenant_changes_nothing()
    {
        var key = await Store().CreateAsync("acme", "store-4");
        Assert.False(await Store().RevokeAsync("other", "store-4"));
        Assert.NotNull(await Keys().FindAsync(key!));
        Assert.False(await Store().RevokeAsync("acme", "store-none"));
    }

    [Fact]
    public async Task Revoke_ends_the_key_once_the_trust_is_over()
    {
        var keys = Keys();
        var key = await Store().CreateAsync("acme", "store-5");
        Assert.NotNull(await keys.FindAsync(key!));
        Assert.True(await Store().RevokeAsync("acme", "store-5"));
        Assert.Null(await Keys().FindAsync(key!));
        _time.Advance(ApiKeyVerifier.Trust);
        Assert.Null(await keys.FindAsync(key!));
    }

    [Fact]
    public async Task Key_ends_when_its_time_has_come()
    {
        var key = await Store().CreateAsync("acme", "store-expiring", null, _time.GetUtcNow().AddHours(1));
        var keys = Keys();
        _time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromMilliseconds(1));
        Assert.NotNull(await keys.FindAsync(key!));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(await keys.FindAsync(key!)); // though it was trusted a moment ago
        Assert.Null(await Keys().FindAsync(key!));
    }

    [Fact]
    public async Task Rotate_gives_a_second_secret_and_ends_the_first_when_told()
    {
        var first = await Store().CreateAsync("acme", "store-rotating", new HashSet<Scope> { Scope.Read });
        var keys = Keys();
        Assert.NotNull(await keys.FindAsync(first!));
        _time.Advance(TimeSpan.FromSeconds(1));
        var rotation = await Store().RotateAsync("acme", "store-rotating", _time.GetUtcNow().AddDays(2), null, "");
        Assert.Equal(ApiKeyRotationOutcome.Rotated, rotation.Outcome);
        Assert.Equivalent(new[] { Scope.Read }, (await keys.FindAsync(rotation.ApiKey!))?.Scopes, strict: true);
        Assert.NotNull(await keys.FindAsync(first!));

        // A third secret would end one that may be in use.
        var third = await Store().RotateAsync("acme", "store-rotating", _time.GetUtcNow(), null, "");
        Assert.Equal((ApiKeyRotationOutcome.Rotating, _time.GetUtcNow().AddDays(2)), (third.Outcome, third.RotatingUntil));

        _time.Advance(TimeSpan.FromDays(2));
        Assert.Null(await keys.FindAsync(first!));
        Assert.NotNull(await keys.FindAsync(rotation.ApiKey!));
    }

    [Fact]
    public async Task Rotate_that_is_repeated_replaces_the_secret_that_nobody_may_have_seen_and_keeps_the_old_one()
    {
        var first = await Store().CreateAsync("acme", "store-repeated");
        var lost = await Store().RotateAsync("acme", "store-repeated", _time.GetUtcNow().AddDays(1), null, "r1");
        var again = await Store().RotateAsync("acme", "store-repeated", _time.GetUtcNow().AddDays(1), null, "r1");
        Assert.Equal(ApiKeyRotationOutcome.Rotated, again.Outcome);
        Assert.Null(await Keys().FindAsync(lost.ApiKey!));
        Assert.NotNull(await Keys().FindAsync(again.ApiKey!));
        Assert.NotNull(await Keys().FindAsync(first!));
        Assert.Equal(ApiKeyRotationOutcome.Rotating, (await Store().RotateAsync("acme", "store-repeated", _time.GetUtcNow(), null, "r2")).Outcome);
    }

    [Fact]
    public async Task Rotate_with_an_end_that_has_passed_ends_the_old_secret_at_once()
    {
        var first = await Store().CreateAsync("acme", "store-leaked");
        var rotation = await Store().RotateAsync("acme", "store-leaked", _time.GetUtcNow(), null, "");
        Assert.Null(await Keys().FindAsync(first!));
        Assert.NotNull(await Keys().FindAsync(rotation.ApiKey!));
        Assert.Equal(ApiKeyRotationOutcome.Rotated, (await Store().RotateAsync("acme", "store-leaked", _time.GetUtcNow(), null, "")).Outcome);
    }

    [Fact]
    public async Task Rotate_of_an_ended_key_needs_a_later_end_and_of_another_tenants_key_finds_none()
    {
        await Store().CreateAsync("acme", "store-ended", null, _time.GetUtcNow().AddHours(1));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(ApiKeyRotationOutcome.Expired, (await Store().RotateAsync("acme", "store-ended", _time.GetUtcNow(), null, "")).Outcome);
        Assert.Equal(ApiKeyRotationOutcome.Absent, (await Store().RotateAsync("globex", "store-ended", _time.GetUtcNow(), null, "")).Outcome);
        Assert.Equal(ApiKeyRotationOutcome.Absent, (await Store().RotateAsync("acme", "store-none", _time.GetUtcNow(), null, "")).Outcome);
        var renewed = await Store().RotateAsync("acme", "store-ended", _time.GetUtcNow(), _time.GetUtcNow().AddHours(1), "");
        Assert.NotNull(await Keys().FindAsync(renewed.ApiKey!));
    }

    [Fact]
    public async Task List_gives_the_keys_of_a_tenant_in_pages_with_the_last_day_of_use()
    {
        var used = await Store().CreateAsync("lister", "list-b", new HashSet<Scope> { Scope.Submit }, _time.GetUtcNow().AddDays(1));
        await Store().CreateAsync("lister", "list-a");
        await Store().CreateAsync("lister", "list-c");
        await Store().CreateAsync("other-lister", "list-d");
        Assert.Null(await Store().CreateAsync("lister", "list-d"));
        Assert.NotNull(await Keys().FindAsync(used!));
        Assert.True(await Store().RevokeAsync("lister", "list-c"));

        var (page, last) = await Store().ListAsync("lister", "", 2);
        Assert.Equal(["list-a", "list-b"], page.Select(k => k.KeyId));
        var (rest, end) = await Store().ListAsync("lister", last!, 2);
        Assert.Empty(rest); // list-d is another tenant's
        Assert.Null(end);
        Assert.Equal("", page[0].LastUseDay);
        await UseIsNotedAsync("lister", "list-b", "2000-01-01");
        var key = await Store().FindAsync("lister", "list-b");
        Assert.Equal((_time.GetUtcNow().AddDays(1), _time.GetUtcNow()), (key?.ExpireTime, key?.CreateTime));
        Assert.Equivalent(new[] { Scope.Submit }, key?.Scopes, strict: true);
    }

    [Fact]
    public async Task Key_from_before_keys_were_listed_is_listed_by_its_first_use()
    {
        var key = await Store().CreateAsync("early", "early-1");
        await _redis.Multiplexer.GetDatabase().KeyDeleteAsync(KeySpace.ApiKeysOf("early"));
        Assert.NotNull(await Keys().FindAsync(key!));
        await UseIsNotedAsync("early", "early-1", "2000-01-01");
        Assert.Equal(["early-1"], (await Store().ListAsync("early", "", 10)).Keys.Select(k => k.KeyId));
    }

    [Fact]
    public async Task Use_of_a_key_that_was_revoked_meanwhile_brings_nothing_back()
    {
        var keys = Keys();
        var key = await Store().CreateAsync("acme", "store-gone");
        Assert.NotNull(await keys.FindAsync(key!));
        await UseIsNotedAsync("acme", "store-gone", "2000-01-01");
        Assert.True(await Store().RevokeAsync("acme", "store-gone"));
        _time.SetUtcNow(new DateTimeOffset(2000, 1, 2, 0, 0, 0, TimeSpan.Zero));
        Store().NoteUseIn(new StoredApiKey("acme", "store-gone", ApiKeyScopes.All, null, null, null, ""), "2000-01-02");
        await _redis.Multiplexer.GetDatabase().PingAsync(); // on the same connection, so after what was sent before
        Assert.False(await _redis.Multiplexer.GetDatabase().KeyExistsAsync(KeySpace.ApiKey("store-gone")));
    }

    // It is sent and not waited for; what is asked on the same connection is answered after it.
    private async Task UseIsNotedAsync(string tenant, string keyId, string day)
    {
        while ((await Store().FindAsync(tenant, keyId))?.LastUseDay.Length == 0)
        {
            await _redis.Multiplexer.GetDatabase().PingAsync();
        }

        Assert.Equal(day, (await Store().FindAsync(tenant, keyId))?.LastUseDay);
    }

    private ApiKeyStore Store() => new(_redis, _time);

    private ApiKeyVerifier Keys() => new(Store(), _time);
}
