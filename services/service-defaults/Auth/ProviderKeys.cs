using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Moderation.ServiceDefaults.Auth;

/// <summary>The public keys of an identity provider, from a file that is read again while it is in use.</summary>
internal sealed partial class ProviderKeys(string path, TimeProvider time, ILogger logger)
{
    /// <summary>How long the file is trusted without reading it again; so long a withdrawn key may still work.</summary>
    public static readonly TimeSpan Trust = TimeSpan.FromSeconds(5);

    // A key that is not known may be new; who sends made-up ones makes us read no more often than this.
    private static readonly TimeSpan UnknownKeyTrust = TimeSpan.FromSeconds(1);
    private const int MinRsaBits = 2048;
    private readonly Lock _reading = new();
    private volatile KeySet? _keys;

    /// <summary>The keys as the file has them now. While it can't be read they are those of the last time it could.</summary>
    public KeySet Current(string keyId)
    {
        var keys = _keys;
        var age = keys is null ? TimeSpan.MaxValue : time.GetUtcNow() - keys.ReadTime;
        if (keys is null || age >= Trust || (age >= UnknownKeyTrust && !keys.Keys.ContainsKey(keyId)))
        {
            lock (_reading)
            {
                keys = ReferenceEquals(_keys, keys) ? Reread(keys) : _keys!; // set by whoever held the lock before
            }
        }

        return keys;
    }

    /// <summary>What is wrong with the file, or null.</summary>
    public static string? Fault(string path)
    {
        try
        {
            Read(File.ReadAllText(path));
            return null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return unreadable.Message;
        }
    }

    private KeySet Reread(KeySet? before)
    {
        var now = time.GetUtcNow();
        try
        {
            // Not by its time: a mounted ConfigMap is a link whose own time stays as it was.
            var text = File.ReadAllText(path);
            _keys = text == before?.Text ? before with { ReadTime = now } : new KeySet(Read(text), text, now, new TokenCache<Person>());
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // Half-written, or gone for a moment: turning everybody away would be worse than the keys of a moment ago.
            LogUnreadable(unreadable.Message);
            _keys = (before ?? new KeySet(FrozenDictionary<string, JsonWebKey>.Empty, "", now, new TokenCache<Person>())) with { ReadTime = now };
        }

        return _keys;
    }

    private static FrozenDictionary<string, JsonWebKey> Read(string text)
    {
        IList<JsonWebKey> keys;
        try
        {
            keys = JsonWebKeySet.Create(text).Keys;
        }
        catch (Exception malformed) when (malformed is ArgumentException or JsonException)
        {
            throw new InvalidDataException("is no JSON Web Key Set: it has the form {\"keys\": [...]}.", malformed);
        }

        if (keys.FirstOrDefault(k => k.HasPrivateKey) is { } secret)
        {
            throw new InvalidDataException($"holds the private key of {secret.Kid}: only public keys belong there.");
        }

        // Keys for other uses and of other kinds may be in the set; a symmetric one is never taken.
        var usable = keys.Where(k => k.Kid is { Length: > 0 } && k.Use is null or "" or "sig" && IsStrong(k)).ToList();
        if (usable.Count == 0)
        {
            throw new InvalidDataException($"holds no key with a kid that is RSA of {MinRsaBits} bits or more, or P-256.");
        }

        return usable.GroupBy(k => k.Kid, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? throw new InvalidDataException($"holds two keys with the kid {twice.Key}.")
            : usable.ToFrozenDictionary(k => k.Kid, StringComparer.Ordinal);
    }

    private static bool IsStrong(JsonWebKey key)
        => (key.Kty == JsonWebAlgorithmsKeyTypes.RSA && key.KeySize >= MinRsaBits)
            || (key.Kty == JsonWebAlgorithmsKeyTypes.EllipticCurve && key.Crv == JsonWebKeyECTypes.P256);

    [LoggerMessage(LogLevel.Warning, "The identity provider's keys can't be read, so those read before stay in force: {Reason}")]
    private partial void LogUnreadable(string reason);

    /// <summary>Keys by their id, and the tokens that were found good by them: what a withdrawn key has signed is forgotten with it.</summary>
    internal sealed record KeySet(FrozenDictionary<string, JsonWebKey> Keys, string Text, DateTimeOffset ReadTime, TokenCache<Person> Seen);
}
