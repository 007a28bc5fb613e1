using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.ServiceDefaults.Auth;

/// <summary>API keys of tenants: <c>mk_&lt;key id&gt;_&lt;secret&gt;</c>. Only the SHA-256 of a secret is stored.</summary>
public sealed class ApiKeyStore(RedisConnectionStore redis, TimeProvider time)
{
    internal const int SecretBytes = 32;

    private static readonly EmbeddedScript Rotate = EmbeddedScript.Load(typeof(ApiKeyStore).Assembly, "rotate_key.lua");
    private static readonly EmbeddedScript NoteUse = EmbeddedScript.Load(typeof(ApiKeyStore).Assembly, "note_key_use.lua");
    private static readonly RedisValue[] Fields = ["tenant", "hash", "scopes", "create_ms", "expire_ms", "prev_hash", "prev_end_ms", "used_day"];

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>Makes and stores a key.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="keyId">Its public part.</param>
    /// <param name="scopes">What it may be used for; null is everything.</param>
    /// <param name="expireTime">When it ends; null is never.</param>
    /// <returns>The key, to be shown once; null when <paramref name="keyId"/> is taken.</returns>
    public async Task<string?> CreateAsync(string tenant, string keyId, IReadOnlySet<Scope>? scopes = null, DateTimeOffset? expireTime = null)
    {
        // Listed first and stored second: a crash between the two leaves a name without a key, which a list passes over.
        await Database.SortedSetAddAsync(KeySpace.ApiKeysOf(tenant), keyId, 0);
        var (secret, hash) = NewSecret();
        var fields = new List<HashEntry>
        {
            new("tenant", tenant),
            new("hash", hash),
            new("scopes", string.Join(' ', (scopes ?? ApiKeyScopes.All).Order().Select(s => (int)s))),
            new("create_ms", time.GetUtcNow().ToUnixTimeMilliseconds()),
        };
        if (expireTime is { } end)
        {
            fields.Add(new HashEntry("expire_ms", end.ToUnixTimeMilliseconds()));
        }

        var transaction = Database.CreateTransaction();
        transaction.AddCondition(Condition.KeyNotExists(KeySpace.ApiKey(keyId)));
        _ = transaction.HashSetAsync(KeySpace.ApiKey(keyId), [.. fields]);
        return await transaction.ExecuteAsync() ? Shown(keyId, secret) : null;
    }

    /// <summary>Gives a key a second secret; the first stays good until <paramref name="oldSecretEnd"/>.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="keyId">Which.</param>
    /// <param name="oldSecretEnd">When the present secret ends; the past ends it at once.</param>
    /// <param name="expireTime">When the key ends from now on; null leaves it as it is.</param>
    /// <param name="requestId">The same again replaces the new secret, which the caller may never have seen, and keeps the old one.</param>
    public async Task<ApiKeyRotation> RotateAsync(string tenant, string keyId, DateTimeOffset oldSecretEnd, DateTimeOffset? expireTime, string requestId)
    {
        var (secret, hash) = NewSecret();
        var answer = (RedisResult[])(await Rotate.RunAsync(
            Database,
            [KeySpace.ApiKey(keyId)],
            [
                tenant, hash, time.GetUtcNow().ToUnixTimeMilliseconds(), oldSecretEnd.ToUnixTimeMilliseconds(),
                expireTime is { } end ? end.ToUnixTimeMilliseconds() : "", requestId,
            ]))!; // the script always answers a list
        return answer[0].ToString() switch
        {
            "rotated" => new ApiKeyRotation(Shown(keyId, secret), ApiKeyRotationOutcome.Rotated, default),
            "rotating" => new ApiKeyRotation(null, ApiKeyRotationOutcome.Rotating, TimeOf((long)answer[1])),
            "expired" => new ApiKeyRotation(null, ApiKeyRotationOutcome.Expired, default),
            _ => new ApiKeyRotation(null, ApiKeyRotationOutcome.Absent, default),
        };
    }

    /// <summary>Forgets a key of <paramref name="tenant"/>.</summary>
    /// <returns>False when there is none.</returns>
    public async Task<bool> RevokeAsync(string tenant, string keyId)
    {
        var transaction = Database.CreateTransaction();
        transaction.AddCondition(Condition.HashEqual(KeySpace.ApiKey(keyId), "tenant", tenant));
        _ = transaction.KeyDeleteAsync(KeySpace.ApiKey(keyId));
        var revoked = await transaction.ExecuteAsync();
        await Database.SortedSetRemoveAsync(KeySpace.ApiKeysOf(tenant), keyId);
        return revoked;
    }

    /// <summary>Keys of a tenant by their id, at most <paramref name="count"/> names after <paramref name="after"/>.</summary>
    /// <returns>Those that there are, and the last name looked at when there may be more.</returns>
    public async Task<(IReadOnlyList<StoredApiKey> Keys, string? Last)> ListAsync(string tenant, string after, int count)
    {
        var names = await Database.SortedSetRangeByValueAsync(
            KeySpace.ApiKeysOf(tenant), after.Length == 0 ? RedisValue.Null : after, RedisValue.Null, Exclude.Start, StackExchange.Redis.Order.Ascending, 0, count);
        var keys = await Task.WhenAll(names.Select(n => ReadAsync(n.ToString())));
        return ([.. keys.OfType<StoredApiKey>().Where(k => k.TenantId == tenant)], names.Length == count ? names[^1].ToString() : null);
    }

    /// <summary>A key of <paramref name="tenant"/>, or null.</summary>
    public async Task<StoredApiKey?> FindAsync(string tenant, string keyId) => await ReadAsync(keyId) is { } key && key.TenantId == tenant ? key : null;

    internal async Task<StoredApiKey?> ReadAsync(string keyId)
    {
        var row = await Database.HashGetAsync(KeySpace.ApiKey(keyId), Fields);
        return row[0].IsNull || row[1].IsNull
            ? null
            : new StoredApiKey(
                row[0].ToString(), keyId, ScopesOf(row[2]), TimeOf(row[3]), TimeOf(row[4]), TimeOf(row[6]), row[7].ToString(),
                (byte[])row[1]!, (byte[]?)row[5]); // null was ruled out above
    }

    /// <summary>Notes that a key was used on a day. Best effort: no call waits for it or fails by it.</summary>
    internal void NoteUseIn(StoredApiKey key, string day)
    {
        NoteUse.RunAsync(Database, [KeySpace.ApiKey(key.KeyId)], [day]).ContinueWith(
            noted => _ = noted.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

        // A key from before keys were listed is listed by its first use.
        Database.SortedSetAdd(KeySpace.ApiKeysOf(key.TenantId), key.KeyId, 0, flags: CommandFlags.FireAndForget);
    }

    private static (string Secret, byte[] Hash) NewSecret()
    {
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));
        return (secret, SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
    }

    private static string Shown(string keyId, string secret) => $"mk_{keyId}_{secret}";

    private static DateTimeOffset? TimeOf(RedisValue milliseconds) => milliseconds.IsNull ? null : DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds);

    // A key from before there were scopes has all of them: it could do everything when it was handed out.
    private static FrozenSet<Scope> ScopesOf(RedisValue stored) => stored.IsNull
        ? [.. ApiKeyScopes.All]
        : [.. stored.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(s => (Scope)int.Parse(s, CultureInfo.InvariantCulture))];
}
