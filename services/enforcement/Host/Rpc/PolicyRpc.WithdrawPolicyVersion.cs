using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class PolicyRpc
{
    public override async Task<WithdrawPolicyVersionResponse> WithdrawPolicyVersion(WithdrawPolicyVersionRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        RequireVersion(violations, request.Version);
        RequireReason(violations, request.Reason);
        RequireState(violations, request.StateVersion);
        violations.ThrowIfAny();
        return new WithdrawPolicyVersionResponse { State = await desk.WithdrawAsync(request.Version, ActorOf(context, request.Reason, request.StateVersion)) };
    }
}
