using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Delivery;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class DeliveryRpc
{
    public override async Task<CreateWebhookResponse> CreateWebhook(CreateWebhookRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.Require(request.WebhookId != DeliveryEndpoint.DaprId, "webhook_id", "must not be dapr, which names the topic of the installation");
        CheckUrl(violations, request.Url, "url");
        CheckTypes(violations, request.EventTypes, "event_types");
        Require(request.TenantId, request.WebhookId, violations);

        var (secret, shown) = NewSecret(request.TenantId, request.WebhookId);
        var record = new WebhookRecord
        {
            Webhook = new Webhook
            {
                TenantId = request.TenantId,
                WebhookId = request.WebhookId,
                Url = request.Url,
                EventTypes = { request.EventTypes },
                State = WebhookState.Active,
                CreateTime = Now,
                UpdateTime = Now,
            },
            Secrets = { secret },
        };
        if (await webhooks.FindAsync(request.TenantId, request.WebhookId) is not null)
        {
            throw RpcErrors.Create(ErrorReason.WebhookExists, ("webhook_id", request.WebhookId));
        }

        await RecordAsync(context, "webhook.create", null, record);
        var cursor = request.FromOldest ? await outbox.StartsAsync(request.TenantId) : await outbox.EndsAsync(request.TenantId);
        return await webhooks.CreateAsync(record, cursor, Options.Webhooks.MaxPerTenant) switch
        {
            CreateResult.Created => new CreateWebhookResponse
            {
                Webhook = (await FindAsync(request.TenantId, request.WebhookId)).ToContract(),
                Secret = shown,
            },
            CreateResult.Exists => throw RpcErrors.Create(ErrorReason.WebhookExists, ("webhook_id", request.WebhookId)),
            _ => throw RpcErrors.Create(ErrorReason.WebhookLimitReached, ("limit", $"{Options.Webhooks.MaxPerTenant}")),
        };
    }
}
