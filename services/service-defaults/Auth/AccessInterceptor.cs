using Grpc.Core;
using Grpc.Core.Interceptors;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.ServiceDefaults.Auth;

/// <summary>Authenticates each call and holds it against the access that the contract gives its RPC.</summary>
public sealed class AccessInterceptor(ApiKeyVerifier apiKeys, ServiceTokens serviceTokens, PeopleTokens peopleTokens, ProviderTokens providerTokens) : Interceptor
{
    /// <summary>The header with a tenant's API key.</summary>
    public const string ApiKeyHeader = "x-api-key";

    /// <summary>The header by which a service or a person says for which tenant they call an RPC that a tenant's key may call as well.</summary>
    public const string TenantHeader = "x-tenant-id";

    /// <inheritdoc />
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        await AuthoriseAsync(context, request);
        return await continuation(request, context);
    }

    /// <inheritdoc />
    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await AuthoriseAsync(context, null);
        return await continuation(requestStream, context);
    }

    /// <inheritdoc />
    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await AuthoriseAsync(context, request);
        await continuation(request, responseStream, context);
    }

    /// <inheritdoc />
    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await AuthoriseAsync(context, null);
        await continuation(requestStream, responseStream, context);
    }

    private async ValueTask AuthoriseAsync(ServerCallContext context, object? request)
    {
        if (!AccessTable.Rules.TryGetValue(context.Method, out var rule))
        {
            // Health and reflection tell nothing of any tenant. Anything else that the table does not have is nobody's to call.
            if (IsOpen(context.Method))
            {
                return;
            }

            throw RpcErrors.Create(ErrorReason.AccessDenied, ("expected", "an RPC that the access table knows"));
        }

        var caller = await AuthoriseAsync(context.RequestHeaders, rule);
        (request is null ? caller : rule.Require(caller, request)).AttachTo(context);
    }

    /// <summary>Who sends these headers, when that caller may call the RPC of <paramref name="rule"/>.</summary>
    /// <exception cref="RpcException">UNAUTHENTICATED, ACCESS_DENIED, SCOPE_DENIED, ROLE_DENIED or TENANT_DENIED.</exception>
    public async ValueTask<Caller> AuthoriseAsync(Metadata headers, AccessRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var caller = await AuthenticateAsync(headers) ?? throw RpcErrors.Create(ErrorReason.Unauthenticated, ("expected", rule.Expected));
        rule.Require(caller);
        return caller;
    }

    /// <summary>Who sends these headers, or null when no credential in them is good.</summary>
    public async ValueTask<Caller?> AuthenticateAsync(Metadata headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        if (headers.GetValue(ApiKeyHeader) is { } apiKey)
        {
            return await apiKeys.FindAsync(apiKey) is { } key ? Caller.OfKey(key.TenantId, key.KeyId, key.Scopes) : null;
        }

        if (headers.GetValue("authorization") is not { } authorization || !authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var token = authorization["Bearer ".Length..].Trim();
        var tenant = headers.GetValue(TenantHeader);
        if (await serviceTokens.ValidateAsync(token) is { } service)
        {
            return Caller.OfService(service, tenant);
        }

        return (await peopleTokens.ValidateAsync(token) ?? await providerTokens.ValidateAsync(token)) is { } person ? Caller.OfPerson(person, tenant) : null;
    }

    private static bool IsOpen(string method)
        => method.StartsWith("/grpc.health.", StringComparison.Ordinal) || method.StartsWith("/grpc.reflection.", StringComparison.Ordinal);
}
