using Grpc.Core;
using Moderation.Contracts.V1;

namespace Moderation.TextClassify.Host.Rpc;

internal sealed partial class TextClassifyRpc
{
    public override Task<ClassifyTextResponse> ClassifyText(ClassifyTextRequest request, ServerCallContext context) =>
        ClassifyAsync(request, context.CancellationToken).AsTask();
}
