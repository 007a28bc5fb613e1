using System.Globalization;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class BulkRpc
{
    private const int DefaultPage = 100;
    private const int LargestPage = 500;

    public override async Task<GetBulkDecisionResponse> GetBulkDecision(GetBulkDecisionRequest request, ServerCallContext context)
    {
        var start = 0;
        var violations = new FieldViolations();
        violations.RequireId(request.JobId, "job_id");
        violations.Require(request.PageSize is >= 0 and <= LargestPage, "page_size", $"must be 1..{LargestPage}, or 0 for {DefaultPage}");
        violations.Require(
            request.PageToken.Length == 0 || int.TryParse(request.PageToken, NumberStyles.None, CultureInfo.InvariantCulture, out start), "page_token",
            "must be as answered by the call before");
        violations.ThrowIfAny();
        var job = await FindAsync(request.JobId, context);
        var size = request.PageSize > 0 ? request.PageSize : DefaultPage;
        var results = await jobs.ResultsAsync(request.JobId, start, size);
        return new GetBulkDecisionResponse
        {
            Job = job,
            Results = { results },
            NextPageToken = results.Count == size ? (start + size).ToString(CultureInfo.InvariantCulture) : "",
        };
    }
}
