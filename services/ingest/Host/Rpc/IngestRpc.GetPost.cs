using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Ingest.Host.Rpc;

internal sealed partial class IngestRpc
{
    public override async Task<GetPostResponse> GetPost(GetPostRequest request, ServerCallContext context)
    {
        RequirePostId(request.PostId);
        var tenant = Caller.TenantOf(context);
        var post = await store.FindAsync(tenant, request.PostId)
            ?? throw RpcErrors.Create(ErrorReason.PostNotFound, ("post_id", request.PostId));
        return new GetPostResponse
        {
            PostId = request.PostId,
            AccountId = post.Account,
            Revision = post.Revision,
            State = post.State,
            Decision = post.Settled is { } settled ? settled.ToContract(tenant, request.PostId, post.Account)
                : post.DecisionId is { } id ? await intake.ReadAsync(tenant, id, context.CancellationToken) : null,
        };
    }
}
