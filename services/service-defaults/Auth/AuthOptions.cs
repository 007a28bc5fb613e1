using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Moderation.ServiceDefaults.Auth;

/// <summary>The secret that service tokens are signed with. Section <c>ServiceToken</c>.</summary>
public sealed class ServiceTokenOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "ServiceToken";

    /// <summary>Path of a file with at least 32 bytes of secret, the same for all services. Required.</summary>
    public string KeyFile { get; set; } = "";
}

/// <summary>How people prove who they are. Section <c>People</c>: a secret of our own, an identity provider, or both.</summary>
public sealed class PeopleOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "People";

    /// <summary>Path of a file with at least 32 bytes of secret, for tokens of <c>modctl token issue</c>. Required unless <see cref="Jwt"/> is set.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>An identity provider whose tokens are taken as well; off while its issuer is empty.</summary>
    public IdentityProviderOptions Jwt { get; set; } = new();
}

internal static class KeyFiles
{
    /// <summary>The secret for people's tokens; where only an identity provider makes them, a key that nobody knows.</summary>
    public static SymmetricSecurityKey OfPeople(PeopleOptions options)
        => options.KeyFile.Length == 0 && options.Jwt.IsOn ? new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)) : Read(options.KeyFile, "People:KeyFile");

    public static SymmetricSecurityKey Read(string path, string setting)
    {
        if (path.Length == 0)
        {
            throw new InvalidOperationException($"{setting} is not set: name a file with at least 32 bytes of secret.");
        }

        if (!File.Exists(path))
        {
            throw new InvalidOperationException($"{setting}: there is no file {path}.");
        }

        var bytes = File.ReadAllBytes(path);
        return bytes.Length >= 32
            ? new SymmetricSecurityKey(bytes)
            : throw new InvalidOperationException($"{setting}: {path} holds {bytes.Length} bytes, at least 32 are needed.");
    }
}
