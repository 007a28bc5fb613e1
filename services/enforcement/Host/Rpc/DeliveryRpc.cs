using System.Buffers.Text;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Delivery;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Delivery;
using Moderation.ServiceDefaults.Audit;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Rpc;

/// <summary>Webhooks and how their deliveries fare. One RPC a file.</summary>
internal sealed partial class DeliveryRpc(
    WebhookStore webhooks, DeliveryLedger ledger, DeadLetterStore letters, EndpointCatalogue catalogue, OutboxReader outbox, SecretSealer sealer,
    IAdminAudit audit, IOptions<DeliveryOptions> options, TimeProvider time) : DeliveryService.DeliveryServiceBase
{
    private const int MaxEventTypes = 32;

    private DeliveryOptions Options => options.Value;

    private Timestamp Now => Timestamp.FromDateTimeOffset(time.NowToStore());

    // Throws unless webhooks are on and the names are names.
    private void Require(string tenantId, string webhookId, FieldViolations? violations = null)
    {
        RequireOn(Options.Webhooks.Enabled, "Delivery:Webhooks:Enabled");
        violations ??= new FieldViolations();
        violations.RequireName(tenantId, "tenant_id");
        violations.RequireName(webhookId, "webhook_id");
        violations.ThrowIfAny();
    }

    // As above, for what the installation's topic has too.
    private async Task<WebhookState> RequireEndpointAsync(string tenantId, string webhookId, FieldViolations? violations = null)
    {
        if (webhookId == DeliveryEndpoint.DaprId)
        {
            RequireOn(Options.Dapr.Enabled, "Delivery:Dapr:Enabled");
            violations ??= new FieldViolations();
            violations.RequireName(tenantId, "tenant_id");
            violations.ThrowIfAny();
            return WebhookState.Active;
        }

        Require(tenantId, webhookId, violations);
        return (await FindAsync(tenantId, webhookId)).Record.Webhook.State;
    }

    private static void RequireOn(bool on, string setting)
    {
        if (!on)
        {
            throw RpcErrors.Create(ErrorReason.DeliveryOff, $"This installation does not deliver there: {setting} is false.", [], ("setting", setting));
        }
    }

    private async Task<StoredWebhook> FindAsync(string tenantId, string webhookId)
        => await webhooks.FindAsync(tenantId, webhookId) ?? throw RpcErrors.Create(ErrorReason.WebhookNotFound, ("webhook_id", webhookId));

    private async Task<StoredWebhook> FindAsync(string tenantId, string webhookId, string etag)
    {
        var webhook = await FindAsync(tenantId, webhookId);
        return webhook.Etag == etag ? webhook : throw Changed(webhook);
    }

    private static RpcException Changed(StoredWebhook now)
        => RpcErrors.Create(ErrorReason.WebhookChanged, ("webhook_id", now.Record.Webhook.WebhookId), ("etag", now.Etag));

    private async Task<StoredWebhook> ReplaceAsync(
        ServerCallContext context, string action, StoredWebhook before, WebhookRecord after, bool revived = false)
    {
        await RecordAsync(context, action, before.Record, after);
        return await webhooks.ReplaceAsync(before, after, revived)
            ?? throw Changed(await FindAsync(after.Webhook.TenantId, after.Webhook.WebhookId));
    }

    // The sealed secrets stay out of what is hashed; the ids of their keys are what auditors see.
    private Task RecordAsync(ServerCallContext context, string action, WebhookRecord? before, WebhookRecord? after)
    {
        var webhook = (after ?? before)!.Webhook; // one of the two is there
        return audit.RecordAsync(new AdminChange(
            Caller.Of(context).Subject, action, $"webhook/{webhook.WebhookId}", webhook.TenantId, Shown(before), Shown(after)));

        static Webhook? Shown(WebhookRecord? record) => record is null ? null : new StoredWebhook(record, record.ToByteArray()).ToContract();
    }

    private void CheckUrl(FieldViolations violations, string url, string field)
    {
        if (Options.Webhooks.Address().Violation(url) is { } wrong)
        {
            violations.Add(field, wrong);
        }
    }

    private static void CheckTypes(FieldViolations violations, RepeatedField<string> types, string field)
    {
        violations.Require(
            types.Count <= MaxEventTypes && types.All(EventFacts.Types.Contains) && types.Distinct().Count() == types.Count,
            field, $"must be at most {MaxEventTypes}, each once, of {string.Join(", ", EventFacts.Types.Order(StringComparer.Ordinal))}");
    }

    // A new secret, sealed for its record and shown for its owner.
    private (WebhookSecret Sealed, string Shown) NewSecret(string tenantId, string webhookId)
    {
        var keyId = "k_" + Ulid.NewUlid(time.GetUtcNow());
        var secret = System.Security.Cryptography.RandomNumberGenerator.GetBytes(WebhookSignature.SecretBytes);
        var stored = new WebhookSecret { KeyId = keyId, Sealed = ByteString.CopyFrom(sealer.Seal(secret, tenantId, webhookId, keyId)) };
        return (stored, WebhookSignature.Show(secret));
    }

    private static string Token(string last) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(last));

    private static string ReadToken(FieldViolations violations, string token, Func<string, bool> isLast)
    {
        if (token.Length is > 0 and <= 256 && Base64Url.IsValid(token)
            && Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)) is var last && isLast(last))
        {
            return last;
        }

        violations.Require(token.Length == 0, "page_token", "must be empty or the next_page_token of the page before");
        return "";
    }

    private static int PageSize(FieldViolations violations, int asked, int usual, int most)
    {
        violations.Require(asked >= 0 && asked <= most, "page_size", $"must be 0 (for {usual}) to {most}");
        return asked == 0 ? usual : asked;
    }
}
