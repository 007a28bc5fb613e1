using System.IO.Compression;

namespace Moderation.Benchmarks.Text;

/// <summary>Reads the compressed tables of a data folder.</summary>
internal static class DataFiles
{
    /// <summary>The rows below the header, split at tabs.</summary>
    public static IEnumerable<string[]> Rows(DirectoryInfo data, params string[] path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(Path.Combine([data.FullName, .. path])), CompressionMode.Decompress));
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
            if (line.Length > 0) yield return line.Split('\t');
    }

    /// <summary>Texts of one part of the pool's sources, in the order of the files.</summary>
    public static IReadOnlyList<string> Texts(DirectoryInfo data, string part) =>
    [
        .. Directory.GetFiles(Path.Combine(data.FullName, "text", "pool"), "*.tsv.gz").Order(StringComparer.Ordinal)
            .SelectMany(f => Rows(data, "text", "pool", Path.GetFileName(f))).Where(r => r.Length == 7 && r[1] == part).Select(r => r[6]),
    ];
}
