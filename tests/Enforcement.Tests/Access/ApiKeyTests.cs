using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Tests.Decisions;
using Moderation.ServiceDefaults.Audit;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;
using Xunit;

namespace Moderation.Enforcement.Tests.Access;

public sealed class ApiKeyTests(ApiKeyTests.AuditedFixture enforcement) : IClassFixture<ApiKeyTests.AuditedFixture>
{
    private const string Tenant = "keyholder";

    private DateTimeOffset Now => enforcement.Clock.GetUtcNow();

    private Metadata Admin => enforcement.As("ada@test", Role.Admin);

    [Fact]
    public async Task Create_with_scopes_and_an_end_makes_a_key_that_is_good_for_these_until_then()
    {
        var key = await CreateAsync("scoped", Now.AddHours(1), Scope.Read);
        Assert.Equal(ErrorReason.DecisionNotFound, await ReadAsync(key));
        enforcement.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(ErrorReason.Unauthenticated, await ReadAsync(key));
        Assert.Equal(ErrorReason.ScopeDenied, await ReadAsync(await CreateAsync("unscoped", null, Scope.Submit)));
    }

    [Fact]
    public async Task Create_tells_all_that_is_wrong_at_once()
    {
        var request = new CreateApiKeyRequest
        {
            TenantId = "A",
            KeyId = "",
            Scopes = { Scope.Read, Scope.Read, (Scope)77 },
            ExpireTime = Timestamp.FromDateTimeOffset(Now),
        };
        Assert.Equal(["tenant_id", "key_id", "scopes", "expire_time"], await FieldsAsync(async () => await enforcement.Client.CreateApiKeyAsync(request, Admin)));
        request.Scopes.Clear();
        request.Scopes.Add(Scope.Unspecified);
        request.ExpireTime = new Timestamp { Seconds = long.MaxValue };
        Assert.Equal(["tenant_id", "key_id", "scopes", "expire_time"], await FieldsAsync(async () => await enforcement.Client.CreateApiKeyAsync(request, Admin)));
    }

    [Fact]
    public async Task Rotate_keeps_the_old_secret_good_until_the_given_time()
    {
        var old = await CreateAsync("rotated", null, Scope.Read);
        var rotated = await RotateAsync("rotated", Now.AddDays(30), "r1");
        Assert.Equal(ErrorReason.DecisionNotFound, await ReadAsync(old));
        Assert.Equal(ErrorReason.DecisionNotFound, await ReadAsync(rotated));
        var refused = await Assert.ThrowsAsync<RpcException>(() => RotateAsync("rotated", Now, "r2"));
        Assert.Equal(ErrorReason.ApiKeyRotating, RpcErrors.ReasonOf(refused));
        enforcement.Clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal(ErrorReason.Unauthenticated, await ReadAsync(old));
        Assert.Equal(ErrorReason.DecisionNotFound, await ReadAsync(rotated));
    }

