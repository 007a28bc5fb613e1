using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class DataRpc
{
    public override async Task<ReleaseLegalHoldResponse> ReleaseLegalHold(ReleaseLegalHoldRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireId(request.HoldId, "hold_id");
        violations.ThrowIfAny();
        return new ReleaseLegalHoldResponse { Hold = await holds.ReleaseAsync(await FindHoldAsync(request.HoldId, context), Caller.Of(context).Subject) };
    }
}
