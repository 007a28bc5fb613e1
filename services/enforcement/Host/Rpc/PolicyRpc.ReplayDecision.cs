using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class PolicyRpc
{
    public override async Task<ReplayDecisionResponse> ReplayDecision(ReplayDecisionRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireId(request.DecisionId, "decision_id");
        violations.ThrowIfAny();
        return await decisions.FindRecordAsync(request.DecisionId) is { } record && Caller.Of(context).MayAct(record.Decision.TenantId)
            ? await workbench.ReplayAsync(record)
            : throw await archived.AbsentAsync(request.DecisionId);
    }
}
