using System.Collections.Frozen;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.ServiceDefaults.Auth;

/// <summary>Who calls, as authenticated.</summary>
/// <param name="Kind">The kind of credential: PUBLIC a tenant's key, PEOPLE a person's token, INTERNAL a service token.</param>
/// <param name="TenantId">The tenant on whose behalf the call is made; null where none is named.</param>
/// <param name="Subject">The key id, the person, or the service.</param>
public sealed record Caller(Access Kind, string? TenantId, string Subject)
{
    private static readonly object StateKey = typeof(Caller);

    /// <summary>What they may do, with what a role includes. A key is PLATFORM, a service has none.</summary>
    public IReadOnlySet<Role> Roles { get; private init; } = FrozenSet<Role>.Empty;

    /// <summary>The tenants of a person; <see cref="Person.AllTenants"/> is every one.</summary>
    public IReadOnlySet<string> Tenants { get; private init; } = FrozenSet<string>.Empty;

    /// <summary>What a person may see beyond their roles.</summary>
    public IReadOnlySet<string> Clearances { get; private init; } = FrozenSet<string>.Empty;

    /// <summary>What an API key may be used for.</summary>
    public IReadOnlySet<Scope> Scopes { get; private init; } = FrozenSet<Scope>.Empty;

    /// <summary>A platform's backend, by its key.</summary>
    public static Caller OfKey(string tenantId, string keyId, IReadOnlySet<Scope> scopes)
        => new(Access.Public, tenantId, keyId) { Roles = PlatformRoles, Scopes = scopes };

    /// <summary>A person. Who has a part in exactly one tenant need not name it.</summary>
    public static Caller OfPerson(Person person, string? tenantId)
    {
        ArgumentNullException.ThrowIfNull(person);
        var only = person.Tenants.Count == 1 ? person.Tenants.Single() : null;
        return new Caller(Access.People, tenantId ?? (only == Person.AllTenants ? null : only), person.Subject)
        {
            Roles = person.Roles.Contains(Role.Lead) ? person.Roles.Append(Role.Reviewer).ToFrozenSet() : person.Roles,
            Tenants = person.Tenants,
            Clearances = person.Clearances,
        };
    }

    /// <summary>A service, on behalf of a tenant where it names one.</summary>
    public static Caller OfService(string service, string? tenantId) => new(Access.Internal, tenantId, service);

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

    /// <summary>The tenant of this call: the key's, or the one that a service or a person names. Right for PUBLIC and PUBLIC_OR_PEOPLE RPCs.</summary>
    /// <exception cref="RpcException">INVALID_FIELDS when a person of several tenants names none, ACCESS_DENIED when a service names none.</exception>
    public static string TenantOf(ServerCallContext context)
    {
        var caller = Of(context);
        if (caller.TenantId is { } tenant)
        {
            return tenant;
        }

        if (caller.Kind != Access.People)
        {
            throw RpcErrors.Create(ErrorReason.AccessDenied, ("expected", "an API key, or a service token with x-tenant-id"));
        }

        var violations = new FieldViolations();
        violations.Add(AccessInterceptor.TenantHeader, "must name the tenant: your token is good for several");
        throw violations.ToException();
    }

    /// <summary>Refuses a person who has no part in <paramref name="tenantId"/>, and a key of another tenant.</summary>
    /// <remarks>
    /// For tenants that the request names. An object found by its own id is answered with the same NOT_FOUND as an unknown id instead
    /// (see <see cref="MayAct"/>), so that nobody learns what exists elsewhere.
    /// </remarks>
    /// <exception cref="RpcException">TENANT_DENIED, also for a tenant that does not exist.</exception>
    public static void RequireTenant(ServerCallContext context, string tenantId)
    {
        if (!Of(context).MayAct(tenantId))
        {
            throw RpcErrors.Create(ErrorReason.TenantDenied, ("tenant_id", tenantId));
        }
    }

    /// <summary>Refuses a person without <paramref name="clearance"/>.</summary>
    /// <exception cref="RpcException">CLEARANCE_DENIED.</exception>
    public static void RequireClearance(ServerCallContext context, string clearance)
    {
        if (!Of(context).Clearances.Contains(clearance))
        {
            throw RpcErrors.Create(ErrorReason.ClearanceDenied, ("expected", clearance));
        }
    }

    /// <summary>Whether what belongs to <paramref name="tenantId"/> is this caller's to see and to act on, as far as tenants go.</summary>
    public bool MayAct(string tenantId) => Kind == Access.People ? ActsForAll || Tenants.Contains(tenantId) : TenantId is null || TenantId == tenantId;

    /// <summary>Whether this is a person with a part in every tenant.</summary>
    public bool ActsForAll => Tenants.Contains(Person.AllTenants);

    internal void AttachTo(ServerCallContext context) => context.UserState[StateKey] = this;

    internal void AttachTo(HttpContext http) => http.Items[StateKey] = this;

    private static readonly FrozenSet<Role> PlatformRoles = [Role.Platform];
}
