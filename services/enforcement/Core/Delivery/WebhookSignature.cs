using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Moderation.Enforcement.Delivery;

/// <summary>
/// The signature of a delivery: <c>v1,</c> and the base64 of HMAC-SHA256 over <c>id.timestamp.keyId.body</c>. Unlike the Standard Webhooks
/// specification, whose header names it uses, it covers the key id too, so that a delivery can't be passed off as signed by another key.
/// </summary>
public static class WebhookSignature
{
    /// <summary>The prefix of a secret as it is shown.</summary>
    public const string SecretPrefix = "whsec_";

    /// <summary>Bytes of a secret.</summary>
    public const int SecretBytes = 32;

    /// <summary>Signs a delivery.</summary>
    /// <param name="secret">The secret's bytes.</param>
    /// <param name="id">The event's id.</param>
    /// <param name="time">When it is sent; whole seconds count.</param>
    /// <param name="keyId">The secret's id.</param>
    /// <param name="body">The bytes of the body.</param>
    public static string Sign(ReadOnlySpan<byte> secret, string id, DateTimeOffset time, string keyId, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{time.ToUnixTimeSeconds()}.{keyId}.")));
        hash.AppendData(body);
        return "v1," + Convert.ToBase64String(hash.GetHashAndReset());
    }

    /// <summary>A secret as its owner reads it.</summary>
    public static string Show(ReadOnlySpan<byte> secret) => SecretPrefix + Convert.ToBase64String(secret);
}
