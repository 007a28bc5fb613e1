using System.Runtime.CompilerServices;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Submit;

/// <summary>A folder of pictures, with those below it: each is a post of its own.</summary>
internal sealed class PictureFolder(string folder) : IPostSource
{
    private static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif",
    };

    private readonly string _folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
    private double _share;

    public double Share => Volatile.Read(ref _share);

    public async IAsyncEnumerable<SourceRow> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        var all = Pictures(_folder).Count();
        if (all == 0)
        {
            throw new UsageException(
                $"{folder} holds no pictures ({string.Join(' ', Extensions.Order(StringComparer.Ordinal))}); files of texts are named one by one: modctl submit {folder}/*.ndjson.");
        }

        var read = 0;
        foreach (var picture in Pictures(_folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Volatile.Write(ref _share, (double)++read / all);
            var id = StableIds.OfPicture(_folder, Path.GetRelativePath(_folder, picture));
            yield return new PostRow(picture, new Post { PostId = id, AccountId = StableIds.Account(id), Audience = Audience.Public }, [picture]);
        }
    }

    private static IEnumerable<string> Pictures(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder).Where(f => Extensions.Contains(Path.GetExtension(f))).Order(StringComparer.Ordinal))
        {
            yield return file;
        }

        // Links to folders are left out: they may lead back.
        foreach (var below in new DirectoryInfo(folder).EnumerateDirectories().Where(d => d.LinkTarget is null).OrderBy(d => d.Name, StringComparer.Ordinal))
        {
            foreach (var file in Pictures(below.FullName))
            {
                yield return file;
            }
        }
    }
}
