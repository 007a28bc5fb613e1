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

/// <summary>The secret that people's tokens are signed with. Section <c>People</c>.</summary>
public sealed class PeopleOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "People";

    /// <summary>Path of a file with at least 32 bytes of secret. Required.</summary>
    public string KeyFile { get; set; } = "";
}

internal static class KeyFiles
{
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
