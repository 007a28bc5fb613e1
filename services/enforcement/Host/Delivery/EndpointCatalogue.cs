using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Delivery;

/// <summary>The endpoints of all tenants that are to be delivered to now.</summary>
internal sealed partial class EndpointCatalogue(
    WebhookStore webhooks, SecretSealer sealer, WebhookTransport transport, DaprTopicQueue topic, IOptions<DeliveryOptions> options, TimeProvider time,
    ILogger<EndpointCatalogue> logger)
{
    /// <summary>Active webhooks, and the topic where there is one.</summary>
    public async Task<IReadOnlyList<DeliveryEndpoint>> EndpointsAsync()
    {
        var endpoints = await Task.WhenAll((await webhooks.TenantsAsync()).Select(EndpointsAsync));
        return [.. endpoints.SelectMany(e => e)];
    }

    private async Task<IReadOnlyList<DeliveryEndpoint>> EndpointsAsync(string tenant)
    {
        var endpoints = new List<DeliveryEndpoint>();
        if (options.Value.Dapr.Enabled)
        {
            endpoints.Add(new DeliveryEndpoint(tenant, DeliveryEndpoint.DaprId, "", FrozenSet<string>.Empty, topic.Of(tenant)));
        }

        if (options.Value.Webhooks.Enabled)
        {
            foreach (var webhook in (await webhooks.ListAsync(tenant)).Where(w => w.Record.Webhook.State == WebhookState.Active))
            {
                if (SinkOf(webhook) is { } sink)
                {
                    endpoints.Add(EndpointOf(webhook, sink));
                }
            }
        }

        return endpoints;
    }

    /// <summary>The way to a webhook's receiver; null, with an error in the log, when its secrets can't be read.</summary>
    public WebhookSink? SinkOf(StoredWebhook webhook)
    {
        var (tenant, id) = (webhook.Record.Webhook.TenantId, webhook.Record.Webhook.WebhookId);
        var keys = new List<SigningKey>();
        foreach (var secret in webhook.Record.Secrets)
        {
            if (sealer.Open(secret.Sealed.Span, tenant, id, secret.KeyId) is not { } opened)
            {
                LogUnreadable(tenant, id);
                return null;
            }

            keys.Add(new SigningKey(secret.KeyId, opened, secret.EndTime?.ToDateTimeOffset()));
        }

        return new WebhookSink(new Uri(webhook.Record.Webhook.Url), keys, transport, time);
    }

    private static DeliveryEndpoint EndpointOf(StoredWebhook webhook, WebhookSink sink) => new(
        webhook.Record.Webhook.TenantId, webhook.Record.Webhook.WebhookId, webhook.Etag, webhook.Record.Webhook.EventTypes.ToFrozenSet(), sink);

    [LoggerMessage(LogLevel.Error, "{Tenant}/{Webhook}: its secret was sealed under another Delivery:KeyFile; nothing leaves until it is rotated or the key is back")]
    private partial void LogUnreadable(string tenant, string webhook);
}
