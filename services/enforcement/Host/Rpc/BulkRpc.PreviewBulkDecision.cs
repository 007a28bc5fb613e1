using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class BulkRpc
{
    public override async Task<PreviewBulkDecisionResponse> PreviewBulkDecision(PreviewBulkDecisionRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireName(request.TenantId, "tenant_id");
        RequireSelection(request.Selection, violations);
        RequireBulkVerdict(request.Verdict, violations);
        RequireSample(request.SampleSize, violations);
        violations.ThrowIfAny();
        var verdict = request.Verdict?.Clone();
        if (verdict is { Rationale.Length: 0 })
        {
            verdict.Rationale = "preview"; // nothing is decided, so nothing has to be explained
        }

        var wish = WishOf(request.TenantId, request.Selection, verdict, context);
        return new PreviewBulkDecisionResponse { Preview = await desk.PreviewAsync(wish, request.SampleSize > 0 ? request.SampleSize : DefaultSample) };
    }
}
