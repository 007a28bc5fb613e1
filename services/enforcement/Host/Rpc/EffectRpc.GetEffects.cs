using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Effects;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class EffectRpc
{
    public override async Task<GetEffectsResponse> GetEffects(GetEffectsRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireId(request.DecisionId, "decision_id");
        violations.ThrowIfAny();
        return await store.FindAsync(request.DecisionId) is { } known && known.Record.Decision.TenantId == Caller.TenantOf(context)
            ? new GetEffectsResponse { Effects = { known.Effects }, Settled = EffectRules.IsSettled(known.Effects) }
            : throw RpcErrors.Create(ErrorReason.DecisionNotFound, ("decision_id", request.DecisionId));
    }
}
