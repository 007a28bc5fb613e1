using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Submit;

/// <summary>Chooses the reader for a path.</summary>
internal static class PostSources
{
    public static IPostSource Open(string path, SourceOptions options)
    {
        if (Directory.Exists(path))
        {
            return new PictureFolder(path);
        }

        if (!File.Exists(path))
        {
            throw new UsageException($"there is no file or folder {path}.");
        }

        var plain = IsCompressed(path) ? path[..^".gz".Length] : path;
        return Path.GetExtension(plain).ToLowerInvariant() switch
        {
            ".ndjson" or ".jsonl" => new NdjsonFile(path, options),
            ".csv" => new DelimitedFile(path, options, ","),
            ".tsv" => new DelimitedFile(path, options, "\t"),
            _ => throw new UsageException($"{path}: its name must end in .ndjson, .jsonl, .csv or .tsv (with .gz when compressed), or be a folder of pictures."),
        };
    }

    public static bool IsCompressed(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
}
