using System.Security.Cryptography;
using System.Text.Json;
using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Host.Models;

/// <summary>A model as it lies in a folder: model.bin, and the manifest.json that names its version and SHA-256.</summary>
/// <param name="Model">The model.</param>
/// <param name="Version">Its version and the start of its hash, such as "moderation-text-v1@1f3a9c0d".</param>
internal sealed record ModelFolder(TextModel Model, string Version)
{
    /// <summary>Loads it.</summary>
    /// <param name="setting">The setting that names the folder, for messages.</param>
    /// <param name="directory">The folder; relative to the program's own.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="InvalidDataException">A file is missing, is not what it should be, or is not the one that its manifest names.</exception>
    public static async Task<ModelFolder> LoadAsync(string setting, string directory, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, directory);
        var manifest = await ReadManifestAsync(setting, Path.Combine(folder, "manifest.json"), cancellationToken);
        var path = Path.Combine(folder, "model.bin");
        if (!File.Exists(path)) throw new InvalidDataException($"{setting}: {folder} has no model.bin.");
        var file = await File.ReadAllBytesAsync(path, cancellationToken);
        var hash = Convert.ToHexStringLower(SHA256.HashData(file));
        if (hash != manifest.Sha256) throw new InvalidDataException($"{path} has the SHA-256 {hash}; its manifest.json names {manifest.Sha256}.");
        return new ModelFolder(TextModel.Load(file), $"{manifest.Version}@{hash[..8]}");
    }

    private static async Task<(string Version, string Sha256)> ReadManifestAsync(string setting, string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path)) throw new InvalidDataException($"{setting}: {path} is missing.");
        await using var stream = File.OpenRead(path);
        try
        {
            using var document = await JsonDocument.ParseAsync(stream, cancellationToken: cancellationToken);
            if (document.RootElement.TryGetProperty("version", out var version) && version.GetString() is { Length: > 0 } name
                && document.RootElement.TryGetProperty("sha256", out var sha256) && sha256.GetString() is { Length: 64 } hash) return (name, hash);
        }
        catch (JsonException wrong)
        {
            throw new InvalidDataException($"{path} is not JSON: {wrong.Message}", wrong);
        }
        throw new InvalidDataException($"{path} must name 'version' and 'sha256' (64 hexadecimal digits).");
    }
}
