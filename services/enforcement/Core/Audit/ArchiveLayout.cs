using System.Globalization;

namespace Moderation.Enforcement.Audit;

/// <summary>Where things lie in an archive; paths with /, relative to its root.</summary>
public static class ArchiveLayout
{
    /// <summary>What the archive is: its format and number of shards.</summary>
    public const string Description = "archive.json";

    /// <summary>Says up to which segment retention has dropped, signed.</summary>
    public const string Pruned = "pruned.json";

    /// <summary>The folder of the public keys.</summary>
    public const string Keys = "keys";

    /// <summary>The folder of the segments.</summary>
    public const string Segments = "segments";

    private const int SegmentsInFolder = 1000;

    /// <summary>The folder of a segment and its manifest; a thousand in each.</summary>
    public static string FolderOf(long number) => $"{Segments}/{number / SegmentsInFolder:D8}";

    /// <summary>The manifest of a segment.</summary>
    public static string ManifestOf(long number) => $"{FolderOf(number)}/{number:D11}.json";

    /// <summary>The name of a segment's file. It carries the hash, so that two writers never write the same file.</summary>
    public static string FileOf(long number, ReadOnlySpan<byte> fileHash) => $"{number:D11}-{Convert.ToHexStringLower(fileHash[..8])}.ndjson.gz";

    /// <summary>The number of a manifest by its name, or null for another file.</summary>
    public static long? NumberOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length == 16 && name.EndsWith(".json", StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, 11), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
    }

    /// <summary>The file of a public key.</summary>
    public static string KeyOf(string keyId) => $"{Keys}/{keyId}.pem";
}
