using System.Globalization;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Audit;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;
using Moderation.TextClassify.Host.Models;

namespace Moderation.TextClassify.Host.Rpc;

internal sealed partial class TextModelRpc
{
    private const int MaxReason = 1000;
    private const int MaxEtag = 20;

    public override async Task<SetTextModelStateResponse> SetTextModelState(SetTextModelStateRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireId(request.ModelId, "model_id");
        violations.Require(request.State is TextModelState.Off or TextModelState.Shadow or TextModelState.Live, "state", "must be OFF, SHADOW or LIVE");
        violations.Require(request.Reason.Length is >= 1 and <= MaxReason && !string.IsNullOrWhiteSpace(request.Reason), "reason", $"must say why in 1..{MaxReason} characters");
        violations.Require(request.Etag.Length <= MaxEtag && request.Etag.All(char.IsAsciiDigit), "etag", "must be empty or as ListTextModels gave it");
        violations.ThrowIfAny();
        var order = await OrderAsync(context.CancellationToken);
        // A model whose folder is gone can still be switched off.
        var folder = request.State == TextModelState.Off && order.Shadows.Contains(request.ModelId)
            ? folders.Find(request.ModelId) ?? new TextModelFolder(request.ModelId, "", TextModelKind.Unspecified)
            : Find(request.ModelId);
        var known = await DescribeAsync(folder, order, context.CancellationToken);
        var change = new TextModelSwitch(folder.ModelId, known.Version, request.State, request.Reason, Caller.Of(context).Subject, request.Etag);
        // The first time that the model of the setting is made live is a change: from then on another setting does not change it.
        var isPinned = request.State != TextModelState.Live || order.Live is not null;
        if (known.State != request.State || !isPinned) await RecordAsync(change, known);
        var outcome = await SwitchAsync(change, folder, context);
        order = await OrderAsync(context.CancellationToken);
        return outcome switch
        {
            SwitchOutcome.IsLive => throw RpcErrors.Create(ErrorReason.TextModelIsLive, ("model_id", request.ModelId)),
            SwitchOutcome.Stale => throw RpcErrors.Create(ErrorReason.TextModelsChanged, ("etag", EtagOf(order))),
            SwitchOutcome.Limit => throw RpcErrors.Create(
                ErrorReason.TextModelLimitReached, ("limit", TextModelStore.MaxShadows.ToString(CultureInfo.InvariantCulture))),
            _ => new SetTextModelStateResponse
            {
                Model = await DescribeAsync(folder, order, context.CancellationToken),
                Changed = outcome == SwitchOutcome.Changed,
                Etag = EtagOf(order),
            },
        };
    }

    private Task RecordAsync(TextModelSwitch change, TextModel known)
    {
        var action = change.State switch { TextModelState.Live => "text-model.live", TextModelState.Shadow => "text-model.shadow", _ => "text-model.off" };
        var after = new TextModelChange { ModelId = change.ModelId, Version = change.Version, Before = known.State, After = change.State, Reason = change.Reason, Actor = change.Actor };
        return audit.RecordAsync(new AdminChange(change.Actor, action, "text-model/" + change.ModelId, "", known, after));
    }

    private async Task<SwitchOutcome> SwitchAsync(TextModelSwitch change, TextModelFolder folder, ServerCallContext context)
    {
        try
        {
            return await feed.SwitchAsync(change, folder, context.CancellationToken);
        }
        catch (Exception unusable) when (unusable is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw Unusable(change.ModelId, unusable);
        }
    }
}
