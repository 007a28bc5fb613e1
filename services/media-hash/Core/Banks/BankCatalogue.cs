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
    public const int MatchRadius = PdqIndexSnapshot.MatchRadius;

    private readonly Lock _writing = new();
    private readonly PdqIndex _index = new(Environment.ProcessorCount);
    private readonly VideoBank _videos = new(Environment.ProcessorCount);
    private readonly ConcurrentDictionary<BankEntryKey, Row> _rows = new();
    private readonly ConcurrentDictionary<long, BankEntry> _byRow = new();
    private readonly ConcurrentDictionary<(HashKind, string), ImmutableArray<BankEntry>> _exact = new();
    private long _nextRow;
    private long _version;

    /// <summary>The version of the banks that everything up to it is in here; 0 before the first load.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>Number of entries.</summary>
    public int Count => _rows.Count;

    /// <summary>How much lies in the indexes.</summary>
    public BankIndexSize IndexSize
    {
        get
        {
            var pictures = _index.Current;
            var (frames, bytes) = _videos.Size;
            return new BankIndexSize(pictures.Count, frames, pictures.ByteCount + bytes);
        }
    }

    /// <summary>Sorts what came lately into the index, if there is enough of it. Takes seconds at millions of entries; matching goes on meanwhile.</summary>
    public void Compact()
    {
        _index.Compact();
        _videos.Compact();
    }

    /// <summary>The entry of that identity, or null.</summary>
    public BankEntry? Find(BankEntryKey key) => _rows.TryGetValue(key, out var row) ? row.Entry : null;

    /// <summary>A page of a bank's entries by entry id (ordinal): those after <paramref name="afterEntryId"/>, which may be empty.</summary>
    /// <param name="bankId">The bank.</param>
    /// <param name="afterEntryId">The last id of the page before.</param>
    /// <param name="count">Entries at most.</param>
    /// <param name="state">Only entries of this state; unspecified is all.</param>
    public IReadOnlyList<BankEntry> List(string bankId, string afterEntryId, int count, EntryState state = EntryState.Unspecified)
    {
        // A heap of the smallest: a page costs a pass over all entries, and no order has to be kept while entries come and go.
        var page = new PriorityQueue<BankEntry, string>(Comparer<string>.Create((a, b) => string.CompareOrdinal(b, a)));
        foreach (var (key, row) in _rows)
        {
            if (key.BankId != bankId || string.CompareOrdinal(key.EntryId, afterEntryId) <= 0)
                continue;
            if (state != EntryState.Unspecified && row.Entry.Terms.State != state)
                continue;
            page.Enqueue(row.Entry, key.EntryId);
            if (page.Count > count)
                page.Dequeue();
        }
        return [.. page.UnorderedItems.Select(item => item.Element).OrderBy(entry => entry.Key.EntryId, StringComparer.Ordinal)];
    }

    /// <summary>
    /// Takes changes in their order. Repeating one changes nothing, and late news of an earlier life of an entry, its adding or its
    /// removal, leave the later one alone.
    /// </summary>
    public void Apply(IReadOnlyCollection<BankChange> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        if (changes.Count == 0)
            return;
        lock (_writing)
        {
            var batch = new Batch();
            foreach (var change in changes)
                Apply(change, batch);
            Publish(batch);
        }
    }

    /// <summary>Makes these the only entries, as after a load.</summary>
    public void Replace(IReadOnlyCollection<BankChange> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        lock (_writing)
        {
            var batch = new Batch();
            var loaded = entries.ToDictionary(entry => entry.Key);
            foreach (var row in _rows.Values)
            {
                var isKept = loaded.TryGetValue(row.Entry.Key, out var now) && now.Incarnation == row.Incarnation && now.Entry == row.Entry;
                if (!isKept)
                    Forget(row, batch);
            }
            foreach (var entry in entries)
                Apply(entry, batch);
            Publish(batch);
        }
    }

    /// <summary>Says that every change up to this version has been applied.</summary>
    public void SetVersion(long version) => Volatile.Write(ref _version, version);

    /// <summary>
    /// Adds the entries that a medium is near enough to, each at most once, whatever their terms: <see cref="MatchFilter"/> says which count.
    /// </summary>
    public void Match(MediaFingerprints media, ICollection<BankMatch> matches)
    {
        ArgumentNullException.ThrowIfNull(media);
        ArgumentNullException.ThrowIfNull(matches);
        MatchExact(media, HashKind.Sha256, media.Digests.Sha256, matches);
        MatchExact(media, HashKind.Sha1, media.Digests.Sha1, matches);
        MatchExact(media, HashKind.Md5, media.Digests.Md5, matches);
        _videos.Match(media, matches);
        if (!media.Pdq.IsMatchable)
            return;
        var moment = _index.Current;
        var found = new Dictionary<long, BankMatch>();
        MatchForm(moment, media, media.Pdq.Hash, PictureForm.AsIs, found);
        for (var i = 0; i < media.Forms.Count; i++)
            MatchForm(moment, media, media.Forms[i], PictureForm.AsIs + 1 + i, found);
        foreach (var match in found.Values)
            matches.Add(match);
    }

    // An entry that several forms are near to is matched by the nearest, and by the picture as it is before one that is as near.
    private void MatchForm(PdqIndexSnapshot moment, MediaFingerprints media, in PdqHash hash, PictureForm form, Dictionary<long, BankMatch> found)
    {
        var neighbours = new List<PdqNeighbour>();
        moment.Search(hash, MatchRadius, neighbours);
        foreach (var neighbour in neighbours)
        {
            if (found.TryGetValue(neighbour.Key, out var nearer) && nearer.Distance <= neighbour.Distance)
                continue;
            // A row that is gone was removed since the search began.
            if (_byRow.TryGetValue(neighbour.Key, out var entry))
                found[neighbour.Key] = new BankMatch(media.MediaId, entry, neighbour.Distance, media.Pdq.Quality) { Form = form };
        }
    }

    private void MatchExact(MediaFingerprints media, HashKind kind, string value, ICollection<BankMatch> matches)
    {
        if (!_exact.TryGetValue((kind, value), out var entries))
            return;
        foreach (var entry in entries)
            matches.Add(new BankMatch(media.MediaId, entry, Distance: 0, Quality: 100));
    }

    private void Apply(BankChange change, Batch batch)
    {
        if (_rows.TryGetValue(change.Key, out var before))
        {
            var isNews = change.Entry is null ? change.Incarnation == before.Incarnation : change.Incarnation > before.Incarnation;
            if (!isNews)
                return;
            Forget(before, batch);
        }
        if (change.Entry is not null)
            Learn(change.Entry, change.Incarnation, batch);
    }

    private void Learn(BankEntry entry, long incarnation, Batch batch)
    {
        var row = new Row(entry, incarnation, _nextRow++, entry.Kind == HashKind.Vpdq ? _videos.Add(entry) : []);
        _rows[entry.Key] = row;
        if (entry.Kind == HashKind.Pdq)
        {
            _byRow[row.Number] = entry;
            batch.Added.Add(row.Number, PdqHash.Parse(entry.Value));
            return;
        }
        if (entry.Kind == HashKind.Vpdq)
            return;
        _exact.AddOrUpdate((entry.Kind, entry.Value), [entry], (_, others) => others.Add(entry));
    }

    private void Forget(Row row, Batch batch)
    {
        _rows.TryRemove(row.Entry.Key, out _);
        if (row.Entry.Kind == HashKind.Pdq)
        {
            if (batch.Added.Remove(row.Number))
                _byRow.TryRemove(row.Number, out _);
            else
                batch.Removed.Add(new PdqIndexItem(row.Number, PdqHash.Parse(row.Entry.Value)));
            return;
        }
        if (row.Entry.Kind == HashKind.Vpdq)
        {
            _videos.Remove(row.Frames);
            return;
        }
        var key = (row.Entry.Kind, row.Entry.Value);
        var rest = _exact[key].Remove(row.Entry);
        if (rest.IsEmpty)
            _exact.TryRemove(key, out _);
        else
            _exact[key] = rest;
    }

    private void Publish(Batch batch)
    {
        _index.Apply([.. batch.Added.Select(pair => new PdqIndexItem(pair.Key, pair.Value))], batch.Removed);
        foreach (var item in batch.Removed)
            _byRow.TryRemove(item.Key, out _);
    }

    private sealed class Batch
    {
        public Dictionary<long, PdqHash> Added { get; } = [];

        public List<PdqIndexItem> Removed { get; } = [];
    }

    private sealed record Row(BankEntry Entry, long Incarnation, long Number, IReadOnlyList<PdqIndexItem> Frames);
}

/// <summary>How much lies in the indexes of the banks.</summary>
/// <param name="Pictures">Picture hashes.</param>
/// <param name="VideoFrames">Frame hashes of videos.</param>
/// <param name="Bytes">Bytes held beside the hashes themselves.</param>
public readonly record struct BankIndexSize(int Pictures, int VideoFrames, long Bytes);

/// <summary>A change of the banks.</summary>
/// <param name="Key">The identity.</param>
/// <param name="Entry">The entry as it is now; null when it was removed.</param>
/// <param name="Incarnation">Which life of the identity this is about; a later adding has a greater one.</param>
public sealed record BankChange(BankEntryKey Key, BankEntry? Entry, long Incarnation);
