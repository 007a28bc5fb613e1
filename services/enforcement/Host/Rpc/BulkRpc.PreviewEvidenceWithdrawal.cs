using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class BulkRpc
{
    public override async Task<PreviewEvidenceWithdrawalResponse> PreviewEvidenceWithdrawal(PreviewEvidenceWithdrawalRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireName(request.TenantId, "tenant_id");
        RequireEvidence(request.Evidence, "evidence", violations);
        RequireSample(request.SampleSize, violations);
        violations.ThrowIfAny();
        var wish = WishOf(request.TenantId, new BulkSelection { Evidence = request.Evidence }, new Contracts.V1.Verdict { Rationale = "preview" }, context);
        return new PreviewEvidenceWithdrawalResponse { Preview = await desk.PreviewAsync(wish, request.SampleSize > 0 ? request.SampleSize : DefaultSample) };
    }
}
