using Google.Protobuf;

namespace Moderation.ServiceDefaults.Audit;

/// <summary>
/// Keeps what people change of what the suite decides by and of who may do what: policies, banks, lists, models, keys, webhooks. Record a change
/// before it takes effect, so that nothing can be changed without a record; what is refused after that (somebody else was faster) stands there as
/// what was asked for.
/// </summary>
public interface IAdminAudit
{
    /// <summary>Keeps <paramref name="change"/>. A call whose change can't be recorded fails, and changes nothing.</summary>
    /// <exception cref="ArgumentException">A part of it is not as <see cref="Contracts.V1.AdminAuditEntry"/> has it.</exception>
    Task RecordAsync(AdminChange change);
}

/// <summary>A change that a person asks for.</summary>
/// <param name="Actor">The person, as authenticated; 1 to 200 characters.</param>
/// <param name="Action">What is done, such as <c>key.create</c>; 1 to 100 characters of a-z 0-9 . -</param>
/// <param name="Target">To what, such as <c>key/backend-1</c>; 1 to 300 characters.</param>
/// <param name="TenantId">Whose; empty when it concerns all.</param>
/// <param name="Before">The object before, without secrets; null when it was not there.</param>
/// <param name="After">The object after, without secrets; null when it is no longer there.</param>
public sealed record AdminChange(string Actor, string Action, string Target, string TenantId, IMessage? Before, IMessage? After);
