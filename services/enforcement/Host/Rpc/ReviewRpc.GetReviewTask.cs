using Grpc.Core;
using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class ReviewRpc
{
    public override async Task<GetReviewTaskResponse> GetReviewTask(GetReviewTaskRequest request, ServerCallContext context)
    {
        var task = await FindAsync(request.TaskId, context);
        return new GetReviewTaskResponse { Task = ToContract(task), Content = await ContentAsync(task) };
    }
}
