using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class BulkRpc
{
    public override async Task<StartBulkDecisionResponse> StartBulkDecision(StartBulkDecisionRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireName(request.TenantId, "tenant_id");
        violations.RequireId(request.RequestId, "request_id");
        RequireSelection(request.Selection, violations);
        RequireBulkVerdict(request.Verdict, violations);
        RequireCap(request.Cap, violations);
        violations.ThrowIfAny();
        var wish = WishOf(request.TenantId, request.Selection, request.Verdict, context);
        return new StartBulkDecisionResponse { Job = await desk.StartAsync(wish, BulkKind.Decision, request, request.RequestId, request.Cap) };
    }
}
