using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class ReportRpc
{
    private const int LongestExplanation = 4000;
    private const int LongestPostText = 20_000;

    public override async Task<FileReportResponse> FileReport(FileReportRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireId(request.PostId, "post_id");
        violations.RequireId(request.ReporterId, "reporter_id");
        violations.Require(IsCategory(request.Category), "category", "must be a harm of the closed taxonomy");
        violations.Require(request.Explanation.Length <= LongestExplanation, "explanation", $"must be at most {LongestExplanation} characters");
        violations.Require(request.PostText.Length <= LongestPostText, "post_text", $"must be at most {LongestPostText} characters");
        if (request.TrustedFlaggerId.Length > 0)
        {
            violations.RequireName(request.TrustedFlaggerId, "trusted_flagger_id");
            violations.Require(request.Explanation.Trim().Length > 0, "explanation", "is required of a trusted flagger");
        }

        violations.ThrowIfAny();
        return new FileReportResponse { Report = await store.FileAsync(Caller.TenantOf(context), Caller.Of(context).Subject, request) };
    }
}
