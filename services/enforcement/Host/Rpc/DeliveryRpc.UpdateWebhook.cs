using Google.Protobuf.Collections;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class DeliveryRpc
{
    public override async Task<UpdateWebhookResponse> UpdateWebhook(UpdateWebhookRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        var paths = request.UpdateMask?.Paths ?? [];
        violations.Require(
            paths.Count > 0 && paths.All(p => p is "url" or "event_types" or "state"), "update_mask", "must name some of url, event_types and state");
        violations.Require(request.Webhook is not null, "webhook", "is required");
        violations.Require(request.Etag.Length > 0, "etag", "is required: read the webhook first");
        var wanted = request.Webhook ?? new Webhook();
        if (paths.Contains("url"))
        {
            CheckUrl(violations, wanted.Url, "webhook.url");
        }

        if (paths.Contains("event_types"))
        {
            CheckTypes(violations, wanted.EventTypes, "webhook.event_types");
        }

        if (paths.Contains("state"))
        {
            violations.Require(wanted.State is WebhookState.Active or WebhookState.Paused, "webhook.state", "must be ACTIVE or PAUSED");
        }

        Require(request.TenantId, request.WebhookId, violations);
        var before = await FindAsync(request.TenantId, request.WebhookId, request.Etag);
        var after = before.Record.Clone();
        Apply(wanted, paths, after.Webhook);
        after.Webhook.UpdateTime = Now;
        var revived = after.Webhook.State == WebhookState.Active && before.Record.Webhook.State != WebhookState.Active;
        return new UpdateWebhookResponse { Webhook = (await ReplaceAsync(context, "webhook.update", before, after, revived)).ToContract() };
    }

    private static void Apply(Webhook wanted, RepeatedField<string> paths, Webhook webhook)
    {
        if (paths.Contains("url"))
        {
            webhook.Url = wanted.Url;
        }

        if (paths.Contains("event_types"))
        {
            webhook.EventTypes.Clear();
            webhook.EventTypes.Add(wanted.EventTypes);
        }

        if (paths.Contains("state"))
        {
            (webhook.State, webhook.DisableCause) = (wanted.State, WebhookDisableCause.Unspecified);
        }
    }
}
