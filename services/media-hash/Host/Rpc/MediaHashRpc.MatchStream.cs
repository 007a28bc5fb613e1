using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Streaming;

namespace Moderation.MediaHash.Host.Rpc;

internal sealed partial class MediaHashRpc
{
    public override Task MatchStream(
        IAsyncStreamReader<MatchStreamRequest> requestStream, IServerStreamWriter<MatchStreamResponse> responseStream, ServerCallContext context) =>
        StreamServer.RunAsync(
            requestStream,
            responseStream,
            context,
            errors,
            message => message.Calls,
            async (call, _) => new MatchStreamAnswer
            {
                CorrelationId = call.CorrelationId,
                Response = await matcher.MatchAsync(call.Request ?? new MatchMediaRequest()),
            },
            (call, status) => new MatchStreamAnswer { CorrelationId = call.CorrelationId, Error = status },
            answers => new MatchStreamResponse { Answers = { answers } });
}
