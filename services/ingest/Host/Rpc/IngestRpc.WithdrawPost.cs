using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Ingest.Host.Rpc;

internal sealed partial class IngestRpc
{
    public override async Task<WithdrawPostResponse> WithdrawPost(WithdrawPostRequest request, ServerCallContext context)
    {
        RequirePostId(request.PostId);
        var tenant = Caller.TenantOf(context);
        var post = await store.FindAsync(tenant, request.PostId)
            ?? throw RpcErrors.Create(ErrorReason.PostNotFound, ("post_id", request.PostId));
        var answer = await callers.Enforcement.RecordWithdrawalAsync(
            new RecordWithdrawalRequest { TenantId = tenant, PostId = request.PostId, AccountId = post.Account },
            cancellationToken: context.CancellationToken);
        return new WithdrawPostResponse { WithdrawTime = answer.WithdrawTime };
    }
}
