using System.Security.Cryptography;

namespace Moderation.Enforcement.Audit;

/// <summary>Signs seals, checkpoints and manifests: ECDSA P-256 with SHA-256, so that auditors verify with the public key alone.</summary>
public sealed class AuditSigner : IDisposable
{
    private readonly ECDsa _key;
    private readonly Lock _lock = new();

    private AuditSigner(ECDsa key)
    {
        _key = key;
        PublicKey = key.ExportSubjectPublicKeyInfo();
        KeyId = AuditKeyRing.IdOf(PublicKey);
    }

    /// <summary>The SHA-256 of the public key in lower-case hex.</summary>
    public string KeyId { get; }

    /// <summary>The public key as SubjectPublicKeyInfo.</summary>
    public byte[] PublicKey { get; }

    /// <summary>Reads a private key.</summary>
    /// <param name="pem">PEM: EC PRIVATE KEY or PRIVATE KEY, on the curve P-256.</param>
    /// <exception cref="CryptographicException">It is no such key; the message says what would be right.</exception>
    public static AuditSigner FromPem(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            var parameters = key.ExportParameters(includePrivateParameters: true);
            if (parameters.D is null || parameters.Curve.Oid.Value != ECCurve.NamedCurves.nistP256.Oid.Value)
            {
                throw new CryptographicException("not a private key on the curve P-256");
            }

            return new AuditSigner(key);
        }
        catch (Exception wrong) when (wrong is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new CryptographicException("A private key on the curve P-256 in PEM is needed; modctl audit key create makes one.", wrong);
        }
    }

    /// <summary>Makes a new private key, as PEM.</summary>
    public static string CreatePem()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    /// <summary>Signs <paramref name="data"/>; 64 bytes.</summary>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        lock (_lock)
        {
            return _key.SignData(data, HashAlgorithmName.SHA256);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _key.Dispose();
}
