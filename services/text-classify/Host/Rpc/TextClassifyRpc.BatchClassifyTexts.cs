using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.TextClassify.Host.Rpc;

internal sealed partial class TextClassifyRpc
{
    private const int MaxBatch = 256;
    private const int AtOnce = 16;
    private const int MaxBatchBytes = 4 * 1024 * 1024;

    public override async Task<BatchClassifyTextsResponse> BatchClassifyTexts(BatchClassifyTextsRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.Require(request.Requests.Count is >= 1 and <= MaxBatch, "requests", $"must be 1..{MaxBatch} texts");
        violations.Require(request.CalculateSize() <= MaxBatchBytes, "requests", $"must be together at most {MaxBatchBytes} bytes");
        violations.ThrowIfAny();
        for (var i = 0; i < request.Requests.Count; i++)
            Check(request.Requests[i].Text, request.Requests[i].Language, request.Requests[i].TenantId, $"requests[{i}].", violations);
        violations.ThrowIfAny();
        var response = new BatchClassifyTextsResponse();
        foreach (var some in request.Requests.Chunk(AtOnce))
        {
            // Whoever waits no longer needs no further scores.
            context.CancellationToken.ThrowIfCancellationRequested();
            // Our own models answer one after the other; others gather what is asked at once.
            var asked = Array.ConvertAll(some, text => scoring.ScoreAsync(text, context.CancellationToken));
            foreach (var signals in asked) response.Responses.Add(new ClassifyTextResponse { Signals = await signals });
        }
        return response;
    }
}
