using System.Globalization;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Audit;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class AuditRpc
{
    private const int DefaultCheckpoints = 20;
    private const int MostCheckpoints = 100;

    public override async Task<ListCheckpointsResponse> ListCheckpoints(ListCheckpointsRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.Require(request.PageSize is >= 0 and <= MostCheckpoints, "page_size", $"must be 0 (for {DefaultCheckpoints}) to {MostCheckpoints}");
        violations.Require(TryReadToken(request.PageToken, out var last), "page_token", "must be empty or the next_page_token of the page before");
        violations.ThrowIfAny();
        var size = request.PageSize == 0 ? DefaultCheckpoints : request.PageSize;
        var from = request.PageToken.Length == 0 ? (await store.LatestCheckpointAsync())?.Number ?? 0 : last;
        var found = await store.CheckpointsBackwardsAsync(from, size + 1);
        var response = new ListCheckpointsResponse { Checkpoints = { found.Take(size).Select(c => c.ToContract()) } };
        if (found.Count > size)
        {
            response.NextPageToken = found[size].Number.ToString(CultureInfo.InvariantCulture);
        }

        return response;
    }
}
