using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Streaming;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class EnforcementRpc
{
    public override Task DecideStream(
        IAsyncStreamReader<DecideStreamRequest> requestStream, IServerStreamWriter<DecideStreamResponse> responseStream, ServerCallContext context)
        => StreamServer.RunAsync(
            requestStream,
            responseStream,
            context,
            errors,
            message => message.Calls,
            async (DecideStreamCall call, CancellationToken _) => new DecideStreamAnswer
            {
                CorrelationId = call.CorrelationId,
                Response = await DecidePost(call.Request ?? new DecidePostRequest(), context),
            },
            (call, error) => new DecideStreamAnswer { CorrelationId = call.CorrelationId, Error = error },
            answers => new DecideStreamResponse { Answers = { answers } });
}
