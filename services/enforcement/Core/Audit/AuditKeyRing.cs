using System.Security.Cryptography;

namespace Moderation.Enforcement.Audit;

/// <summary>What a signature came to.</summary>
public enum SignatureVerdict
{
    /// <summary>The key signed exactly this.</summary>
    Valid,

    /// <summary>The key is known and did not sign this.</summary>
    Wrong,

    /// <summary>The key is not among the trusted ones.</summary>
    UnknownKey,
}

/// <summary>Public keys that are trusted, present and past.</summary>
public sealed class AuditKeyRing : IDisposable
{
    private readonly Dictionary<string, ECDsa> _keys = [];

    /// <summary>The ids of the keys.</summary>
    public IReadOnlyCollection<string> Ids => _keys.Keys;

    /// <summary>The id of a key: the SHA-256 of its SubjectPublicKeyInfo in lower-case hex.</summary>
    public static string IdOf(ReadOnlySpan<byte> publicKey) => Convert.ToHexStringLower(SHA256.HashData(publicKey));

    /// <summary>The SubjectPublicKeyInfo in a PEM file, be it of a public or a private key.</summary>
    /// <exception cref="CryptographicException">There is none.</exception>
    public static byte[] PublicKeyOf(string pem)
    {
        using var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return key.ExportSubjectPublicKeyInfo();
        }
        catch (ArgumentException wrong)
        {
            throw new CryptographicException("A public key on the curve P-256 in PEM is needed.", wrong);
        }
    }

    /// <summary>A public key as PEM.</summary>
    public static string ToPem(byte[] publicKey) => PemEncoding.WriteString("PUBLIC KEY", publicKey) + "\n";

    /// <summary>Trusts a key from now on.</summary>
    /// <param name="publicKey">SubjectPublicKeyInfo.</param>
    /// <returns>Its id.</returns>
    /// <exception cref="CryptographicException">It is no key on the curve P-256.</exception>
    public string Add(byte[] publicKey)
    {
        var id = IdOf(publicKey);
        if (!_keys.ContainsKey(id))
        {
            var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(publicKey, out _);
            if (key.ExportParameters(false).Curve.Oid.Value != ECCurve.NamedCurves.nistP256.Oid.Value)
            {
                key.Dispose();
                throw new CryptographicException("The key is not on the curve P-256.");
            }

            _keys[id] = key;
        }

        return id;
    }

    /// <summary>Whether the key <paramref name="keyId"/> signed <paramref name="data"/>.</summary>
    public SignatureVerdict Verify(string keyId, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
        => !_keys.TryGetValue(keyId, out var key) ? SignatureVerdict.UnknownKey
            : key.VerifyData(data, signature, HashAlgorithmName.SHA256) ? SignatureVerdict.Valid
            : SignatureVerdict.Wrong;

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var key in _keys.Values)
        {
            key.Dispose();
        }
    }
}
