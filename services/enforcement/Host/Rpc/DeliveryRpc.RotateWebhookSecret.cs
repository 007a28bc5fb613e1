using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class DeliveryRpc
{
    private static readonly TimeSpan DefaultPreviousLifetime = TimeSpan.FromDays(1);
    private static readonly TimeSpan MaxPreviousLifetime = TimeSpan.FromDays(7);

    public override async Task<RotateWebhookSecretResponse> RotateWebhookSecret(RotateWebhookSecretRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        var seconds = request.PreviousLifetime?.Seconds ?? (long)DefaultPreviousLifetime.TotalSeconds;
        violations.Require(seconds >= 0 && seconds <= MaxPreviousLifetime.TotalSeconds, "previous_lifetime", "must be 0 s to 7 days");
        violations.Require(request.Etag.Length > 0, "etag", "is required: read the webhook first");
        Require(request.TenantId, request.WebhookId, violations);

        var before = await FindAsync(request.TenantId, request.WebhookId, request.Etag);
        var after = before.Record.Clone();
        var (secret, shown) = NewSecret(request.TenantId, request.WebhookId);
        after.Secrets.Clear();
        after.Secrets.Add(secret);
        if (seconds > 0)
        {
            after.Secrets.Add(Previous(before.Record, time.GetUtcNow(), TimeSpan.FromSeconds(seconds)));
        }

        after.Webhook.UpdateTime = Now;
        return new RotateWebhookSecretResponse { Webhook = (await ReplaceAsync(context, "webhook.rotate", before, after)).ToContract(), Secret = shown };
    }

    // While two are active the older stays: the answer with the newer may have been lost, and then nobody knows it.
    private static WebhookSecret Previous(WebhookRecord record, DateTimeOffset now, TimeSpan lifetime)
    {
        var kept = record.Secrets.LastOrDefault(s => s.EndTime is { } end && end.ToDateTimeOffset() > now) ?? record.Secrets[0];
        return new WebhookSecret { KeyId = kept.KeyId, Sealed = kept.Sealed, EndTime = Timestamp.FromDateTimeOffset(now + lifetime) };
    }
}
