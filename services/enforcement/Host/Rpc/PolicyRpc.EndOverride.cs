using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class PolicyRpc
{
    public override async Task<EndOverrideResponse> EndOverride(EndOverrideRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireId(request.OverrideId, "override_id");
        RequireReason(violations, request.Reason);
        violations.ThrowIfAny();
        return new EndOverrideResponse { State = await desk.EndOverrideAsync(request.OverrideId, ActorOf(context, request.Reason)) };
    }
}
