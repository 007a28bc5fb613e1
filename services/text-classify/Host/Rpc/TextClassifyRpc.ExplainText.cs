using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;
using Moderation.TextClassify.Detectors;
using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Host.Rpc;

internal sealed partial class TextClassifyRpc
{
    private const float DefaultThreshold = 0.1f;
    private const int MaxExplained = 50;
    private const string RetryAfterMilliseconds = "1000";

    public override async Task<ExplainTextResponse> ExplainText(ExplainTextRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        Check(request.Text, request.Language, request.TenantId, "", violations);
        violations.Require(request.Threshold is >= 0 and <= 1, "threshold", "must be 0 (for 0.1) to 1");
        violations.ThrowIfAny();
        var text = TextUnderReview.Prepare(request.Text, request.Language);
        var response = new ExplainTextResponse { Signals = await scoring.ScoreAsync(text, request.Text, request.TenantId, isPost: false, context.CancellationToken), NormalizedText = text.Anonymous.Text };
        var threshold = request.Threshold == 0 ? DefaultThreshold : request.Threshold;
        foreach (var score in response.Signals.Scores.Where(s => s.Score >= threshold).OrderByDescending(s => s.Score))
        {
            var label = Enum.GetValues<TextLabel>().Single(l => TextScoring.Category(l) == score.Category);
            var words = await models.ExplainAsync(text, request.Text, label, context.CancellationToken)
                ?? throw RpcErrors.Create(ErrorReason.Overloaded, ("limit", models.Live.Version), ("retry_after_ms", RetryAfterMilliseconds));
            response.Explanations.Add(new CategoryExplanation
            {
                Category = score.Category,
                Score = score.Score,
                Raising = { words.Where(w => w.Contribution > 0).OrderByDescending(w => w.Contribution).Take(MaxExplained).Select(Span) },
                Lowering = { words.Where(w => w.Contribution < 0).OrderBy(w => w.Contribution).Take(MaxExplained).Select(Span) },
            });
        }
        return response;

        static TextSpan Span(Passage p) => new() { Category = TextScoring.Category(p.Label), Start = p.Start, End = p.End, Contribution = p.Contribution };
    }
}
