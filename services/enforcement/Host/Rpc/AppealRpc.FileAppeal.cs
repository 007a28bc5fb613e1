using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class AppealRpc
{
    private const int LongestText = 4000;

    public override async Task<FileAppealResponse> FileAppeal(FileAppealRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireId(request.DecisionId, "decision_id");
        violations.Require(request.MeasureNumber is >= 0 and <= 100, "measure_number", "must be 0 for all measures, or the place of one in the decision, from 1");
        violations.Require(request.Text.Length <= LongestText, "text", $"must be at most {LongestText} characters");
        violations.ThrowIfAny();
        return new FileAppealResponse { Appeal = await store.FileAsync(Caller.TenantOf(context), Caller.Of(context).Subject, request) };
    }
}
