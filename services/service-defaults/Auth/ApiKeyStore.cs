using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Moderation.Contracts.V1;
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
    private readonly ConcurrentDictionary<string, (byte[] Hash, ApiKey Key, DateTimeOffset Until)> _cache = new();

    /// <summary>Makes and stores a key.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="keyId">Its public part.</param>
    /// <param name="scopes">What it may be used for; null is everything.</param>
    /// <returns>The key, to be shown once; null when <paramref name="keyId"/> is taken.</returns>
    public async Task<string?> CreateAsync(string tenant, string keyId, IReadOnlySet<Scope>? scopes = null)
    {
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));
        return await StoreAsync(tenant, keyId, secret, scopes ?? ApiKeyScopes.All) ? $"mk_{keyId}_{secret}" : null;
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

    /// <summary>What a valid key stands for, else null.</summary>
    public async ValueTask<ApiKey?> FindAsync(string apiKey)
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
            var row = await redis.Multiplexer.GetDatabase().HashGetAsync(KeySpace.ApiKey(keyId), ["hash", "tenant", "scopes"]);
            if (row[0].IsNull || row[1].IsNull)
            {
                _cache.TryRemove(keyId, out _);
                return null;
            }

            known = ((byte[])row[0]!, new ApiKey(row[1].ToString(), keyId, ScopesOf(row[2])), now + Trust); // null was ruled out above
            if (_cache.Count >= CacheSize)
            {
                _cache.Clear();
            }

            _cache[keyId] = known;
        }

        return CryptographicOperations.FixedTimeEquals(known.Hash, hash) ? known.Key : null;
    }

    private async Task<bool> StoreAsync(string tenant, string keyId, string secret, IReadOnlySet<Scope> scopes)
    {
        var key = KeySpace.ApiKey(keyId);
        var transaction = redis.Multiplexer.GetDatabase().CreateTransaction();
        transaction.AddCondition(Condition.KeyNotExists(key));
        _ = transaction.HashSetAsync(key,
        [
            new HashEntry("tenant", tenant),
            new HashEntry("hash", SHA256.HashData(Encoding.UTF8.GetBytes(secret))),
            new HashEntry("scopes", string.Join(' ', scopes.Order().Select(s => (int)s))),
            new HashEntry("create_ms", time.GetUtcNow().ToUnixTimeMilliseconds()),
        ]);
        return await transaction.ExecuteAsync();
    }

    // A key from before there were scopes has all of them: it could do everything when it was handed out.
    private static FrozenSet<Scope> ScopesOf(RedisValue stored) => stored.IsNull
        ? [.. ApiKeyScopes.All]
        : [.. stored.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(s => (Scope)int.Parse(s, CultureInfo.InvariantCulture))];
}

/// <summary>What an API key stands for.</summary>
/// <param name="TenantId">Whose it is.</param>
/// <param name="KeyId">Its public part.</param>
/// <param name="Scopes">What it may be used for.</param>
public sealed record ApiKey(string TenantId, string KeyId, IReadOnlySet<Scope> Scopes);
