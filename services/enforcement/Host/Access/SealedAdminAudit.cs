using System.Security.Cryptography;
using Google.Protobuf;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Audit;

namespace Moderation.Enforcement.Host.Access;

/// <summary>Keeps changes in the sealed chain of what people change: ids, and hashes of what was there before and after.</summary>
internal sealed class SealedAdminAudit(AdminAuditLedger ledger) : IAdminAudit
{
    public Task RecordAsync(AdminChange change) => ledger.AppendAsync(new AdminAuditEntry
    {
        Actor = change.Actor,
        Action = change.Action,
        Object = change.Object,
        TenantId = change.TenantId,
        BeforeHash = HashOf(change.Before),
        AfterHash = HashOf(change.After),
    });

    private static ByteString HashOf(ApiKey? key) => key is null ? ByteString.Empty : ByteString.CopyFrom(SHA256.HashData(key.ToByteArray()));
}
