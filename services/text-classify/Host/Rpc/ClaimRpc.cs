using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;
using Moderation.TextClassify.Host.Claims;

namespace Moderation.TextClassify.Host.Rpc;

/// <summary>Fact-checks and the texts that repeat what they found false. One RPC a file.</summary>
internal sealed partial class ClaimRpc(ClaimStore store, ClaimCatalogueStore catalogue, TimeProvider time) : ClaimService.ClaimServiceBase
{
    private ClaimSnapshot Loaded => catalogue.Snapshot ?? throw RpcErrors.Create(ErrorReason.DependencyUnavailable, ("dependency", "redis"));

    private FactCheck ToContract(StoredFactCheck check) => check.ToContract(catalogue.Counts(check.Check));
}
