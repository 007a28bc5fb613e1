using Grpc.Core;
using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class ReviewRpc
{
    public override async Task<RenewReviewLeaseResponse> RenewReviewLease(RenewReviewLeaseRequest request, ServerCallContext context)
    {
        await FindAsync(request.TaskId, context);
        return new RenewReviewLeaseResponse { Lease = await desk.RenewAsync(request.TaskId, ReviewerOf(context), request.LeaseToken) };
    }
}
