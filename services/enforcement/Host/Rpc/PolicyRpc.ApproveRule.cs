using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class PolicyRpc
{
    public override async Task<ApproveRuleResponse> ApproveRule(ApproveRuleRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireId(request.RuleId, "rule_id");
        RequireReason(violations, request.Reason);
        RequireState(violations, request.StateVersion);
        violations.ThrowIfAny();
        return new ApproveRuleResponse { State = await desk.ApproveRuleAsync(request.RuleId, ActorOf(context, request.Reason, request.StateVersion)) };
    }
}
