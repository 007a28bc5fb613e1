using System.Security.Cryptography;
using Moderation.MediaHash.Exchange;
using Moderation.ModCtl.Shell;
using Moderation.ModCtl.Submit;

namespace Moderation.ModCtl.Banks;

/// <summary>A hash list in a file: NDJSON or CSV by its name, perhaps compressed (.gz).</summary>
internal sealed class HashListFile
{
    private readonly string _path;

    public HashListFile(string path)
    {
        _path = path;
        IsCsv = IsCsvName(path);
        if (!File.Exists(path))
        {
            throw new UsageException($"there is no file {path}.");
        }
    }

    public bool IsCsv { get; }

    /// <summary>Whether a name is that of a CSV file.</summary>
    /// <exception cref="UsageException">It is that of neither.</exception>
    public static bool IsCsvName(string path)
    {
        var name = PostSources.IsCompressed(path) ? Path.GetFileNameWithoutExtension(path) : path;
        return Path.GetExtension(name).ToLowerInvariant() switch
        {
            ".csv" => true,
            ".ndjson" or ".jsonl" or ".json" => false,
            _ => throw new UsageException($"{path}: the name must end in .csv, .ndjson, .jsonl or .json, perhaps with .gz behind it."),
        };
    }

    /// <summary>What stands for this content: the same file is the same import, whatever it is called.</summary>
    public async Task<string> TokenAsync(CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(_path);
        return Convert.ToHexStringLower((await SHA256.HashDataAsync(file, cancellationToken)).AsSpan(0, 16));
    }

    /// <summary>The rows behind <paramref name="lastRow"/>, with how much of the file has been read, 0..1.</summary>
    public IEnumerable<(HashListRow Row, double Share)> Read(HashListDefaults defaults, long lastRow)
    {
        using var file = new InputFile(_path);
        using var reader = new StreamReader(file.Content, leaveOpen: true);
        var parser = new HashListParser(defaults, IsCsv);
        for (long number = 1; reader.ReadLine() is { } line; number++)
        {
            // The header of a CSV file is read in any case.
            if ((number > lastRow || (IsCsv && number == 1)) && parser.Parse(number, line) is { } row)
            {
                yield return (row, file.Share);
            }
        }
    }
}
