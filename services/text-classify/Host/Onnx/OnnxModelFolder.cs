using System.Security.Cryptography;
using System.Text;
using Moderation.TextClassify.Onnx;

namespace Moderation.TextClassify.Host.Onnx;

/// <summary>An ONNX model as it lies in a folder: model.onnx, the files of its tokenizer, and labels.yaml.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Manifest">What labels.yaml says.</param>
/// <param name="Version">Its name and the start of a hash over all files of the folder, so that any change of any of them shows.</param>
internal sealed record OnnxModelFolder(string Path, OnnxManifest Manifest, string Version)
{
    /// <summary>The model's file.</summary>
    public const string ModelFile = "model.onnx";

    /// <summary>Reads the folder without loading the model.</summary>
    /// <exception cref="InvalidDataException">A file is missing, or labels.yaml is not what it should be.</exception>
    public static async Task<OnnxModelFolder> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var labels = System.IO.Path.Combine(path, OnnxManifestReader.FileName);
        if (!File.Exists(labels)) throw new InvalidDataException($"{labels} is missing: it says what the model's outputs mean (ONNX.md).");
        OnnxManifest manifest;
        try
        {
            manifest = OnnxManifestReader.Read(await File.ReadAllTextAsync(labels, cancellationToken));
        }
        catch (InvalidDataException wrong)
        {
            throw new InvalidDataException($"{path}: {wrong.Message}", wrong);
        }
        string[] needed = manifest.Tokenizer.Kind == TokenizerKind.Bpe
            ? [ModelFile, manifest.Tokenizer.Vocabulary, manifest.Tokenizer.Merges]
            : [ModelFile, manifest.Tokenizer.Vocabulary];
        var missing = needed.Where(f => !File.Exists(System.IO.Path.Combine(path, f))).ToList();
        if (missing.Count > 0) throw new InvalidDataException($"{path} has no {string.Join(" and no ", missing)}.");
        return new OnnxModelFolder(path, manifest, $"{manifest.Version}@{Convert.ToHexStringLower(await HashAsync(path, cancellationToken))[..8]}");
    }

    // Names and contents of all files, weights outside of model.onnx included.
    private static async Task<byte[]> HashAsync(string path, CancellationToken cancellationToken)
    {
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.EnumerateFiles(path).OrderBy(f => f, StringComparer.Ordinal))
        {
            all.AppendData(Encoding.UTF8.GetBytes(System.IO.Path.GetFileName(file)));
            await using var stream = File.OpenRead(file);
            all.AppendData(await SHA256.HashDataAsync(stream, cancellationToken));
        }
        return all.GetHashAndReset();
    }
}
