using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Streaming;

namespace Moderation.TextClassify.Host.Rpc;

internal sealed partial class TextClassifyRpc
{
    /// <summary>UTF-16 units from which a text is scored beside the stream's reader: below, the hop costs more than the work.</summary>
    private const int LongText = 4_000;

    public override Task ClassifyStream(
        IAsyncStreamReader<ClassifyStreamRequest> requestStream, IServerStreamWriter<ClassifyStreamResponse> responseStream, ServerCallContext context) =>
        StreamServer.RunAsync(
            requestStream,
            responseStream,
            context,
            errors,
            static message => message.Calls,
            AnswerAsync,
            static (call, error) => new ClassifyStreamAnswer { CorrelationId = call.CorrelationId, Error = error },
            static answers => new ClassifyStreamResponse { Answers = { answers } });

    private async ValueTask<ClassifyStreamAnswer> AnswerAsync(ClassifyStreamCall call, CancellationToken cancellationToken)
    {
        var request = call.Request ?? new ClassifyTextRequest();
        var response = request.Text.Length < LongText
            ? await ClassifyAsync(request, cancellationToken)
            : await Task.Run(() => ClassifyAsync(request, cancellationToken).AsTask(), cancellationToken);
        return new ClassifyStreamAnswer { CorrelationId = call.CorrelationId, Response = response };
    }
}
