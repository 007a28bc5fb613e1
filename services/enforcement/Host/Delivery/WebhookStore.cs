using System.Security.Cryptography;
using Google.Protobuf;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Delivery;

/// <summary>A webhook as read, with what says whether it changed since.</summary>
internal sealed record StoredWebhook(WebhookRecord Record, byte[] Bytes)
{
    /// <summary>The first 8 bytes of the SHA-256 of the record, in hex.</summary>
    public string Etag { get; } = Convert.ToHexStringLower(SHA256.HashData(Bytes).AsSpan(0, 8));

    /// <summary>The webhook as the contract shows it.</summary>
    public Webhook ToContract()
    {
        var webhook = Record.Webhook.Clone();
        webhook.KeyIds.Add(Record.Secrets.Select(s => s.KeyId));
        webhook.PreviousSecretEndTime = Record.Secrets.Count > 1 ? Record.Secrets[1].EndTime : null;
        webhook.Etag = Etag;
        return webhook;
    }
}

/// <summary>What became of a create.</summary>
internal enum CreateResult
{
    Created,
    Exists,
    LimitReached,
}

/// <summary>The webhooks of tenants, each in its tenant's slot.</summary>
internal sealed class WebhookStore(RedisConnectionStore redis, KeySpace keys)
{
    private static readonly EmbeddedScript CreateScript = EmbeddedScript.Load(typeof(WebhookStore).Assembly, "create_webhook.lua");
    private static readonly EmbeddedScript ReplaceScript = EmbeddedScript.Load(typeof(WebhookStore).Assembly, "replace_webhook.lua");
    private static readonly EmbeddedScript DeleteScript = EmbeddedScript.Load(typeof(WebhookStore).Assembly, "delete_webhook.lua");

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>Makes a webhook that begins after <paramref name="cursor"/>.</summary>
    public async Task<CreateResult> CreateAsync(WebhookRecord record, IReadOnlyList<long> cursor, int limit)
    {
        var webhook = record.Webhook;
        // Before the record: a tenant without a webhook is harmless, a webhook that no deliverer finds is not.
        await Database.SetAddAsync(KeySpace.Tenants, webhook.TenantId);
        RedisValue[] arguments =
        [
            webhook.WebhookId, record.ToByteArray(), limit, .. cursor.SelectMany((sequence, shard) => new RedisValue[] { shard, sequence }),
        ];
        var answer = await CreateScript.RunAsync(
            Database, [KeySpace.Webhooks(webhook.TenantId), KeySpace.DeliveryCursor(webhook.TenantId, webhook.WebhookId)], arguments);
        await RingAsync(webhook.TenantId);
        return answer.ToString() switch
        {
            "created" => CreateResult.Created,
            "exists" => CreateResult.Exists,
            _ => CreateResult.LimitReached,
        };
    }

    /// <summary>A webhook, or null.</summary>
    public async Task<StoredWebhook?> FindAsync(string tenant, string id)
        => (byte[]?)await Database.HashGetAsync(KeySpace.Webhooks(tenant), id) is { } bytes ? Read(bytes) : null;

    /// <summary>All webhooks of a tenant, by id.</summary>
    public async Task<IReadOnlyList<StoredWebhook>> ListAsync(string tenant)
        => [.. (await Database.HashGetAllAsync(KeySpace.Webhooks(tenant)))
            .Select(e => Read((byte[])e.Value!)) // a field of a hash has a value
            .OrderBy(w => w.Record.Webhook.WebhookId, StringComparer.Ordinal)];

    /// <summary>The tenants that have, or once had, a webhook or a decision.</summary>
    public async Task<IReadOnlyList<string>> TenantsAsync() => [.. (await Database.SetMembersAsync(KeySpace.Tenants)).Select(t => t.ToString())];

    /// <summary>Changes a webhook.</summary>
    /// <param name="before">As it was read.</param>
    /// <param name="after">As it is to be.</param>
    /// <param name="revived">Forget since when it fails: it gets its time anew.</param>
    /// <returns>Null when it was changed or removed meanwhile.</returns>
    public async Task<StoredWebhook?> ReplaceAsync(StoredWebhook before, WebhookRecord after, bool revived)
    {
        var (tenant, id) = (after.Webhook.TenantId, after.Webhook.WebhookId);
        var bytes = after.ToByteArray();
        var done = (long)await ReplaceScript.RunAsync(
            Database, [KeySpace.Webhooks(tenant), KeySpace.DeliveryHealth(tenant, id)], [id, before.Bytes, bytes, revived ? "1" : "0"]);
        await RingAsync(tenant);
        return done == 1 ? Read(bytes) : null;
    }

    /// <summary>Removes a webhook and all that belongs to it.</summary>
    /// <returns>False when it was changed or removed meanwhile.</returns>
    public async Task<bool> DeleteAsync(StoredWebhook before)
    {
        var (tenant, id) = (before.Record.Webhook.TenantId, before.Record.Webhook.WebhookId);
        RedisKey[] all =
        [
            KeySpace.Webhooks(tenant), KeySpace.DeliveryCursor(tenant, id), KeySpace.DeliveryHealth(tenant, id), KeySpace.DeadLetters(tenant, id),
            .. Enumerable.Range(0, DeliveryEndpoint.Lanes).Select(l => (RedisKey)KeySpace.DeliveryLease(tenant, id, l)),
            .. Enumerable.Range(0, keys.ShardCount).Select(s => (RedisKey)KeySpace.DeliveryHeld(tenant, id, s)),
        ];
        var done = (long)await DeleteScript.RunAsync(Database, all, [id, before.Bytes]);
        await RingAsync(tenant);
        return done == 1;
    }

    /// <summary>Hears of tenants whose webhooks changed.</summary>
    public Task<IAsyncDisposable> ListenAsync(Action rung) => Bell.HangAsync(redis, KeySpace.WebhookBell, _ => rung());

    private Task RingAsync(string tenant)
        => Bell.RingAsync(redis, KeySpace.WebhookBell, tenant);

    private static StoredWebhook Read(byte[] bytes) => new(WebhookRecord.Parser.ParseFrom(bytes), bytes);
}
