using System.Diagnostics;
using Microsoft.Extensions.Options;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Banks.Compact;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.MediaHash.Host.Banks;

/// <summary>
/// A replica's banks in a file, so that its next start reads only what changed since. The file is written beside the last one, flushed to the disk and
/// then put in its place: whenever the replica dies, a whole one is there or none. Replicas may share it: each one's is as good as another's.
/// </summary>
internal sealed partial class BankSnapshotStore(
    BankStore store, BankCatalogue catalogue, IOptions<SnapshotOptions> options, TimeProvider time, ILogger<BankSnapshotStore> logger)
    : IDisposable
{
    private const int BufferBytes = 1 << 20;

    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _turn = new(1);
    private long _written = -1;
    private DateTimeOffset _writeTime;

    /// <summary>Whether there is to be a file.</summary>
    public bool IsOn => options.Value.Path.Length > 0;

    /// <summary>
    /// Makes the banks of the file the catalogue's. Answers their version; null when there is no file that can be used, and says why.
    /// </summary>
    public async Task<long?> TryRestoreAsync()
    {
        if (!IsOn || !File.Exists(options.Value.Path))
            return null;
        var clock = Stopwatch.StartNew();
        try
        {
            await using var file = new FileStream(options.Value.Path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.SequentialScan);
            var snapshot = SnapshotFormat.Open(file);
            await CheckAsync(snapshot.Header);
            catalogue.Restore(snapshot);
            _written = snapshot.Header.Version;
            _writeTime = time.GetUtcNow();
            LogRestored(catalogue.Count, snapshot.Header.Version, clock.Elapsed.TotalSeconds);
            return snapshot.Header.Version;
        }
        catch (Exception unusable) when (unusable is SnapshotException or IOException or UnauthorizedAccessException)
        {
            LogIgnored(options.Value.Path, unusable.Message);
            return null;
        }
    }

    /// <summary>Whether the file is not of the catalogue's version.</summary>
    public bool IsBehind => catalogue.Version != _written;

    /// <summary>Whether it is time to write.</summary>
    public bool IsDue
    {
        get
        {
            var changes = catalogue.Version - _written;
            var isTime = time.GetUtcNow() - _writeTime >= TimeSpan.FromMinutes(options.Value.Minutes);
            return IsOn && changes != 0 && (isTime || (_written >= 0 && (changes < 0 || changes >= options.Value.Changes)));
        }
    }

    /// <summary>Writes the file. False when it can't be: matching does not need it, so that is only said.</summary>
    public async Task<bool> TryWriteAsync()
    {
        await _turn.WaitAsync();
        try
        {
            return await WriteAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<bool> WriteAsync()
    {
        var clock = Stopwatch.StartNew();
        var (version, moment) = catalogue.Capture();
        var path = options.Value.Path;
        var made = NewPathOf(path);
        try
        {
            RemoveAbandoned(path);
            var header = new SnapshotHeader(await store.ReadIdAsync(), version, await store.ReadAnchorAsync(version) ?? 0, moment.Count, moment.Pictures);
            await using (var file = new FileStream(made, NewFile()))
            {
                SnapshotFormat.Write(file, header, moment);
                file.Flush(flushToDisk: true);
            }
            File.Move(made, path, overwrite: true);
            (_written, _writeTime) = (version, time.GetUtcNow());
            LogWritten(moment.Count, version, new FileInfo(path).Length / 1_000_000, clock.Elapsed.TotalSeconds);
            return true;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException || StoreFaults.IsUnavailable(failed))
        {
            // Not tried again at once: a full disk stays full.
            _writeTime = time.GetUtcNow();
            LogNotWritten(path, failed.Message);
            return false;
        }
    }

    /// <summary>The file that is being written. Replicas may share the directory, so each has a name of its own for it.</summary>
    internal static string NewPathOf(string path) => $"{path}.{Environment.MachineName}.new";

    // What a replica that died while writing left, and that no other of its name has overwritten.
    private void RemoveAbandoned(string path)
    {
        var directory = Path.GetDirectoryName(path) ?? throw new InvalidOperationException($"{path} is no full path.");
        foreach (var left in Directory.EnumerateFiles(directory, Path.GetFileName(path) + ".*.new"))
        {
            if (left != NewPathOf(path) && time.GetUtcNow() - File.GetLastWriteTimeUtc(left) > Abandoned)
                File.Delete(left);
        }
    }

    private static FileStreamOptions NewFile()
    {
        var file = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None, BufferSize = BufferBytes };
        if (!OperatingSystem.IsWindows())
            file.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return file;
    }

    // Before the entries are read: most of what can be wrong is told by a few bytes.
    private async Task CheckAsync(SnapshotHeader header)
    {
        var id = await store.ReadIdAsync();
        if (header.StoreId != id)
            throw new SnapshotException($"It is of the banks {header.StoreId}, and this store's are {id}.");
        var version = await store.ReadVersionAsync();
        if (header.Version > version)
            throw new SnapshotException($"It is of version {header.Version}, and the store's is {version}: the store was put back.");
        if (header.Version == 0)
            return;
        var anchor = await store.ReadAnchorAsync(header.Version);
        if (anchor is null)
            throw new SnapshotException($"It is of version {header.Version}, and the change stream no longer reaches back to it from {version}.");
        if (anchor != header.Anchor)
            throw new SnapshotException($"Version {header.Version} of the store was another change: the store was put back since.");
    }

    [LoggerMessage(LogLevel.Information, "Took {Count} bank entries at version {Version} from the snapshot in {Seconds:0.0} s")]
    private partial void LogRestored(int count, long version, double seconds);

    [LoggerMessage(LogLevel.Warning, "The snapshot {Path} is not used, all banks are read from the store: {Reason}")]
    private partial void LogIgnored(string path, string reason);

    [LoggerMessage(LogLevel.Information, "Wrote a snapshot of {Count} bank entries at version {Version}, {Megabytes} MB, in {Seconds:0.0} s")]
    private partial void LogWritten(int count, long version, long megabytes, double seconds);

    [LoggerMessage(LogLevel.Warning, "The snapshot {Path} can't be written: {Reason}")]
    private partial void LogNotWritten(string path, string reason);
}
