using System.Security.Cryptography;

namespace Moderation.Testing;

/// <summary>Keys that sign the audit.</summary>
public static class SigningKeys
{
    /// <summary>Makes a private key in <paramref name="directory"/>.</summary>
    /// <returns>Its path.</returns>
    public static string Make(string directory)
    {
        var path = Path.Combine(directory, $"audit-{Path.GetRandomFileName()}.pem");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(path, key.ExportPkcs8PrivateKeyPem());
        return path;
    }
}
