using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Moderation.Contracts.V1;

namespace Moderation.ServiceDefaults.Auth;

/// <summary>Who calls, as authenticated.</summary>
/// <param name="Kind">The kind of credential: PUBLIC a tenant's key, PEOPLE a person's token, INTERNAL a service token.</param>
/// <param name="TenantId">The tenant on whose behalf the call is made; null for people.</param>
/// <param name="Subject">The key id, the person, or the service.</param>
public sealed record Caller(Access Kind, string? TenantId, string Subject)
{
    private static readonly object StateKey = typeof(Caller);

    /// <summary>The caller of this call, as the access interceptor found it.</summary>
    public static Caller Of(ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return (Caller)context.UserState[StateKey];
    }

    /// <summary>The caller of this request, which is no RPC.</summary>
    public static Caller Of(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        return (Caller?)http.Items[StateKey] ?? throw new InvalidOperationException("No caller was authenticated for this path.");
    }

    /// <summary>The tenant of this call.</summary>
    /// <exception cref="RpcException">ACCESS_DENIED when the caller acts for no tenant.</exception>
    public static string TenantOf(ServerCallContext context) => Of(context).TenantId
        ?? throw Errors.RpcErrors.Create(ErrorReason.AccessDenied, ("expected", "an API key, or a service token with x-tenant-id"));

    internal void AttachTo(ServerCallContext context) => context.UserState[StateKey] = this;

    internal void AttachTo(HttpContext http) => http.Items[StateKey] = this;
}
