using Moderation.MediaHash.Banks;
using StackExchange.Redis;

namespace Moderation.MediaHash.Host.Banks;

/// <summary>
/// Brings a replica's catalogue up to what the store says: a load at first and whenever the changes no longer reach back, changes after
/// that.
/// </summary>
internal sealed class BankFeedStore(BankStore store, BankCatalogue catalogue, TimeProvider time) : IDisposable
{
    private const int BatchSize = 1000;

    private readonly SemaphoreSlim _turn = new(1);
    private long? _cursor;
    private long _catchUpTicks;

    /// <summary>Whether the catalogue has been loaded.</summary>
    public bool IsLoaded { get; private set; }

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
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        // Version before rows: a change that comes while the rows are read is applied again afterwards, which does no harm.
        var version = await store.ReadVersionAsync();
        catalogue.Replace([.. (await store.LoadAsync(cancellationToken)).DistinctBy(row => row.Key)]);
        _cursor = version;
        catalogue.SetVersion(version);
        IsLoaded = true;
    }
}
