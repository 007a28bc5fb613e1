using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Moderation.Enforcement.Host.Delivery;

/// <summary>Encrypts webhook secrets under the key of the installation, so that whoever reads the store can't sign deliveries.</summary>
internal sealed class SecretSealer(IOptions<DeliveryOptions> options)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private readonly Lazy<byte[]> _key = new(() => Read(options.Value.KeyFile));

    /// <summary>Reads the key now, so that a missing one ends the start.</summary>
    /// <exception cref="InvalidOperationException">The file is missing or short.</exception>
    public void Check() => _ = _key.Value;

    /// <summary>Nonce, ciphertext, tag; bound to whose secret it is.</summary>
    public byte[] Seal(ReadOnlySpan<byte> secret, string tenant, string webhook, string keyId)
    {
        var sealedSecret = new byte[NonceBytes + secret.Length + TagBytes];
        var nonce = sealedSecret.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(_key.Value, TagBytes);
        cipher.Encrypt(nonce, secret, sealedSecret.AsSpan(NonceBytes, secret.Length), sealedSecret.AsSpan(^TagBytes..), Owner(tenant, webhook, keyId));
        return sealedSecret;
    }

    /// <summary>The secret, or null when it was sealed under another key or for another owner.</summary>
    public byte[]? Open(ReadOnlySpan<byte> sealedSecret, string tenant, string webhook, string keyId)
    {
        if (sealedSecret.Length <= NonceBytes + TagBytes)
        {
            return null;
        }

        var secret = new byte[sealedSecret.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(_key.Value, TagBytes);
        try
        {
            cipher.Decrypt(
                sealedSecret[..NonceBytes], sealedSecret[NonceBytes..^TagBytes], sealedSecret[^TagBytes..], secret, Owner(tenant, webhook, keyId));
            return secret;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static byte[] Owner(string tenant, string webhook, string keyId) => Encoding.UTF8.GetBytes($"{tenant}\n{webhook}\n{keyId}");

    private static byte[] Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new InvalidOperationException($"Delivery:KeyFile: there is no file {path}.");
        }

        var secret = File.ReadAllBytes(path);
        return secret.Length >= 32
            ? HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, info: "moderation webhook secrets"u8.ToArray())
            : throw new InvalidOperationException($"Delivery:KeyFile: {path} holds {secret.Length} bytes, at least 32 are needed.");
    }
}
