using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Lifecycle;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

/// <summary>How long data live. One RPC a file.</summary>
internal sealed partial class DataRpc(
    AccountExport exports, ErasureStore erasures, LegalHoldStore holds, RetentionCatalogue retention, SweepStore sweeps, TimeProvider time) : DataService.DataServiceBase
{
    private async Task<LegalHold> FindHoldAsync(string holdId, ServerCallContext context)
        => await holds.FindAsync(holdId) is { } hold && Caller.Of(context).MayAct(hold.TenantId)
            ? hold
            : throw RpcErrors.Create(ErrorReason.HoldNotFound, ("hold_id", holdId));
}
