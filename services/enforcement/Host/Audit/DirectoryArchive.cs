using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Moderation.Enforcement.Audit;

namespace Moderation.Enforcement.Host.Audit;

/// <summary>An archive in a directory; <see cref="ArchiveLayout"/> says where things lie.</summary>
internal sealed class DirectoryArchive : IArchive
{
    private readonly string _root;

    /// <summary>Opens the archive in <paramref name="root"/>, or makes one there.</summary>
    /// <exception cref="InvalidOperationException">The archive there is of another installation.</exception>
    public DirectoryArchive(string root, int shardCount)
    {
        _root = Path.GetFullPath(root);
        DurableFiles.CreateDirectory(_root);
        DurableFiles.CreateDirectory(PathOf(ArchiveLayout.Keys));
        DurableFiles.CreateDirectory(PathOf(ArchiveLayout.Segments));
        var description = PathOf(ArchiveLayout.Description);
        if (!DurableFiles.TryCreate(description, Encoding.UTF8.GetBytes($"{{\"format\":1,\"shards\":{shardCount}}}\n")))
        {
            using var there = JsonDocument.Parse(File.ReadAllText(description));
            if (there.RootElement.GetProperty("format").GetInt32() != 1 || there.RootElement.GetProperty("shards").GetInt32() != shardCount)
            {
                throw new InvalidOperationException(
                    $"Audit:ArchiveDirectory: {description} is of another format or another number of shards than {shardCount}.");
            }
        }
    }

    /// <inheritdoc />
    public (long First, long Last)? Range()
    {
        var folders = Directory.GetDirectories(PathOf(ArchiveLayout.Segments)).Order(StringComparer.Ordinal).ToList();
        long? first = folders.Select(f => NumbersIn(f).Cast<long?>().Min()).FirstOrDefault(n => n is not null);
        folders.Reverse();
        long? last = folders.Select(f => NumbersIn(f).Cast<long?>().Max()).FirstOrDefault(n => n is not null);
        return first is { } from && last is { } to ? (from, to) : null;
    }

    /// <inheritdoc />
    public SegmentManifest? Manifest(long number)
    {
        var path = PathOf(ArchiveLayout.ManifestOf(number));
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return SegmentManifest.Parse(File.ReadAllBytes(path));
        }
        catch (FormatException wrong)
        {
            throw new InvalidDataException($"{path}: {wrong.Message}", wrong);
        }
    }

    /// <inheritdoc />
    public Stream Open(SegmentManifest manifest)
    {
        var path = Path.Combine(PathOf(ArchiveLayout.FolderOf(manifest.Number)), Path.GetFileName(manifest.File));
        return File.Exists(path)
            ? new GZipStream(File.OpenRead(path), CompressionMode.Decompress)
            : throw new InvalidDataException($"{path} is not there.");
    }

    /// <inheritdoc />
    public bool TryWrite(SegmentManifest manifest, ReadOnlySpan<byte> file, Action fileWritten)
    {
        var folder = PathOf(ArchiveLayout.FolderOf(manifest.Number));
        DurableFiles.CreateDirectory(folder);
        DurableFiles.Replace(Path.Combine(folder, manifest.File), file);
        fileWritten();
        if (!DurableFiles.TryCreate(PathOf(ArchiveLayout.ManifestOf(manifest.Number)), manifest.ToJson()))
        {
            return false;
        }

        // What a writer left that died before its manifest, of this segment or an unfinished write.
        foreach (var left in Directory.EnumerateFiles(folder, $"{manifest.Number:D11}*").Where(f => !IsOf(manifest, Path.GetFileName(f))))
        {
            File.Delete(left);
        }

        return true;
    }

    /// <inheritdoc />
    public void Prune(PruneMark mark)
    {
        DurableFiles.Replace(PathOf(ArchiveLayout.Pruned), mark.ToJson());
        while (Range() is { } range && range.First < mark.First)
        {
            // The manifest last: while it is there, the next run finds the segment again.
            var manifest = PathOf(ArchiveLayout.ManifestOf(range.First));
            var folder = PathOf(ArchiveLayout.FolderOf(range.First));
            foreach (var file in Directory.EnumerateFiles(folder, $"{range.First:D11}-*"))
            {
                File.Delete(file);
            }

            File.Delete(manifest);
            if (!Directory.EnumerateFileSystemEntries(folder).Any())
            {
                Directory.Delete(folder);
            }
        }
    }

    /// <inheritdoc />
    public void AddKey(string keyId, byte[] publicKey)
        => DurableFiles.TryCreate(PathOf(ArchiveLayout.KeyOf(keyId)), Encoding.ASCII.GetBytes(AuditKeyRing.ToPem(publicKey)));

    private static bool IsOf(SegmentManifest manifest, string name)
        => name == manifest.File || name == Path.GetFileName(ArchiveLayout.ManifestOf(manifest.Number));

    private static IEnumerable<long> NumbersIn(string folder)
        => Directory.EnumerateFiles(folder, "*.json").Select(f => ArchiveLayout.NumberOf(Path.GetFileName(f))).OfType<long>();

    private string PathOf(string relative) => Path.Combine(_root, relative);
}
