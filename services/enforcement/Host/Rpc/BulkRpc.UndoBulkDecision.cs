using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Review;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class BulkRpc
{
    public override async Task<UndoBulkDecisionResponse> UndoBulkDecision(UndoBulkDecisionRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireId(request.JobId, "job_id");
        violations.RequireId(request.RequestId, "request_id");
        RequireRationale(request.Rationale, violations);
        violations.ThrowIfAny();
        return new UndoBulkDecisionResponse { Job = await desk.UndoAsync(await FindAsync(request.JobId, context), ModeratorOf(context), request) };
    }

    private static void RequireRationale(string rationale, FieldViolations violations)
        => violations.Require(rationale.Trim().Length is > 0 and <= VerdictRules.LongestRationale, "rationale", $"must be 1..{VerdictRules.LongestRationale} characters");
}
