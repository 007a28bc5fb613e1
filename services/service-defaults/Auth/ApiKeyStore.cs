using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.ServiceDefaults.Auth;

/// <summary>API keys of tenants: <c>mk_&lt;key id&gt;_&lt;secret&gt;</c>. Only the SHA-256 of the secret is stored.</summary>
public sealed class ApiKeyStore(RedisConnectionStore redis, TimeProvider time)
{
    /// <summary>How long a found key is trusted without asking again; so long a revoked one may still work.</summary>
    public static readonly TimeSpan Trust = TimeSpan.FromSeconds(10);

    private const int SecretBytes = 32;
    private const int CacheSize = 10_000;
    private readonly ConcurrentDictionary<string, (byte[] Hash, string Tenant, DateTimeOffset Until)> _cache = new();

    /// <summary>Makes and stores a key.</summary>
    /// <returns>The key, to be shown once; null when <paramref name="keyId"/> is taken.</returns>
    public async Task<string?> CreateAsync(string tenant, string keyId)
    {
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));
        return await StoreAsync(tenant, keyId, secret) ? $"mk_{keyId}_{secret}" : null;
    }

    /// <summary>Forgets a key of <paramref name="tenant"/>.</summary>
    /// <returns>False when there is none.</returns>
    public async Task<bool> RevokeAsync(string tenant, string keyId)
    {
        var database = redis.Multiplexer.GetDatabase();
        var transaction = database.CreateTransaction();
        transaction.AddCondition(Condition.HashEqual(KeySpace.ApiKey(keyId), "tenant", tenant));
        _ = transaction.KeyDeleteAsync(KeySpace.ApiKey(keyId));
        return await transaction.ExecuteAsync();
    }

    /// <summary>The tenant and key id of a valid key, else null.</summary>
    public async ValueTask<(string Tenant, string KeyId)?> FindAsync(string apiKey)
    {
        ArgumentNullException.ThrowIfNull(apiKey);
        var parts = apiKey.Split('_');
        if (parts is not ["mk", { Length: > 0 and <= 64 } keyId, { Length: SecretBytes * 2 } secret] || keyId.AsSpan().ContainsAny('{', '}'))
        {
            return null;
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(secret));
        var now = time.GetUtcNow();
        if (!_cache.TryGetValue(keyId, out var known) || known.Until <= now)
        {
            var row = await redis.Multiplexer.GetDatabase().HashGetAsync(KeySpace.ApiKey(keyId), ["hash", "tenant"]);
            if (row[0].IsNull || row[1].IsNull)
            {
                _cache.TryRemove(keyId, out _);
                return null;
            }

            known = ((byte[])row[0]!, row[1].ToString(), now + Trust); // null was ruled out above
            if (_cache.Count >= CacheSize)
            {
                _cache.Clear();
            }

            _cache[keyId] = known;
        }

        return CryptographicOperations.FixedTimeEquals(known.Hash, hash) ? (known.Tenant, keyId) : null;
    }

    private async Task<bool> StoreAsync(string tenant, string keyId, string secret)
    {
        var key = KeySpace.ApiKey(keyId);
        var transaction = redis.Multiplexer.GetDatabase().CreateTransaction();
        transaction.AddCondition(Condition.KeyNotExists(key));
        _ = transaction.HashSetAsync(key,
        [
            new HashEntry("tenant", tenant),
            new HashEntry("hash", SHA256.HashData(Encoding.UTF8.GetBytes(secret))),
            new HashEntry("create_ms", time.GetUtcNow().ToUnixTimeMilliseconds()),
        ]);
        return await transaction.ExecuteAsync();
    }
}
