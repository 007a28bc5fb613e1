using System.Collections.Concurrent;
using System.Collections.Immutable;
using Moderation.MediaHash.Hashing;
using Moderation.MediaHash.Index;

namespace Moderation.MediaHash.Banks;

/// <summary>
/// A replica's banks in memory: exact hashes in a dictionary, PDQ in the index. Matching takes no lock; changes come from one thread at a
/// time, in the order in which they were stored.
/// </summary>
public sealed class BankCatalogue
{
    /// <summary>Greatest PDQ distance of a match, the reference's recommendation.</summary>
    public const int MatchRadius = PdqIndexSnapshot.MaxRadius;

    private readonly Lock _writing = new();
    private readonly PdqIndex _index = new();
    private readonly ConcurrentDictionary<BankEntryKey, Row> _rows = new();
    private readonly ConcurrentDictionary<long, BankEntry> _byRow = new();
    private readonly ConcurrentDictionary<(HashKind, string), ImmutableArray<BankEntry>> _exact = new();
    private long _nextRow;
    private long _version;

    /// <summary>The version of the banks that everything up to it is in here; 0 before the first load.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>Number of entries.</summary>
    public int Count => _rows.Count;

    /// <summary>The entry of that identity, or null.</summary>
    public BankEntry? Find(BankEntryKey key) => _rows.TryGetValue(key, out var row) ? row.Entry : null;

    /// <summary>The identities of all entries, while they may change.</summary>
    public IEnumerable<BankEntryKey> Keys => _rows.Select(pair => pair.Key);

    /// <summary>Takes changes in their order; the last one for an identity counts.</summary>
    public void Apply(IReadOnlyCollection<BankChange> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        if (changes.Count == 0)
            return;
        lock (_writing)
        {
            var added = new List<PdqIndexItem>();
            var removed = new List<long>();
            foreach (var change in changes.Reverse().DistinctBy(change => change.Key))
            {
                if (_rows.TryGetValue(change.Key, out var before))
                {
                    if (change.Entry is not null && change.Entry == before.Entry)
                        continue;
                    Forget(before, removed);
                }
                if (change.Entry is not null)
                    Learn(change.Entry, added);
            }
            _index.Apply(added, removed);
            foreach (var row in removed)
                _byRow.TryRemove(row, out _);
        }
    }

    /// <summary>Says that every change up to this version has been applied.</summary>
    public void SetVersion(long version) => Volatile.Write(ref _version, version);

    /// <summary>Adds the matches of a medium, each entry at most once a kind of hash.</summary>
    public void Match(MediaFingerprints media, ICollection<BankMatch> matches)
    {
        ArgumentNullException.ThrowIfNull(media);
        ArgumentNullException.ThrowIfNull(matches);
        MatchExact(media, HashKind.Sha256, media.Sha256, matches);
        MatchExact(media, HashKind.Md5, media.Md5, matches);
        if (!media.Pdq.IsMatchable)
            return;
        var neighbours = new List<PdqNeighbour>();
        _index.Current.Search(media.Pdq.Hash, MatchRadius, neighbours);
        foreach (var neighbour in neighbours)
        {
            // A row that is gone was removed since the search began.
            if (_byRow.TryGetValue(neighbour.Key, out var entry))
                matches.Add(new BankMatch(media.MediaId, entry, neighbour.Distance, media.Pdq.Quality));
        }
    }

    private void MatchExact(MediaFingerprints media, HashKind kind, string value, ICollection<BankMatch> matches)
    {
        if (!_exact.TryGetValue((kind, value), out var entries))
            return;
        foreach (var entry in entries)
            matches.Add(new BankMatch(media.MediaId, entry, Distance: 0, Quality: 100));
    }

    private void Learn(BankEntry entry, List<PdqIndexItem> added)
    {
        var row = new Row(entry, _nextRow++);
        _rows[entry.Key] = row;
        if (entry.Kind == HashKind.Pdq)
        {
            _byRow[row.Number] = entry;
            added.Add(new PdqIndexItem(row.Number, PdqHash.Parse(entry.Value)));
            return;
        }
        _exact.AddOrUpdate((entry.Kind, entry.Value), [entry], (_, others) => others.Add(entry));
    }

    private void Forget(Row row, List<long> removed)
    {
        _rows.TryRemove(row.Entry.Key, out _);
        if (row.Entry.Kind == HashKind.Pdq)
        {
            removed.Add(row.Number);
            return;
        }
        var key = (row.Entry.Kind, row.Entry.Value);
        var rest = _exact[key].Remove(row.Entry);
        if (rest.IsEmpty)
            _exact.TryRemove(key, out _);
        else
            _exact[key] = rest;
    }

    private sealed record Row(BankEntry Entry, long Number);
}

/// <summary>A change of the banks.</summary>
/// <param name="Key">The identity.</param>
/// <param name="Entry">The entry as it is now; null when it was removed.</param>
public sealed record BankChange(BankEntryKey Key, BankEntry? Entry);
