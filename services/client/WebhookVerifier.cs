using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Moderation.Contracts.V1;

namespace Moderation.Client;

/// <summary>Why a delivery is refused.</summary>
public enum WebhookFault
{
    /// <summary>It is good.</summary>
    None = 0,

    /// <summary>A header is missing or malformed.</summary>
    MalformedHeader,

    /// <summary>Its time is further from now than the tolerance: a replay, or a clock that is wrong.</summary>
    OutsideTolerance,

    /// <summary>It is signed by none of the known keys.</summary>
    UnknownKey,

    /// <summary>Its signature is not that of a known key.</summary>
    WrongSignature,

    /// <summary>It is signed well, and its body is no event that this version of the library can read.</summary>
    UnreadableBody,
}

/// <summary>
/// Verifies deliveries of webhooks. The signature covers the event's id, the time, the key id and the body, and is compared in constant
/// time; a delivery from outside the tolerance is refused, so that a recorded one can't be played back later. Within the tolerance, and
/// because deliveries may repeat, drop events by their id.
/// </summary>
public sealed class WebhookVerifier
{
    /// <summary>The header with the event's id.</summary>
    public const string IdHeader = "webhook-id";

    /// <summary>The header with the time of the attempt, in Unix seconds.</summary>
    public const string TimestampHeader = "webhook-timestamp";

    /// <summary>The header with one key id, or two while a secret is rotated.</summary>
    public const string KeyIdHeader = "webhook-key-id";

    /// <summary>The header with as many signatures, in the same order.</summary>
    public const string SignatureHeader = "webhook-signature";

    /// <summary>How far the time of a delivery may be from now.</summary>
    public static readonly TimeSpan DefaultTolerance = TimeSpan.FromMinutes(5);

    private const string SecretPrefix = "whsec_";
    private const string SignaturePrefix = "v1,";
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    private readonly Dictionary<string, byte[]> _secrets;
    private readonly TimeProvider _time;
    private readonly TimeSpan _tolerance;

    /// <summary>Makes a verifier.</summary>
    /// <param name="secrets">Key ids, each with its secret as it was shown: <c>whsec_...</c>. Two while a secret is rotated.</param>
    /// <param name="time">The clock; unset: the system's.</param>
    /// <param name="tolerance">How far the time of a delivery may be from now; unset: <see cref="DefaultTolerance"/>.</param>
    /// <exception cref="ArgumentException">There is no secret, or one is malformed.</exception>
    public WebhookVerifier(IReadOnlyDictionary<string, string> secrets, TimeProvider? time = null, TimeSpan? tolerance = null)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        if (secrets.Count == 0)
        {
            throw new ArgumentException("Give at least one key id with its secret.", nameof(secrets));
        }

        _secrets = secrets.ToDictionary(s => s.Key, s => ReadSecret(s.Key, s.Value));
        (_time, _tolerance) = (time ?? TimeProvider.System, tolerance ?? DefaultTolerance);
    }

    /// <summary>Verifies a delivery and reads its event.</summary>
    /// <param name="header">Gives a header of the request by its name; null when it is missing.</param>
    /// <param name="body">The body as it came, byte for byte.</param>
    /// <param name="happened">The event.</param>
    /// <param name="fault">Why it is refused. Answer 401, or 400 for an unreadable body; the suite tries again.</param>
    /// <returns>Whether it is good.</returns>
    public bool TryRead(
        Func<string, string?> header, ReadOnlySpan<byte> body, [NotNullWhen(true)] out WatchDecisionsResponse? happened, out WebhookFault fault)
    {
        ArgumentNullException.ThrowIfNull(header);
        happened = null;
        fault = Verify(header(IdHeader), header(TimestampHeader), header(KeyIdHeader), header(SignatureHeader), body);
        if (fault != WebhookFault.None)
        {
            return false;
        }

        try
        {
            happened = Parser.Parse<WatchDecisionsResponse>(Encoding.UTF8.GetString(body));
            return true;
        }
        catch (Exception unreadable) when (unreadable is InvalidProtocolBufferException or InvalidJsonException)
        {
            fault = WebhookFault.UnreadableBody;
            return false;
        }
    }

    /// <summary>Verifies a delivery.</summary>
    /// <param name="id">The header <c>webhook-id</c>.</param>
    /// <param name="timestamp">The header <c>webhook-timestamp</c>.</param>
    /// <param name="keyIds">The header <c>webhook-key-id</c>.</param>
    /// <param name="signatures">The header <c>webhook-signature</c>.</param>
    /// <param name="body">The body as it came, byte for byte.</param>
    /// <returns>Why it is refused, or None.</returns>
    public WebhookFault Verify(string? id, string? timestamp, string? keyIds, string? signatures, ReadOnlySpan<byte> body)
    {
        var keys = keyIds?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        var signed = signatures?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (string.IsNullOrEmpty(id) || keys.Length == 0 || keys.Length != signed.Length
            || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > int.MaxValue * 100L)
        {
            return WebhookFault.MalformedHeader;
        }

        if ((_time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() > _tolerance)
        {
            return WebhookFault.OutsideTolerance;
        }

        var fault = WebhookFault.UnknownKey;
        for (var i = 0; i < keys.Length; i++)
        {
            if (_secrets.TryGetValue(keys[i], out var secret))
            {
                if (IsSigned(secret, $"{id}.{timestamp}.{keys[i]}.", body, signed[i]))
                {
                    return WebhookFault.None;
                }

                fault = WebhookFault.WrongSignature;
            }
        }

        return fault;
    }

    private static bool IsSigned(byte[] secret, string head, ReadOnlySpan<byte> body, string signature)
    {
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (!signature.StartsWith(SignaturePrefix, StringComparison.Ordinal)
            || !Convert.TryFromBase64Chars(signature.AsSpan(SignaturePrefix.Length), given, out var length) || length != given.Length)
        {
            return false;
        }

        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        hash.AppendData(Encoding.UTF8.GetBytes(head));
        hash.AppendData(body);
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        hash.GetHashAndReset(expected);
        return CryptographicOperations.FixedTimeEquals(expected, given);
    }

    private static byte[] ReadSecret(string keyId, string secret)
    {
        var bytes = new byte[64];
        return secret is not null && secret.StartsWith(SecretPrefix, StringComparison.Ordinal)
            && Convert.TryFromBase64String(secret[SecretPrefix.Length..], bytes, out var length) && length >= 24
            ? bytes[..length]
            : throw new ArgumentException($"The secret of {keyId} must be {SecretPrefix} and base64 of 24 to 64 bytes, as it was shown.");
    }
}
