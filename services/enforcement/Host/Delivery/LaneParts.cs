using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Delivery;
using Moderation.Enforcement.Host.Decisions;
using Moderation.ServiceDefaults.Redis;
using Moderation.ServiceDefaults.Telemetry;

namespace Moderation.Enforcement.Host.Delivery;

/// <summary>What all lanes share.</summary>
internal sealed partial class LaneParts(
    DeliveryLedger ledger, OutboxReader outbox, DecisionStore decisions, WebhookStore webhooks, KeySpace keys, IOptions<DeliveryOptions> options,
    TimeProvider time, Random random, ILogger<LaneParts> logger)
{
    public DeliveryLedger Ledger => ledger;

    public OutboxReader Outbox => outbox;

    public KeySpace Keys => keys;

    public DeliveryOptions Options => options.Value;

    public RetryRule Rule { get; } = options.Value.Retry.Rule();

    public TimeProvider Time => time;

    public Random Random => random;

    /// <summary>The whole event; null when its decision was erased.</summary>
    public Task<WatchDecisionsResponse?> WholeAsync(DeliveryEndpoint endpoint, HeldEvent held, CancellationToken cancellationToken)
        => OutboxReader.WholeAsync(
            endpoint.Tenant, held.Event.ToByteArray(), held.DecisionId, (tenant, id, _) => decisions.FindAsync(tenant, id), cancellationToken);

    /// <summary>Counts an attempt.</summary>
    public void Count(DeliveryEndpoint endpoint, Attempt attempt, EventFacts facts, DateTimeOffset now)
    {
        var sink = new KeyValuePair<string, object?>("sink", endpoint.Sink.Kind);
        if (!attempt.Delivered)
        {
            ModerationMeter.DeliveriesFailed.Add(1, sink, new KeyValuePair<string, object?>("cause", FaultName(attempt.Fault)));
            LogFailed(endpoint.Tenant, endpoint.Id, attempt.Fault, attempt.HttpStatus);
            return;
        }

        ModerationMeter.EventsDelivered.Add(1, sink);
        if (facts.Time is { } happened)
        {
            ModerationMeter.DeliveryLag.Record(Math.Max(0, (now - happened).TotalSeconds), sink);
        }
    }

    public static void CountDead(DeliveryEndpoint endpoint)
        => ModerationMeter.EventsDead.Add(1, new KeyValuePair<string, object?>("sink", endpoint.Sink.Kind));

    public static void CountResync(DeliveryEndpoint endpoint)
        => ModerationMeter.DeliveryResyncs.Add(1, new KeyValuePair<string, object?>("sink", endpoint.Sink.Kind));

    /// <summary>Whether the webhook is disabled after this failure: the receiver is gone, took nothing for long, or leaves too much behind.</summary>
    public async Task<bool> DisabledAsync(DeliveryEndpoint endpoint, HeldEvent held, Settled settled, DateTimeOffset now)
    {
        if (endpoint.Id == DeliveryEndpoint.DaprId)
        {
            return false; // the operator's own broker: it is repaired, not given up
        }

        var cause = held.Failure == DeliveryFailure.Gone ? WebhookDisableCause.Gone
            : now - settled.FailingSince >= Options.Webhooks.DisableAfter ? WebhookDisableCause.Dead
            : settled.DeadLetters > Options.Webhooks.MaxDeadLetters ? WebhookDisableCause.DeadLetters
            : WebhookDisableCause.Unspecified;
        if (cause == WebhookDisableCause.Unspecified)
        {
            return false;
        }

        while (await webhooks.FindAsync(endpoint.Tenant, endpoint.Id) is { Record.Webhook.State: WebhookState.Active } webhook)
        {
            var record = webhook.Record.Clone();
            (record.Webhook.State, record.Webhook.DisableCause) = (WebhookState.Disabled, cause);
            record.Webhook.UpdateTime = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(now);
            if (await webhooks.ReplaceAsync(webhook, record, revived: false) is not null)
            {
                LogDisabled(endpoint.Tenant, endpoint.Id, cause);
                break;
            }
        }

        return true;
    }

    private static string FaultName(DeliveryFault fault) => fault switch
    {
        DeliveryFault.Timeout => "timeout",
        DeliveryFault.Connection => "connection",
        DeliveryFault.AddressRefused => "address_refused",
        DeliveryFault.Redirect => "redirect",
        DeliveryFault.Refused => "refused",
        DeliveryFault.Gone => "gone",
        _ => "unavailable",
    };

    [LoggerMessage(LogLevel.Information, "{Tenant}/{Endpoint}: a delivery failed ({Fault}, status {Status})")]
    private partial void LogFailed(string tenant, string endpoint, DeliveryFault fault, int status);

    [LoggerMessage(LogLevel.Warning, "{Tenant}/{Endpoint} is disabled ({Cause})")]
    private partial void LogDisabled(string tenant, string endpoint, WebhookDisableCause cause);
}
