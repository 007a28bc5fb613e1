using Grpc.Core;
using Grpc.Core.Interceptors;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.ServiceDefaults.Auth;

/// <summary>Authenticates each call and holds it against the access that the contract gives its RPC.</summary>
public sealed class AccessInterceptor(ApiKeyStore apiKeys, ServiceTokens serviceTokens, PeopleTokens peopleTokens) : Interceptor
{
    /// <summary>The header with a tenant's API key.</summary>
    public const string ApiKeyHeader = "x-api-key";

    /// <summary>The header by which a service says on whose behalf it calls a PUBLIC RPC.</summary>
    public const string TenantHeader = "x-tenant-id";

    /// <inheritdoc />
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        await AuthoriseAsync(context);
        return await continuation(request, context);
    }

    /// <inheritdoc />
    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await AuthoriseAsync(context);
        return await continuation(requestStream, context);
    }

    /// <inheritdoc />
    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await AuthoriseAsync(context);
        await continuation(request, responseStream, context);
    }

    /// <inheritdoc />
    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        await AuthoriseAsync(context);
        await continuation(requestStream, responseStream, context);
    }

    private async ValueTask AuthoriseAsync(ServerCallContext context)
    {
        // What is not in the table is health and reflection, which are open: they tell nothing of any tenant.
        if (!AccessTable.Methods.TryGetValue(context.Method, out var access))
        {
            return;
        }

        (await AuthoriseAsync(context.RequestHeaders, access)).AttachTo(context);
    }

    /// <summary>Who sends these headers, when that caller may call an RPC with <paramref name="access"/>.</summary>
    /// <exception cref="RpcException">UNAUTHENTICATED or ACCESS_DENIED.</exception>
    public async ValueTask<Caller> AuthoriseAsync(Metadata headers, Access access)
    {
        var caller = await AuthenticateAsync(headers) ?? throw RpcErrors.Create(ErrorReason.Unauthenticated, ("expected", Expected(access)));
        return caller.Kind == access || (access == Access.Public && caller.Kind == Access.Internal)
            ? caller
            : throw RpcErrors.Create(ErrorReason.AccessDenied, ("expected", Expected(access)));
    }

    /// <summary>Who sends these headers, or null when no credential in them is good.</summary>
    public async ValueTask<Caller?> AuthenticateAsync(Metadata headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        if (headers.GetValue(ApiKeyHeader) is { } apiKey)
        {
            return await apiKeys.FindAsync(apiKey) is var (tenant, keyId) ? new Caller(Access.Public, tenant, keyId) : null;
        }

        if (headers.GetValue("authorization") is not { } authorization || !authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var token = authorization["Bearer ".Length..].Trim();
        if (await serviceTokens.ValidateAsync(token) is { } service)
        {
            return new Caller(Access.Internal, headers.GetValue(TenantHeader), service);
        }

        return await peopleTokens.ValidateAsync(token) is { } person ? new Caller(Access.People, null, person) : null;
    }

    private static string Expected(Access access) => access switch
    {
        Access.Public => "an API key in x-api-key",
        Access.People => "a person's token in authorization: Bearer",
        _ => "a service token in authorization: Bearer",
    };
}
