using Moderation.Enforcement.Host.Delivery;

namespace Moderation.Enforcement.Host.Lifecycle;

/// <summary>Events about an account that webhooks and topics did not take: dead letters, and those that are to be tried again.</summary>
internal sealed class DeliveryHolding(WebhookStore webhooks, DeadLetterStore letters) : IAccountHolding
{
    public string Kind => "undelivered_event";

    // They are copies of events whose decisions the export has.
    public IAsyncEnumerable<HeldRecord> ReadAsync(AccountTrail trail, CancellationToken cancellationToken) => AsyncEnumerable.Empty<HeldRecord>();

    public async Task<HoldingErased> EraseAsync(AccountTrail trail)
    {
        foreach (var webhook in await webhooks.ListAsync(trail.TenantId))
        {
            await letters.EraseAccountAsync(trail.TenantId, webhook.Record.Webhook.WebhookId, trail.AccountId, trail.Shard);
        }

        await letters.EraseAccountAsync(trail.TenantId, DeliveryEndpoint.DaprId, trail.AccountId, trail.Shard);
        return new HoldingErased(0);
    }
}
