using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.ServiceDefaults.Auth;

/// <summary>What the contract asks of a caller of one RPC.</summary>
public sealed class AccessRule
{
    private readonly TenantFields _tenants;

    /// <summary>The rule of <paramref name="method"/>.</summary>
    public AccessRule(MethodDescriptor method)
    {
        ArgumentNullException.ThrowIfNull(method);
        var options = method.GetOptions();
        Method = method;
        Access = options?.GetExtension(AccessExtensions.Access) ?? Access.Unspecified;
        Roles = (options?.GetExtension(AccessExtensions.Roles)?.ToFrozenSet()) ?? [];
        Scope = options?.GetExtension(AccessExtensions.Scope) ?? Scope.Unspecified;
        InstallationWide = options?.GetExtension(AccessExtensions.InstallationWide) ?? false;
        _tenants = TenantFields.Of(method.InputType);
    }

    /// <summary>The RPC.</summary>
    public MethodDescriptor Method { get; }

    /// <summary>The kind of credential.</summary>
    public Access Access { get; }

    /// <summary>The roles of people, any one of which will do.</summary>
    public IReadOnlySet<Role> Roles { get; }

    /// <summary>The scope that a key needs.</summary>
    public Scope Scope { get; }

    /// <summary>Whether a person needs a part in all tenants.</summary>
    public bool InstallationWide { get; }

    /// <summary>Whether platforms may call it.</summary>
    public bool IsPublic => Access is Access.Public or Access.PublicOrPeople;

    /// <summary>Whether people may call it.</summary>
    public bool IsPeoples => Access is Access.People or Access.PublicOrPeople;

    /// <summary>What kind of credential would be right.</summary>
    public string Expected => Access switch
    {
        Access.Public => "an API key in x-api-key",
        Access.People => "a person's token in authorization: Bearer",
        Access.PublicOrPeople => "an API key in x-api-key, or a person's token in authorization: Bearer",
        _ => "a service token in authorization: Bearer",
    };

    /// <summary>What is wrong with the options of the RPC; a server does not start while there is anything.</summary>
    public IEnumerable<string> Faults()
    {
        if (Access == Access.Unspecified)
        {
            yield return "has no access option";
        }

        if (IsPeoples == (Roles.Count == 0))
        {
            yield return IsPeoples ? "is for people and names no roles" : "names roles and is not for people";
        }

        if (Roles.Contains(Role.Unspecified) || Roles.Contains(Role.Platform))
        {
            yield return "names a role that no person has";
        }

        if (IsPublic == (Scope == Scope.Unspecified))
        {
            yield return IsPublic ? "is for platforms and names no scope" : "names a scope and is not for platforms";
        }

        if (InstallationWide && Access != Access.People)
        {
            yield return "is installation_wide and not for people alone";
        }

        // Who has a part in all tenants may name any.
        if (IsPeoples && Method.IsClientStreaming && !InstallationWide)
        {
            yield return "is for people and streams its requests, whose tenants nobody would look at";
        }
    }

    /// <summary>Refuses a caller who may not call this RPC at all.</summary>
    /// <exception cref="RpcException">ACCESS_DENIED, SCOPE_DENIED, ROLE_DENIED or TENANT_DENIED.</exception>
    internal void Require(Caller caller)
    {
        switch (caller.Kind)
        {
            case Access.Public when IsPublic:
                if (!caller.Scopes.Contains(Scope))
                {
                    throw RpcErrors.Create(ErrorReason.ScopeDenied, ("expected", ApiKeyScopes.NameOf(Scope)));
                }

                return;
            case Access.People when IsPeoples:
                RequirePerson(caller);
                return;
            case Access.Internal when IsPublic || Access == Access.Internal:
                return;
            default:
                throw RpcErrors.Create(ErrorReason.AccessDenied, ("expected", Expected));
        }
    }

    /// <summary>Refuses a request for a tenant that is not the caller's, and says for which tenant it is.</summary>
    /// <exception cref="RpcException">TENANT_DENIED or INVALID_FIELDS.</exception>
    internal Caller Require(Caller caller, object request)
    {
        if (caller.Kind == Access.Internal || request is not Google.Protobuf.IMessage message)
        {
            return caller;
        }

        foreach (var tenant in _tenants.In(message))
        {
            RequireTenant(caller, tenant);
        }

        if (_tenants.Named(message) is not { } named)
        {
            return caller;
        }

        if (named.Length > 0)
        {
            return caller with { TenantId = named };
        }

        // A handler might read "no tenant" as "all of them", so it is let through for nobody who has not all of them.
        if (Access == Access.People && !caller.ActsForAll)
        {
            var violations = new FieldViolations();
            violations.RequireName(named, TenantFields.Name);
            violations.ThrowIfAny();
        }

        return caller;
    }

    private void RequirePerson(Caller caller)
    {
        if (!caller.Roles.Overlaps(Roles))
        {
            throw RpcErrors.Create(ErrorReason.RoleDenied, ("expected", string.Join(", ", Roles.Order().Select(Person.NameOf))));
        }

        if (InstallationWide && !caller.ActsForAll)
        {
            throw RpcErrors.Create(ErrorReason.TenantDenied, ("tenant_id", Person.AllTenants));
        }

        if (caller.TenantId is { } tenant)
        {
            var violations = new FieldViolations();
            violations.RequireName(tenant, AccessInterceptor.TenantHeader); // it becomes part of keys
            violations.ThrowIfAny();
            RequireTenant(caller, tenant);
        }
    }

    private static void RequireTenant(Caller caller, string tenant)
    {
        if (!caller.MayAct(tenant))
        {
            throw RpcErrors.Create(ErrorReason.TenantDenied, ("tenant_id", tenant));
        }
    }
}
