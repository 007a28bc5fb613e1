using Moderation.Enforcement.Audit;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Audit;

/// <summary>An archive on this machine: the volume itself, or a copy of it.</summary>
internal sealed class ArchiveFolder
{
    private readonly string _root;

    public ArchiveFolder(DirectoryInfo directory)
    {
        _root = directory.FullName;
        if (!File.Exists(PathOf(ArchiveLayout.Description)))
        {
            throw new UsageException($"--archive: {_root} is no archive, it has no {ArchiveLayout.Description}.");
        }
    }

    /// <summary>The keys that the archive lists.</summary>
    public IEnumerable<byte[]> Keys()
        => Directory.Exists(PathOf(ArchiveLayout.Keys))
            ? Directory.EnumerateFiles(PathOf(ArchiveLayout.Keys), "*.pem").Select(f => AuditKeyCommand.PublicKey(File.ReadAllText(f), f))
            : [];

    /// <summary>Gives all of it to <paramref name="verifier"/>.</summary>
    public void ReadInto(ArchiveVerifier verifier)
    {
        if (File.Exists(PathOf(ArchiveLayout.Pruned)))
        {
            verifier.Pruned(File.ReadAllBytes(PathOf(ArchiveLayout.Pruned)));
        }

        foreach (var number in Numbers())
        {
            var folder = PathOf(ArchiveLayout.FolderOf(number));
            verifier.Read(number, File.ReadAllBytes(PathOf(ArchiveLayout.ManifestOf(number))), name => Open(folder, name));
        }
    }

    // The name comes from a manifest that may be anybody's work: it stays in the folder.
    private static FileStream? Open(string folder, string name)
    {
        var path = Path.Combine(folder, Path.GetFileName(name));
        return File.Exists(path) ? File.OpenRead(path) : null;
    }

    private IEnumerable<long> Numbers()
        => Directory.Exists(PathOf(ArchiveLayout.Segments))
            ? Directory.EnumerateDirectories(PathOf(ArchiveLayout.Segments)).SelectMany(f => Directory.EnumerateFiles(f, "*.json"))
                .Select(f => ArchiveLayout.NumberOf(Path.GetFileName(f))).OfType<long>().Where(n => File.Exists(PathOf(ArchiveLayout.ManifestOf(n)))).Order()
            : [];

    private string PathOf(string relative) => Path.Combine(_root, relative);
}
