using System.Security.Cryptography;

namespace Moderation.MediaHash.Host.Pulling;

/// <summary>Checks the signatures of lists: SHA-256 under ECDSA (DER) or RSA (PKCS#1), as openssl dgst writes them, in bytes or Base64.</summary>
internal sealed class ListSignature(string publicKeyFile)
{
    /// <summary>Whether the signature is that of the content, which is read to its end.</summary>
    public async Task<bool> IsOfAsync(Stream content, byte[]? signature, CancellationToken cancellationToken)
    {
        if (signature is null)
            return false;
        var digest = await SHA256.HashDataAsync(content, cancellationToken);
        var pem = await File.ReadAllTextAsync(publicKeyFile, cancellationToken);
        return Verifies(pem, digest, Decoded(signature));
    }

    private static bool Verifies(string pem, byte[] digest, byte[] signature)
    {
        try
        {
            using var ecdsa = ECDsa.Create();
            ecdsa.ImportFromPem(pem);
            return ecdsa.VerifyHash(digest, signature, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (Exception other) when (other is CryptographicException or ArgumentException)
        {
            // Not a key on a curve, or not a signature of one.
        }
        try
        {
            using var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            return rsa.VerifyHash(digest, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        catch (Exception other) when (other is CryptographicException or ArgumentException)
        {
            return false;
        }
    }

    private static byte[] Decoded(byte[] signature)
    {
        var text = System.Text.Encoding.ASCII.GetString(signature).Trim();
        var bytes = new byte[text.Length];
        return text.Length > 0 && Convert.TryFromBase64String(text, bytes, out var count) ? bytes[..count] : signature;
    }
}
