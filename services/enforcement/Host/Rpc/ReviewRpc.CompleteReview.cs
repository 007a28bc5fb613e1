using Grpc.Core;
using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class ReviewRpc
{
    public override async Task<CompleteReviewResponse> CompleteReview(CompleteReviewRequest request, ServerCallContext context)
        => await desk.CompleteAsync(await FindAsync(request.TaskId, context), ReviewerOf(context), request.LeaseToken, request.Verdict);
}
