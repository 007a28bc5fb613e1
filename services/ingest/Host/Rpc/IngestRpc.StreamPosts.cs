using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Streaming;

namespace Moderation.Ingest.Host.Rpc;

internal sealed partial class IngestRpc
{
    public override Task StreamPosts(
        IAsyncStreamReader<StreamPostsRequest> requestStream, IServerStreamWriter<StreamPostsResponse> responseStream, ServerCallContext context)
    {
        var tenant = Caller.TenantOf(context);
        return StreamServer.RunAsync(
            requestStream,
            responseStream,
            context,
            errors,
            message => [message],
            async (StreamPostsRequest message, CancellationToken cancellationToken) => new StreamPostsResponse
            {
                CorrelationId = message.CorrelationId,
                Accepted = await intake.SubmitAsync(tenant, message.Submit ?? new SubmitPostRequest(), DateTime.MaxValue, cancellationToken),
            },
            (message, error) => new StreamPostsResponse { CorrelationId = message.CorrelationId, Error = error },
            answers => answers[0],
            maxBatch: 1);
    }
}
