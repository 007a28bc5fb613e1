using Moderation.MediaHash.Banks;
using StackExchange.Redis;

namespace Moderation.MediaHash.Host.Banks;

/// <summary>
/// Brings a replica's catalogue up to what the store says: a snapshot or a load at first, a load whenever the changes no longer reach back,
/// changes after that.
/// </summary>
internal sealed class BankFeedStore(BankStore store, BankCatalogue catalogue, BankSnapshotStore snapshots, TimeProvider time) : IDisposable
{
    private const int BatchSize = 1000;

    private readonly SemaphoreSlim _turn = new(1);
    private long? _cursor;
    private long _catchUpTicks;

    /// <summary>Whether the catalogue has been loaded and had every change of the store since.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>Whether it was a snapshot that was loaded: then nobody has looked for rows that a crash left half done.</summary>
    public bool IsFromSnapshot { get; private set; }

    /// <summary>When the catalogue last had every change of the store; null before the first load.</summary>
    public DateTimeOffset? CatchUpTime => Volatile.Read(ref _catchUpTicks) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Applies everything that was published before the call. False when the store can't be reached; nothing is lost then.</summary>
    public async Task<bool> TryCatchUpAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var asked = time.GetUtcNow();
            await CatchUpAsync(cancellationToken);
            Volatile.Write(ref _catchUpTicks, asked.UtcTicks);
            return true;
        }
        catch (Exception failure) when (failure is RedisException or RedisTimeoutException or RedisCommandException)
        {
            return false;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        if (_cursor is null && await snapshots.TryRestoreAsync() is { } restored)
        {
            IsFromSnapshot = true;
            _cursor = restored;
            catalogue.SetVersion(restored);
        }
        var version = await store.ReadVersionAsync();
        if (_cursor is not { } cursor || version < cursor)
        {
            // Not loaded yet, or the store was put back to an earlier state.
            await LoadAsync(cancellationToken);
            return;
        }
        while (cursor < version)
        {
            if (await store.ReadChangesAsync(cursor, BatchSize) is not { Count: > 0 } changes)
            {
                await LoadAsync(cancellationToken);
                return;
            }
            catalogue.Apply(changes);
            cursor += changes.Count;
            _cursor = cursor;
            catalogue.SetVersion(cursor);
        }
        IsLoaded = true;
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        // Version before rows: a change that comes while the rows are read is applied again afterwards, which does no harm.
        var version = await store.ReadVersionAsync();
        var load = catalogue.BeginLoad();
        await foreach (var rows in store.LoadAsync(cancellationToken))
            load.Add(rows);
        load.Finish();
        IsFromSnapshot = false;
        _cursor = version;
        catalogue.SetVersion(version);
        IsLoaded = true;
    }
}
