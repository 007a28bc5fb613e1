using Microsoft.Extensions.Options;
using Moderation.TextClassify.Claims;
using StackExchange.Redis;

namespace Moderation.TextClassify.Host.Claims;

/// <summary>The fact-checks as a replica has them: all of them by id, and an index over those that count.</summary>
/// <param name="Version">The version of the store.</param>
/// <param name="All">All of them, by claim id.</param>
/// <param name="Index">Those that count.</param>
internal sealed record ClaimSnapshot(long Version, SortedDictionary<string, StoredFactCheck> All, ClaimIndex Index);

/// <summary>Keeps a snapshot up to what the store says.</summary>
internal sealed class ClaimCatalogueStore(ClaimStore store, IOptions<ClaimOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly PublisherList _publishers = options.Value.ToList();
    private volatile ClaimSnapshot? _snapshot;

    /// <summary>What is known; null before the first load.</summary>
    public ClaimSnapshot? Snapshot => _snapshot;

    /// <summary>Whether a fact-check is one that counts.</summary>
    public bool Counts(FactCheck check) => _publishers.Counts(check);

    /// <summary>Loads what has changed. False when the store can't be reached; nothing is lost then.</summary>
    public async Task<bool> TryCatchUpAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // The version before the rows: a change that comes meanwhile is loaded again.
            var version = await store.ReadVersionAsync();
            if (_snapshot?.Version == version) return true;
            var all = new SortedDictionary<string, StoredFactCheck>(StringComparer.Ordinal);
            foreach (var check in await store.LoadAsync(cancellationToken)) all[check.Check.ClaimId] = check;
            _snapshot = new ClaimSnapshot(version, all, new ClaimIndex([.. all.Values.Select(c => c.Check).Where(_publishers.Counts)]));
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
}
