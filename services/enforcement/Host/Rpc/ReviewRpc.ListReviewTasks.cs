using System.Globalization;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Review;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class ReviewRpc
{
    private const int DefaultPage = 100;
    private const int LargestPage = 500;

    public override async Task<ListReviewTasksResponse> ListReviewTasks(ListReviewTasksRequest request, ServerCallContext context)
    {
        var name = request.Queue.Length > 0 ? request.Queue : ReviewTasks.General;
        var (rank, id) = (double.NegativeInfinity, "");
        var violations = new FieldViolations();
        violations.RequireName(request.TenantId, "tenant_id");
        RequireQueues([name], "queue", violations);
        violations.Require(request.PageSize is >= 0 and <= LargestPage, "page_size", $"must be 1..{LargestPage}, or 0 for {DefaultPage}");
        violations.Require(request.PageToken.Length == 0 || TryRead(request.PageToken, out rank, out id), "page_token", "must be as answered by the call before");
        violations.ThrowIfAny();
        RequireClearance([name], context);
        var size = request.PageSize > 0 ? request.PageSize : DefaultPage;
        var response = new ListReviewTasksResponse();
        await foreach (var task in queue.ReadAsync(request.TenantId, [name], rank, id))
        {
            if (response.Tasks.Count == size)
            {
                response.NextPageToken = Token(response.Tasks[^1].TaskId, rank);
                break;
            }

            var listed = ToContract(task);
            if (!request.OverdueOnly || listed.Overdue)
            {
                response.Tasks.Add(listed);
                rank = ReviewTasks.Rank(task.Record);
            }
        }

        return response;
    }

    private static string Token(string taskId, double rank) => string.Create(CultureInfo.InvariantCulture, $"{rank:R}/{taskId}");

    private static bool TryRead(string token, out double rank, out string id)
    {
        var cut = token.IndexOf('/', StringComparison.Ordinal);
        id = cut < 0 ? "" : token[(cut + 1)..];
        return double.TryParse(token.AsSpan(0, Math.Max(cut, 0)), NumberStyles.Float, CultureInfo.InvariantCulture, out rank) && double.IsFinite(rank);
    }
}
