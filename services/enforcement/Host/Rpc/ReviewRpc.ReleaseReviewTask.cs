using Grpc.Core;
using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class ReviewRpc
{
    public override async Task<ReleaseReviewTaskResponse> ReleaseReviewTask(ReleaseReviewTaskRequest request, ServerCallContext context)
    {
        await FindAsync(request.TaskId, context);
        await desk.ReleaseAsync(request.TaskId, ReviewerOf(context), request.LeaseToken);
        return new ReleaseReviewTaskResponse();
    }
}
