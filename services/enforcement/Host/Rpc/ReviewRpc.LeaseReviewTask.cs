using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Review;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class ReviewRpc
{
    private static readonly string[] UsualQueues = [ReviewTasks.General, ReviewTasks.Appeals];

    public override async Task<LeaseReviewTaskResponse> LeaseReviewTask(LeaseReviewTaskRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireName(request.TenantId, "tenant_id");
        RequireQueues(request.Queues, "queues", violations);
        violations.Require(request.Queues.Count <= ReviewTasks.Queues.Length, "queues", $"must name at most {ReviewTasks.Queues.Length}");
        violations.Require(request.Languages.Count <= 16, "languages", "must name at most 16");
        violations.ThrowIfAny();
        RequireClearance(request.Queues, context);
        string[] queues = request.Queues.Count > 0 ? [.. request.Queues.Distinct()] : UsualQueues;
        if (await desk.LeaseAsync(request.TenantId, ReviewerOf(context), queues, request.Languages) is not var (task, lease))
        {
            throw RpcErrors.Create(ErrorReason.NoReviewTask, ("queues", string.Join(",", queues)));
        }

        return new LeaseReviewTaskResponse { Task = ToContract(task), Content = await ContentAsync(task), Lease = lease };
    }
}
