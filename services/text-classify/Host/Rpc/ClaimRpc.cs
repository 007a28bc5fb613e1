using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Audit;
using Moderation.ServiceDefaults.Errors;
using Moderation.TextClassify.Host.Claims;

namespace Moderation.TextClassify.Host.Rpc;

/// <summary>Fact-checks and the texts that repeat what they found false. One RPC a file.</summary>
internal sealed partial class ClaimRpc(ClaimStore store, ClaimCatalogueStore catalogue, IAdminAudit audit, TimeProvider time) : ClaimService.ClaimServiceBase
{
    private ClaimSnapshot Loaded => catalogue.Snapshot ?? throw RpcErrors.Create(ErrorReason.DependencyUnavailable, ("dependency", "redis"));

    /// <summary>Records that a fact-check is put in the place of what was there before, or removed.</summary>
    private Task RecordAsync(string actor, string action, string claimId, StoredFactCheck? before, StoredFactCheck? after) =>
        audit.RecordAsync(new AdminChange(actor, action, "fact-check/" + claimId, "", before?.ToContract(false), after?.ToContract(false)));

    private FactCheck ToContract(StoredFactCheck check) => check.ToContract(catalogue.Counts(check.Check));
}
