using Moderation.TextClassify.Lists;
using StackExchange.Redis;

namespace Moderation.TextClassify.Host.Lists;

/// <summary>
/// Brings a replica's index up to what the store says: a load at first and whenever the changes no longer reach back, changes after that.
/// </summary>
internal sealed class TextListFeedStore(TextListStore store, TextListIndex index) : IDisposable
{
    private const int BatchSize = 1000;

    private readonly SemaphoreSlim _turn = new(1);
    private long _version = -1;

    /// <summary>The version that the index has; -1 before it is loaded.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>Applies everything that was published before the call. False when the store can't be reached; nothing is lost then.</summary>
    public async Task<bool> TryCatchUpAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await CatchUpAsync(cancellationToken);
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
        var published = await store.ReadVersionAsync();
        if (_version < 0 || published < _version)
        {
            // Not loaded yet, or the store was put back to an earlier state.
            await LoadAsync(published, cancellationToken);
            return;
        }
        while (_version < published)
        {
            if (await store.ReadChangesAsync(_version, BatchSize) is not { } changes)
            {
                await LoadAsync(published, cancellationToken);
                return;
            }
            index.Apply(changes);
            Interlocked.Add(ref _version, changes.Count);
        }
    }

    private async Task LoadAsync(long published, CancellationToken cancellationToken)
    {
        index.Replace(await store.LoadAsync(cancellationToken));
        Interlocked.Exchange(ref _version, published);
    }
}
