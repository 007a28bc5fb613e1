using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.TextClassify.Host.Rpc;

internal sealed partial class TextClassifyRpc
{
    private const int MaxBatch = 256;
    private const int MinPart = 16;
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
        var parts = request.Requests.Chunk(PartSize(request.Requests.Count)).ToArray();
        // The last part on this thread: one hand-over fewer, and none for a small batch.
        var others = Array.ConvertAll(parts[..^1], part => Task.Run(() => ScoreAsync(part, context.CancellationToken), context.CancellationToken));
        var last = await ScoreAsync(parts[^1], context.CancellationToken);
        var response = new BatchClassifyTextsResponse();
        foreach (var answers in await Task.WhenAll(others)) response.Responses.AddRange(answers);
        response.Responses.AddRange(last);
        return response;
    }

    // Spread over the cores, in parts that are worth it.
    private static int PartSize(int texts) => Math.Max(MinPart, (texts + Environment.ProcessorCount - 1) / Environment.ProcessorCount);

    // Our own models answer one after the other; others gather what is asked at once.
    private async Task<ClassifyTextResponse[]> ScoreAsync(ClassifyTextRequest[] texts, CancellationToken cancellationToken)
    {
        var asked = Array.ConvertAll(texts, text =>
        {
            // Whoever waits no longer needs no further scores.
            cancellationToken.ThrowIfCancellationRequested();
            return scoring.ScoreAsync(text, cancellationToken);
        });
        var answers = new ClassifyTextResponse[texts.Length];
        for (var i = 0; i < texts.Length; i++) answers[i] = new ClassifyTextResponse { Signals = await asked[i] };
        return answers;
    }
}
