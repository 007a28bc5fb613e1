using System.Collections.Concurrent;
using System.Security.Cryptography;
using Moderation.Testing;

namespace Moderation.Clients.Tests;

/// <summary>The packages of a client in Node, installed exactly as its lock file has them; once, until the lock file changes.</summary>
internal static class NodePackages
{
    private static readonly ConcurrentDictionary<string, Lazy<Task>> Installed = new(StringComparer.Ordinal);

    /// <summary>Installs them in <paramref name="directory"/>, a path below the root of the checkout.</summary>
    public static Task EnsureAsync(string directory)
        => Installed.GetOrAdd(directory, d => new Lazy<Task>(() => InstallAsync(Repository.PathOf(d)))).Value;

    private static async Task InstallAsync(string directory)
    {
        var wanted = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(directory, "package-lock.json"))));
        var stamp = Path.Combine(directory, "node_modules", ".installed-from");
        if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp) == wanted)
        {
            return;
        }

        (await ClientProgram.RunAsync("npm", new Dictionary<string, string>(), "ci", "--prefix", directory)).Require();
        await File.WriteAllTextAsync(stamp, wanted);
    }
}
