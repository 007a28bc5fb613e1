using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Moderation.ServiceDefaults.Auth;

/// <summary>Tells whether an API key is good, from memory where it was asked a moment ago.</summary>
public sealed class ApiKeyVerifier(ApiKeyStore store, TimeProvider time)
{
    /// <summary>How long a found key is trusted without asking again; so long a revoked one may still work.</summary>
    public static readonly TimeSpan Trust = TimeSpan.FromSeconds(10);

    // A secret that does not fit may be one that was made since; whoever sends wrong ones makes us ask no more often than this.
    private static readonly TimeSpan MisfitTrust = TimeSpan.FromSeconds(1);

    private const int MaxKeyIdLength = 64;
    private const int CacheSize = 10_000;
    private readonly ConcurrentDictionary<string, Known> _cache = new(StringComparer.Ordinal);

    /// <summary>The key that <paramref name="apiKey"/> is one of the secrets of, else null.</summary>
    public async ValueTask<StoredApiKey?> FindAsync(string apiKey)
    {
        ArgumentNullException.ThrowIfNull(apiKey);
        var parts = apiKey.Split('_');
        if (parts is not ["mk", { Length: > 0 and <= MaxKeyIdLength } keyId, { Length: ApiKeyStore.SecretBytes * 2 } secret]
            || keyId.AsSpan().ContainsAny('{', '}'))
        {
            return null;
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(secret));
        var now = time.GetUtcNow();
        if (!_cache.TryGetValue(keyId, out var known)
            || now - known.ReadTime >= Trust
            || (now - known.ReadTime >= MisfitTrust && !known.Key.Takes(hash, now)))
        {
            if (await store.ReadAsync(keyId) is not { } read)
            {
                _cache.TryRemove(keyId, out _);
                return null;
            }

            known = new Known(read, now);
            Remember(known);
        }

        if (!known.Key.Takes(hash, now))
        {
            return null;
        }

        NoteUse(known, now);
        return known.Key;
    }

    // Once a day for each replica: the stored day is behind, or this replica has just said so.
    private void NoteUse(Known known, DateTimeOffset now)
    {
        var day = now.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (string.CompareOrdinal(known.Key.LastUseDay, day) < 0)
        {
            Remember(known with { Key = known.Key with { LastUseDay = day } });
            store.NoteUseIn(known.Key, day);
        }
    }

    private void Remember(Known known)
    {
        if (_cache.Count >= CacheSize)
        {
            _cache.Clear();
        }

        _cache[known.Key.KeyId] = known;
    }

    private sealed record Known(StoredApiKey Key, DateTimeOffset ReadTime);
}
