using System.Globalization;
using System.Runtime.CompilerServices;

namespace Moderation.MediaHash.Host.Pulling;

/// <summary>Lists that someone puts into a directory.</summary>
internal sealed class DirectorySource(string directory, long maxBytes) : IHashListSource
{
    public async IAsyncEnumerable<PulledList> ReadAsync(
        IReadOnlyDictionary<string, string> marks, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!Directory.Exists(directory))
            throw new DirectoryNotFoundException($"There is no directory {directory}.");
        foreach (var file in new DirectoryInfo(directory).EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            if (ListNames.IsCsv(file.Name) is not { } isCsv)
                continue;
            var mark = string.Create(CultureInfo.InvariantCulture, $"{file.Length}:{file.LastWriteTimeUtc.Ticks}");
            if (marks.TryGetValue(file.Name, out var before) && before == mark)
                continue;
            if (file.Length > maxBytes)
                throw new IOException($"{file.Name} has {file.Length} bytes; at most {maxBytes} are taken.");
            var signature = file.FullName + ListNames.SignatureEnding;
            yield return new PulledList(
                file.Name, mark, isCsv, file.OpenRead(), File.Exists(signature) ? await File.ReadAllBytesAsync(signature, cancellationToken) : null);
        }
    }
}
