using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class EnforcementRpc
{
    public override async Task<GetDecisionResponse> GetDecision(GetDecisionRequest request, ServerCallContext context)
        => new() { Decision = await FindDecisionAsync(request.DecisionId, context) };

    private async Task<Decision> FindDecisionAsync(string decisionId, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireId(decisionId, "decision_id");
        violations.ThrowIfAny();
        return await store.FindAsync(Caller.TenantOf(context), decisionId) ?? throw await archived.AbsentAsync(decisionId);
    }
}
