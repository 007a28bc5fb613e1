using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Hosting;
using Xunit;

namespace Moderation.ServiceDefaults.Tests.Auth;

/// <summary>Through a real client and the whole pipeline of a service.</summary>
public sealed class AccessInterceptorTests(IngestFixture ingest) : IDisposable
{
    private readonly GrpcChannel _channel = GrpcChannel.ForAddress(ingest.Address(EndpointKind.Grpc));

    public void Dispose() => _channel.Dispose();

    [Fact]
    public async Task Get_post_by_a_person_is_answered_for_the_tenant_that_they_name_or_the_only_one_that_they_have()
    {
        Assert.Equal(ErrorReason.PostNotFound, await GetPostAsync(Person.Of("ana", [Role.Auditor], ["acme"])));
        Assert.Equal(ErrorReason.PostNotFound, await GetPostAsync(Person.Of("ana", [Role.Auditor], ["acme"]), "acme"));
        Assert.Equal(ErrorReason.PostNotFound, await GetPostAsync(Person.Of("ana", [Role.Auditor], ["acme", "globex"]), "globex"));
        Assert.Equal(ErrorReason.PostNotFound, await GetPostAsync(Person.OfEverything("ana"), "globex"));
        Assert.Equal(ErrorReason.InvalidFields, await GetPostAsync(Person.Of("ana", [Role.Auditor], ["acme", "globex"])));
        Assert.Equal(ErrorReason.InvalidFields, await GetPostAsync(Person.OfEverything("ana")));
        Assert.Equal(ErrorReason.InvalidFields, await GetPostAsync(Person.OfEverything("ana"), "a}b:c"));
        Assert.Equal(ErrorReason.TenantDenied, await GetPostAsync(Person.Of("ana", [Role.Auditor], ["acme"]), "globex"));
        Assert.Equal(ErrorReason.RoleDenied, await GetPostAsync(Person.Of("ana", [Role.Admin], ["acme"])));
        Assert.Equal(ErrorReason.RoleDenied, await GetPostAsync(Person.Of("ana", [], ["acme"])));
    }

    [Fact]
    public async Task Submit_by_a_key_that_may_only_read_is_denied_and_says_the_scope()
    {
        var key = await ingest.Service<ApiKeyStore>().CreateAsync("acme", "read-only", new HashSet<Scope> { Scope.Read });
        var client = new IngestService.IngestServiceClient(_channel);
        var headers = new Metadata { { AccessInterceptor.ApiKeyHeader, key! } };
        var denied = await Assert.ThrowsAsync<RpcException>(async () => await client.SubmitPostAsync(new SubmitPostRequest(), headers));
        Assert.Equal(ErrorReason.ScopeDenied, RpcErrors.ReasonOf(denied));
        Assert.Equal("SUBMIT", denied.GetRpcStatus()!.GetDetail<Google.Rpc.ErrorInfo>()!.Metadata["expected"]);
        var read = await Assert.ThrowsAsync<RpcException>(async () => await client.GetPostAsync(new GetPostRequest { PostId = "none" }, headers));
        Assert.Equal(ErrorReason.PostNotFound, RpcErrors.ReasonOf(read));
    }

    [Fact]
    public async Task Tenant_of_others_named_over_rest_is_denied()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "v1/posts/none");
        request.Headers.Add("authorization", "Bearer " + Token(Person.Of("ana", [Role.Reviewer], ["acme"])));
        request.Headers.Add(AccessInterceptor.TenantHeader, "globex");
        using var answer = await ingest.Rest.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Contains("TENANT_DENIED", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Person_of_an_identity_provider_is_let_in_beside_none_of_our_own()
    {
        using var provider = new IdentityProvider(TimeProvider.System);
        await using var service = ingest.Create(
            ("People:KeyFile", ""), ("People:Jwt:Issuer", IdentityProvider.Issuer), ("People:Jwt:Audience", IdentityProvider.Audience),
            ("People:Jwt:JwksFile", provider.JwksFile), ("People:Jwt:RoleMap:0:From", "/trust"), ("People:Jwt:RoleMap:0:To", "reviewer"));
        await service.StartAsync(TestContext.Current.CancellationToken);
        using var channel = GrpcChannel.ForAddress(service.Endpoint(EndpointKind.Grpc)!); // it has one
        async Task<ErrorReason> Get(string token) => RpcErrors.ReasonOf(await Assert.ThrowsAsync<RpcException>(
            async () => await new IngestService.IngestServiceClient(channel).GetPostAsync(
                new GetPostRequest { PostId = "none" }, new Metadata { { "authorization", "Bearer " + token } })));
        Assert.Equal(ErrorReason.PostNotFound, await Get(provider.Sign("ec-1", "ES256", provider.Claims(c => c["roles"] = new[] { "/trust" }))));
        Assert.Equal(ErrorReason.RoleDenied, await Get(provider.Sign("ec-1", "ES256"))); // its names are not ours here
        Assert.Equal(ErrorReason.Unauthenticated, await Get(Token(Person.OfEverything("ana"))));
    }

    [Fact]
    public async Task Service_with_a_provider_whose_keys_are_absent_does_not_start()
    {
        await using var service = ingest.Create(("People:Jwt:Issuer", IdentityProvider.Issuer), ("People:Jwt:JwksFile", "/nowhere/jwks.json"));
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => service.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains("People:Jwt:Audience is not set.", refused.Message, StringComparison.Ordinal);
        Assert.Contains("/nowhere/jwks.json", refused.Message, StringComparison.Ordinal);
    }

    private async Task<ErrorReason> GetPostAsync(Person person, string? tenant = null)
    {
        var headers = new Metadata { { "authorization", "Bearer " + Token(person) } };
        if (tenant is not null)
        {
            headers.Add(AccessInterceptor.TenantHeader, tenant);
        }

        return RpcErrors.ReasonOf(await Assert.ThrowsAsync<RpcException>(
            async () => await new IngestService.IngestServiceClient(_channel).GetPostAsync(new GetPostRequest { PostId = "none" }, headers)));
    }

    private string Token(Person person) => ingest.Service<PeopleTokens>().Issue(person, TimeSpan.FromMinutes(5));
}
