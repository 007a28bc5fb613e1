using System.Security.Cryptography;
using System.Text.Json;
using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Host.Models;

/// <summary>What manifest.json says: the model's name and the SHA-256 of model.bin.</summary>
/// <param name="Name">Its name, such as "moderation-text-v1".</param>
/// <param name="Sha256">64 hexadecimal digits.</param>
internal sealed record ModelManifest(string Name, string Sha256)
{
    /// <summary>Its version: the name and the start of the hash, such as "moderation-text-v1@1f3a9c0d".</summary>
    public override string ToString() => $"{Name}@{Sha256[..8]}";
}

/// <summary>A model as it lies in a folder: model.bin, and the manifest.json that names its version and SHA-256.</summary>
/// <param name="Model">The model.</param>
/// <param name="Version">Its version and the start of its hash, such as "moderation-text-v1@1f3a9c0d".</param>
internal sealed record ModelFolder(TextModel Model, string Version)
{
    /// <summary>The model's file.</summary>
    public const string ModelFile = "model.bin";

    /// <summary>What says which model it is.</summary>
    public const string ManifestFile = "manifest.json";

    /// <summary>Loads it.</summary>
    /// <param name="name">What names the folder, for messages: a setting or a model id.</param>
    /// <param name="directory">The folder; relative to the program's own.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="InvalidDataException">A file is missing, is not what it should be, or is not the one that its manifest names.</exception>
    public static async Task<ModelFolder> LoadAsync(string name, string directory, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, directory);
        var manifest = await ReadManifestAsync(name, folder, cancellationToken);
        var path = Path.Combine(folder, ModelFile);
        if (!File.Exists(path)) throw new InvalidDataException($"{name}: {folder} has no {ModelFile}.");
        var file = await File.ReadAllBytesAsync(path, cancellationToken);
        var hash = Convert.ToHexStringLower(SHA256.HashData(file));
        if (hash != manifest.Sha256) throw new InvalidDataException($"{path} has the SHA-256 {hash}; its {ManifestFile} names {manifest.Sha256}.");
        return new ModelFolder(TextModel.Load(file), manifest.ToString());
    }

    /// <summary>Reads the manifest of a folder.</summary>
    /// <exception cref="InvalidDataException">It is missing or is not what it should be.</exception>
    public static async Task<ModelManifest> ReadManifestAsync(string name, string folder, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, ManifestFile);
        if (!File.Exists(path)) throw new InvalidDataException($"{name}: {path} is missing.");
        await using var stream = File.OpenRead(path);
        try
        {
            using var document = await JsonDocument.ParseAsync(stream, cancellationToken: cancellationToken);
            if (document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("version", out var version) && version.ValueKind == JsonValueKind.String
                && version.GetString() is { Length: > 0 and <= 100 } known && known.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
                && document.RootElement.TryGetProperty("sha256", out var sha256) && sha256.ValueKind == JsonValueKind.String
                && sha256.GetString() is { Length: 64 } hash) return new ModelManifest(known, hash);
        }
        catch (JsonException wrong)
        {
            throw new InvalidDataException($"{path} is not JSON: {wrong.Message}", wrong);
        }
        throw new InvalidDataException($"{path} must name 'version' (1 to 100 of A-Z a-z 0-9 . _ -) and 'sha256' (64 hexadecimal digits).");
    }
}
