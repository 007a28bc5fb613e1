using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Moderation.Enforcement.Host.ChildSafety;

/// <summary>
/// Encrypts preserved texts with AES-256-GCM, under a key derived from the operator's secret. A text opens only in the record it was sealed for.
/// </summary>
internal sealed class TextSealer
{
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private readonly byte[]? _key;

    public TextSealer(IOptions<ChildSafetyOptions> options)
    {
        var file = options.Value.PreservationKeyFile;
        if (file.Length > 0)
        {
            _key = HKDF.DeriveKey(HashAlgorithmName.SHA256, File.ReadAllBytes(file), 32, info: "moderation preservation v1"u8.ToArray());
            Mark = SHA256.HashData(_key)[..8];
        }
    }

    /// <summary>Tells keys apart without telling the key; empty when there is none.</summary>
    public byte[] Mark { get; } = [];

    /// <summary>Whether there is a key.</summary>
    public bool HasKey => _key is not null;

    /// <summary>Nonce, tag and cipher text. Only where there is a key.</summary>
    public byte[] Seal(string text, string preservationId)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var sealedText = new byte[NonceLength + TagLength + plain.Length];
        RandomNumberGenerator.Fill(sealedText.AsSpan(0, NonceLength));
        using var cipher = new AesGcm(_key!, TagLength); // the caller asked whether there is one
        cipher.Encrypt(
            sealedText.AsSpan(0, NonceLength), plain, sealedText.AsSpan(NonceLength + TagLength), sealedText.AsSpan(NonceLength, TagLength),
            Encoding.UTF8.GetBytes(preservationId));
        return sealedText;
    }

    /// <summary>The text; null when it was sealed under another key or for another record.</summary>
    public string? Open(ReadOnlySpan<byte> sealedText, string preservationId)
    {
        if (_key is null || sealedText.Length < NonceLength + TagLength)
        {
            return null;
        }

        var plain = new byte[sealedText.Length - NonceLength - TagLength];
        using var cipher = new AesGcm(_key, TagLength);
        try
        {
            cipher.Decrypt(
                sealedText[..NonceLength], sealedText[(NonceLength + TagLength)..], sealedText.Slice(NonceLength, TagLength), plain,
                Encoding.UTF8.GetBytes(preservationId));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        return Encoding.UTF8.GetString(plain);
    }
}
