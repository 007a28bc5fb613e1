using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Audit;

namespace Moderation.Enforcement.Host.Rpc;

/// <summary>The audit as auditors read it. One RPC a file.</summary>
internal sealed partial class AuditRpc(AuditStore store, ArchiveSlot slot, AuditExport export) : AuditService.AuditServiceBase;