    [Fact]
    public async Task Rotate_past_30_days_without_an_end_or_of_an_unknown_key_is_refused()
    {
        await CreateAsync("bounded", null);
        Assert.Equal(["old_secret_end_time"], await FieldsAsync(() => RotateAsync("bounded", Now.AddDays(30).AddMilliseconds(1))));
        Assert.Equal(["old_secret_end_time"], await FieldsAsync(
            async () => await enforcement.Client.RotateApiKeyAsync(new RotateApiKeyRequest { TenantId = Tenant, KeyId = "bounded" }, Admin)));
        var unknown = await Assert.ThrowsAsync<RpcException>(() => RotateAsync("nobody", Now));
        Assert.Equal(ErrorReason.ApiKeyNotFound, RpcErrors.ReasonOf(unknown));
        await CreateAsync("ended", Now.AddMinutes(1));
        enforcement.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["expire_time"], await FieldsAsync(() => RotateAsync("ended", Now)));
    }

    [Fact]
    public async Task List_tells_all_but_the_secrets_in_pages()
    {
        const string Lister = "lister";
        foreach (var id in new[] { "l3", "l1", "l2" })
        {
            await enforcement.Client.CreateApiKeyAsync(
                new CreateApiKeyRequest { TenantId = Lister, KeyId = id, Scopes = { Scope.Appeal }, ExpireTime = Timestamp.FromDateTimeOffset(Now.AddDays(7)) }, Admin);
        }

        var request = new ListApiKeysRequest { TenantId = Lister, PageSize = 2 };
        var first = await enforcement.Client.ListApiKeysAsync(request, enforcement.As("otto@test", Role.Auditor));
        request.PageToken = first.NextPageToken;
        var second = await enforcement.Client.ListApiKeysAsync(request, Admin);
        Assert.Equal(["l1", "l2", "l3"], first.Keys.Concat(second.Keys).Select(k => k.KeyId));
        Assert.Equal("", second.NextPageToken);
        Assert.Equal([Scope.Appeal], first.Keys[0].Scopes);
        Assert.Equal("", first.Keys[0].LastUseDay);
        request.PageToken = "!";
        request.PageSize = 501;
        Assert.Equal(["page_size", "page_token"], await FieldsAsync(async () => await enforcement.Client.ListApiKeysAsync(request, Admin)));
    }

    [Fact]
    public async Task Changes_are_recorded_before_anyone_has_the_secret_and_without_it()
    {
        var key = await CreateAsync("audited", null, Scope.Read);
        var rotated = await RotateAsync("audited", Now);
        await enforcement.Client.RevokeApiKeyAsync(new RevokeApiKeyRequest { TenantId = Tenant, KeyId = "audited" }, Admin);
        var changes = enforcement.Audit.Changes.Where(c => c.Target == "key/audited").ToList();
        Assert.Equal(["key.create", "key.rotate", "key.revoke"], changes.Select(c => c.Action));
        Assert.All(changes, c => Assert.Equal(("ada@test", Tenant), (c.Actor, c.TenantId)));
        Assert.Equal([false, true, true], changes.Select(c => c.Before is not null));
        Assert.Equal([true, true, false], changes.Select(c => c.After is not null));
        Assert.All([key, rotated], k => Assert.DoesNotContain(k.Split('_')[2], string.Join(' ', changes), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Key_whose_record_can_not_be_kept_is_handed_to_nobody()
    {
        enforcement.Audit.Down = true;
        try
        {
            var failure = await Assert.ThrowsAsync<RpcException>(() => CreateAsync("unrecorded", null));
            Assert.Equal(ErrorReason.DependencyUnavailable, RpcErrors.ReasonOf(failure));
        }
        finally
        {
            enforcement.Audit.Down = false;
        }
    }

    private async Task<string> CreateAsync(string keyId, DateTimeOffset? end, params Scope[] scopes)
        => (await enforcement.Client.CreateApiKeyAsync(
            new CreateApiKeyRequest { TenantId = Tenant, KeyId = keyId, Scopes = { scopes }, ExpireTime = end is { } at ? Timestamp.FromDateTimeOffset(at) : null }, Admin)).ApiKey;

    private async Task<string> RotateAsync(string keyId, DateTimeOffset oldEnd, string requestId = "")
        => (await enforcement.Client.RotateApiKeyAsync(
            new RotateApiKeyRequest { TenantId = Tenant, KeyId = keyId, OldSecretEndTime = Timestamp.FromDateTimeOffset(oldEnd), RequestId = requestId }, Admin)).ApiKey;

    private async Task<ErrorReason> ReadAsync(string key)
    {
        var read = new GetDecisionRequest { DecisionId = "d_1_01ARZ3NDEKTSV4RRFFQ69G5FAV" };
        return RpcErrors.ReasonOf(await Assert.ThrowsAsync<RpcException>(
            async () => await enforcement.Client.GetDecisionAsync(read, new Metadata { { AccessInterceptor.ApiKeyHeader, key } })));
    }

    private static async Task<IEnumerable<string>> FieldsAsync(Func<Task> call)
    {
        var failure = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(ErrorReason.InvalidFields, RpcErrors.ReasonOf(failure));
        return failure.GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>()!.FieldViolations.Select(v => v.Field); // INVALID_FIELDS always has one
    }

    /// <summary>The service with a record of changes that can be read, and be away.</summary>
    public sealed class AuditedFixture : EnforcementFixture
    {
        internal ReadableAudit Audit { get; } = new();

        protected override void Add(Microsoft.Extensions.DependencyInjection.IServiceCollection services)
            => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton<IAdminAudit>(services, Audit);
    }

    internal sealed class ReadableAudit : IAdminAudit
    {
        public bool Down { get; set; }

        public System.Collections.Concurrent.ConcurrentQueue<AdminChange> Changes { get; } = new();

        public Task RecordAsync(AdminChange change)
        {
            if (Down)
            {
                throw RpcErrors.Create(ErrorReason.DependencyUnavailable, ("dependency", "redis"));
            }

            Changes.Enqueue(change);
            return Task.CompletedTask;
        }
    }
}
