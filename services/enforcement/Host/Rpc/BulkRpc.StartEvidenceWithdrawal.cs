using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class BulkRpc
{
    public override async Task<StartEvidenceWithdrawalResponse> StartEvidenceWithdrawal(StartEvidenceWithdrawalRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireName(request.TenantId, "tenant_id");
        violations.RequireId(request.RequestId, "request_id");
        RequireEvidence(request.Evidence, "evidence", violations);
        RequireRationale(request.Rationale, violations);
        RequireCap(request.Cap, violations);
        violations.ThrowIfAny();
        var wish = WishOf(
            request.TenantId, new BulkSelection { Evidence = request.Evidence }, new Contracts.V1.Verdict { Rationale = request.Rationale }, context);
        return new StartEvidenceWithdrawalResponse { Job = await desk.StartAsync(wish, BulkKind.Withdrawal, request, request.RequestId, request.Cap) };
    }
}
