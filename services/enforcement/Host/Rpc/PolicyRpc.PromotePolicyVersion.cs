using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class PolicyRpc
{
    public override async Task<PromotePolicyVersionResponse> PromotePolicyVersion(PromotePolicyVersionRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        RequireVersion(violations, request.Version);
        RequireReason(violations, request.Reason);
        RequireState(violations, request.StateVersion);
        violations.ThrowIfAny();
        return new PromotePolicyVersionResponse { State = await desk.PromoteAsync(request.Version, ActorOf(context, request.Reason, request.StateVersion)) };
    }
}
