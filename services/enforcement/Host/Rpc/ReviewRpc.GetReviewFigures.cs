using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Review;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class ReviewRpc
{
    public override async Task<GetReviewFiguresResponse> GetReviewFigures(GetReviewFiguresRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireName(request.TenantId, "tenant_id");
        violations.ThrowIfAny();
        var sums = await figures.ReadAsync(request.TenantId, time.GetUtcNow());
        var response = new GetReviewFiguresResponse
        {
            Rules = { ReviewFigureStore.Rules(sums) },
            DoubleReviews = sums.GetValueOrDefault(ReviewFigureStore.DoubleReviews),
            Agreements = sums.GetValueOrDefault(ReviewFigureStore.Agreements),
            SamplesReviewed = sums.GetValueOrDefault(ReviewFigureStore.Samples),
            SamplesMissed = sums.GetValueOrDefault(ReviewFigureStore.Missed),
            AppealsDecided = sums.GetValueOrDefault(ReviewFigureStore.Appeals),
            AppealsOverturned = sums.GetValueOrDefault(ReviewFigureStore.Overturned),
        };
        foreach (var name in ReviewTasks.Queues)
        {
            response.Queues.Add(await FiguresOfAsync(request.TenantId, name));
        }

        return response;
    }

    private async Task<QueueFigures> FiguresOfAsync(string tenant, string name)
    {
        var (now, overdue) = (time.GetUtcNow(), 0L);
        DateTimeOffset? oldest = null;
        await foreach (var task in queue.ReadAsync(tenant, [name]))
        {
            var created = task.Record.CreateTime.ToDateTimeOffset();
            oldest = oldest is { } found && found < created ? found : created;
            overdue += task.Record.DueTime.ToDateTimeOffset() <= now ? 1 : 0;
        }

        return new QueueFigures { Queue = name, Waiting = await queue.CountAsync(tenant, name), Overdue = overdue, OldestCreateTime = TimestampOf(oldest) };
    }
}
