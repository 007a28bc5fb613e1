using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;

namespace Moderation.Ingest.Host.Rpc;

internal sealed partial class IngestRpc
{
    public override Task<SubmitPostResponse> SubmitPost(SubmitPostRequest request, ServerCallContext context)
        => intake.SubmitAsync(Caller.TenantOf(context), request, context.Deadline, context.CancellationToken);
}
