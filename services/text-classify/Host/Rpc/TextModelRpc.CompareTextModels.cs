using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;
using Moderation.TextClassify.Host.Models;

namespace Moderation.TextClassify.Host.Rpc;

internal sealed partial class TextModelRpc
{
    private const int DefaultTenth = 5;

    public override async Task<CompareTextModelsResponse> CompareTextModels(CompareTextModelsRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireId(request.ModelId, "model_id");
        if (request.LiveModelId.Length > 0) violations.RequireId(request.LiveModelId, "live_model_id");
        var tenth = MathF.Round(request.Threshold * ShadowFigures.Bins);
        violations.Require(
            request.Threshold == 0 || (tenth is >= 1 and <= 9 && MathF.Abs(request.Threshold * ShadowFigures.Bins - tenth) < 1e-4f),
            "threshold", "must be 0 (for 0.5), 0.1, 0.2, ... or 0.9: scores are counted in tenths");
        violations.ThrowIfAny();
        var order = await OrderAsync(context.CancellationToken);
        var shadow = await DescribeAsync(Find(request.ModelId), order, context.CancellationToken);
        var live = await DescribeAsync(Find(request.LiveModelId.Length > 0 ? request.LiveModelId : feed.LiveId), order, context.CancellationToken);
        if (!await figures.TrySendAsync(context.CancellationToken)) throw RpcErrors.Create(ErrorReason.DependencyUnavailable, ("dependency", "redis"));
        var counted = await figures.ReadAsync(new ModelPair(live.Version, shadow.Version));
        return new CompareTextModelsResponse
        {
            LiveVersion = live.Version,
            ShadowVersion = shadow.Version,
            Texts = counted[ShadowFigures.FieldOf(ShadowResult.Scored)] + counted[ShadowFigures.FieldOf(ShadowResult.Abstained)],
            Unavailable = counted[ShadowFigures.FieldOf(ShadowResult.Unavailable)],
            Dropped = counted[ShadowFigures.FieldOf(ShadowResult.Dropped)],
            FirstTime = counted.First?.ToTimestamp(),
            LastTime = counted.Last?.ToTimestamp(),
            Categories = { ModelAgreement.Of(counted, request.Threshold == 0 ? DefaultTenth : (int)tenth) },
        };
    }
}
