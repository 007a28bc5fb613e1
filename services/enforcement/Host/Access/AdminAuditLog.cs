namespace Moderation.Enforcement.Host.Access;

/// <summary>Keeps changes in the log of the service, by ids only.</summary>
internal sealed partial class AdminAuditLog(ILogger<AdminAuditLog> logger) : IAdminAudit
{
    public Task RecordAsync(AdminChange change)
    {
        LogChange(change.Action, change.Object, change.TenantId, change.Actor);
        return Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Information, "{Action} {Object} of {TenantId} by {Actor}")]
    private partial void LogChange(string action, string @object, string tenantId, string actor);
}
