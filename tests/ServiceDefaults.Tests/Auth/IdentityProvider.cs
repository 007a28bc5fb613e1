using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Moderation.ServiceDefaults.Tests.Auth;

/// <summary>An identity provider with keys of its own: it signs what it is told to, good or not.</summary>
internal sealed class IdentityProvider : IDisposable
{
    public const string Issuer = "https://login.example";
    public const string Audience = "moderation";

    // Made once: a key of this size takes longer than all else in these tests.
    private static readonly RSA FirstKey = RSA.Create(2048);
    private readonly string _folder = Directory.CreateTempSubdirectory("moderation-jwks-").FullName;
    private readonly Dictionary<string, AsymmetricAlgorithm> _keys = new(StringComparer.Ordinal);

    public IdentityProvider(TimeProvider time)
    {
        Time = time;
        _keys["rsa-1"] = FirstKey;
        AddEc("ec-1");
        Publish();
    }

    public TimeProvider Time { get; }

    public string JwksFile => Path.Combine(_folder, "jwks.json");

    public void AddRsa(string kid) => _keys[kid] = RSA.Create(2048);

    public void AddEc(string kid) => _keys[kid] = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public AsymmetricAlgorithm Key(string kid) => _keys[kid];

    public void Withdraw(string kid) => _keys.Remove(kid);

    /// <summary>Writes the file anew, as a mount is swapped.</summary>
    public void Publish(params object[] further) => Write(JsonSerializer.Serialize(new { keys = _keys.Select(k => Jwk(k.Key, k.Value)).Concat(further) }));

    public void Write(string text)
    {
        var next = JwksFile + ".next";
        File.WriteAllText(next, text);
        File.Move(next, JwksFile, overwrite: true);
    }

    /// <summary>Claims that are good for five minutes, changed by <paramref name="change"/>.</summary>
    public Dictionary<string, object> Claims(Action<Dictionary<string, object>>? change = null)
    {
        var now = Time.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = Issuer,
            ["aud"] = Audience,
            ["sub"] = "ann@example.org",
            ["iat"] = now,
            ["nbf"] = now,
            ["exp"] = now + 300,
            ["roles"] = new[] { "lead", "something-else" },
            ["tenants"] = new[] { "acme" },
        };
        change?.Invoke(claims);
        return claims;
    }

    public string Sign(string kid, string algorithm, Dictionary<string, object>? claims = null, Action<Dictionary<string, object>>? header = null)
    {
        var key = _keys[kid];
        return Sign(kid, algorithm, claims, header, data => key switch
        {
            RSA rsa => rsa.SignData(data, Digest(algorithm), algorithm.StartsWith("PS", StringComparison.Ordinal) ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1),
            ECDsa ec => ec.SignData(data, Digest(algorithm)),
            _ => throw new NotSupportedException(),
        });
    }

    public string Sign(string kid, string algorithm, Dictionary<string, object>? claims, Action<Dictionary<string, object>>? header, Func<byte[], byte[]> sign)
    {
        var head = new Dictionary<string, object> { ["alg"] = algorithm, ["typ"] = "JWT", ["kid"] = kid };
        header?.Invoke(head);
        var signed = $"{Part(head)}.{Part(claims ?? Claims())}";
        return $"{signed}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    public static object Jwk(string kid, AsymmetricAlgorithm key, bool withPrivate = false)
    {
        if (key is RSA rsa)
        {
            var p = rsa.ExportParameters(withPrivate);
            var jwk = new Dictionary<string, object> { ["kty"] = "RSA", ["use"] = "sig", ["kid"] = kid, ["n"] = Url(p.Modulus), ["e"] = Url(p.Exponent) };
            if (withPrivate)
            {
                jwk["d"] = Url(p.D);
                jwk["p"] = Url(p.P);
                jwk["q"] = Url(p.Q);
                jwk["dp"] = Url(p.DP);
                jwk["dq"] = Url(p.DQ);
                jwk["qi"] = Url(p.InverseQ);
            }

            return jwk;
        }

        var point = ((ECDsa)key).ExportParameters(false).Q;
        return new Dictionary<string, object> { ["kty"] = "EC", ["use"] = "sig", ["crv"] = "P-256", ["kid"] = kid, ["x"] = Url(point.X), ["y"] = Url(point.Y) };
    }

    public void Dispose()
    {
        foreach (var key in _keys.Values.Where(k => k != FirstKey))
        {
            key.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static HashAlgorithmName Digest(string algorithm) => algorithm.EndsWith("384", StringComparison.Ordinal) ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256;

    private static string Part(Dictionary<string, object> json) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(json));

    private static string Url(byte[]? bytes) => Base64Url.EncodeToString(bytes);
}
