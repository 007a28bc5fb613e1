namespace Moderation.Enforcement.Host.Access;

/// <summary>Keeps what people change about who may do what.</summary>
internal interface IAdminAudit
{
    /// <summary>Keeps <paramref name="change"/>; a call that can't be recorded fails, and hands out nothing.</summary>
    Task RecordAsync(AdminChange change);
}

/// <summary>A change of who may do what.</summary>
/// <param name="Actor">The person, as authenticated.</param>
/// <param name="Action">What was done: <c>key.create</c>, <c>key.rotate</c>, <c>key.revoke</c>.</param>
/// <param name="Object">To what: <c>key/backend-1</c>.</param>
/// <param name="TenantId">Whose.</param>
/// <param name="Before">The object before, without secrets; null when it was not there.</param>
/// <param name="After">The object after, without secrets; null when it is no longer there.</param>
internal sealed record AdminChange(string Actor, string Action, string Object, string TenantId, Contracts.V1.ApiKey? Before, Contracts.V1.ApiKey? After);
