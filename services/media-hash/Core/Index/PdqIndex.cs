using System.Collections.Immutable;
using Moderation.MediaHash.Hashing;

namespace Moderation.MediaHash.Index;

/// <summary>
/// An exact index of PDQ hashes that changes while it is searched. Readers take <see cref="Current"/> and never wait. Writers take turns:
/// an item is added behind the latest rows, a removal leaves a stamp, each in a microsecond or so. <see cref="Compact"/> sorts full runs of
/// latest rows into segments and small segments into larger ones, beside readers and writers; how often is the caller's to say.
/// </summary>
/// <param name="threads">Threads to build a segment with.</param>
public sealed class PdqIndex(int threads = 1)
{
    /// <summary>A segment is merged into while it is less than this many times what is merged: a row is moved a few dozen times at most.</summary>
    private const int Growth = 4;

    /// <summary>A segment of which this share was removed is written anew.</summary>
    private const double RemovedShare = 0.25;

    private readonly Lock _writing = new();
    private readonly Lock _compacting = new();
    private ImmutableArray<IndexSegment> _segments = [];
    private ImmutableArray<RecentRows> _recent = [new RecentRows()];
    private List<PdqIndexItem>? _removedWhileCompacting;
    private int _count;
    private long _version;
    private volatile PdqIndexSnapshot _current = new([], [new RecentRows()], 0, 0, 0);

    /// <summary>The index as of the last change.</summary>
    public PdqIndexSnapshot Current => _current;

    /// <summary>Whether <see cref="Compact"/> has something to do.</summary>
    public bool IsCompactionDue
    {
        get
        {
            lock (_writing)
                return Choose().Count > 0 || _recent.Length > 1;
        }
    }

    /// <summary>Removes, then adds, and publishes the result at once: no search sees half of a batch.</summary>
    /// <param name="add">Items to add. A key names an item for good: one that is there already must not be added again.</param>
    /// <param name="remove">Items to remove, with the hash they were added with; unknown ones are passed over.</param>
    public void Apply(IReadOnlyCollection<PdqIndexItem> add, IReadOnlyCollection<PdqIndexItem> remove)
    {
        ArgumentNullException.ThrowIfNull(add);
        ArgumentNullException.ThrowIfNull(remove);
        lock (_writing)
        {
            var version = _version + 1;
            foreach (var item in remove)
                Remove(item, version);
            if (add.Count > IndexSegment.ScanLimit)
                AddSorted([.. add]);
            else
                AddRecent(add);
            _count += add.Count;
            _version = version;
            Publish();
        }
    }

    /// <summary>Fills an empty index with rows that are sorted already, as a snapshot holds them: quicker than adding them.</summary>
    /// <param name="hashes">The hashes, ascending as their hexadecimal forms do.</param>
    /// <param name="keys">The key of each, ascending among equal hashes.</param>
    /// <exception cref="InvalidDataException">They are not sorted.</exception>
    internal void Load(PdqHash[] hashes, long[] keys)
    {
        for (var i = 1; i < hashes.Length; i++)
        {
            if (HashOrder.Instance.Compare(new PdqIndexItem(keys[i - 1], hashes[i - 1]), new PdqIndexItem(keys[i], hashes[i])) >= 0)
                throw new InvalidDataException("The hashes are not sorted.");
        }
        lock (_writing)
        {
            if (_count > 0)
                throw new InvalidOperationException("The index is not empty.");
            for (var from = 0; from < hashes.Length; from += BandTable.MaxRows)
            {
                var to = Math.Min(from + BandTable.MaxRows, hashes.Length);
                _segments = _segments.Add(to - from == hashes.Length ? IndexSegment.OfSorted(hashes, keys, threads) : IndexSegment.OfSorted(hashes[from..to], keys[from..to], threads));
            }
            _count = hashes.Length;
            _version++;
            Publish();
        }
    }

    /// <summary>
    /// Does what is due in one go, and again as long as something is. May run beside everything else; a second call meanwhile returns at
    /// once.
    /// </summary>
    public void Compact()
    {
        if (!_compacting.TryEnter())
            return;
        try
        {
            while (TryCompactOnce())
            {
                // Each round leaves fewer or larger segments.
            }
        }
        finally
        {
            _compacting.Exit();
        }
    }

    private void Remove(PdqIndexItem item, long version)
    {
        if (!TryStamp(item, version))
            return;
        _count--;
        _removedWhileCompacting?.Add(item);
    }

    private bool TryStamp(PdqIndexItem item, long version)
    {
        for (var i = _recent.Length - 1; i >= 0; i--)
        {
            if (_recent[i].TryRemove(item, version))
                return true;
        }
        foreach (var segment in _segments)
        {
            if (segment.TryRemove(item, version))
                return true;
        }
        return false;
    }

    private void AddRecent(IReadOnlyCollection<PdqIndexItem> items)
    {
        foreach (var item in items)
        {
            if (_recent[^1].Count == RecentRows.Capacity)
                _recent = _recent.Add(new RecentRows());
            _recent[^1].Add(item);
        }
    }

    private void AddSorted(PdqIndexItem[] items)
    {
        foreach (var chunk in items.Chunk(BandTable.MaxRows))
            _segments = _segments.Add(IndexSegment.Build(chunk, threads));
    }

    private bool TryCompactOnce()
    {
        var removed = new List<PdqIndexItem>();
        ImmutableArray<RecentRows> full;
        List<IndexSegment> merged;
        long version;
        lock (_writing)
        {
            full = _recent.RemoveAt(_recent.Length - 1);
            merged = Choose();
            if (full.IsEmpty && merged.Count == 0)
                return false;
            version = _version;
            _removedWhileCompacting = removed;
        }
        List<IndexSegment> parts = [.. merged];
        if (!full.IsEmpty)
            parts.Add(IndexSegment.Build([.. full.SelectMany(rows => rows.LiveItems(RecentRows.Capacity, version))], threads));
        var result = parts.Count == 1 && merged.Count == 0 ? parts[0] : IndexSegment.Merge(parts, version, threads);
        lock (_writing)
        {
            // What was removed meanwhile was stamped in the parts, which go; a snapshot taken before still reads them.
            foreach (var item in removed)
                result.TryRemove(item, _version);
            _removedWhileCompacting = null;
            _segments = [.. _segments.Where(segment => !merged.Contains(segment)), .. result.Rows > 0 ? [result] : Array.Empty<IndexSegment>()];
            _recent = [.. _recent.Where(rows => !full.Contains(rows))];
            Publish();
        }
        return true;
    }

    // The smallest segments, as long as the next is not much larger than what is merged so far; else one with many removals.
    private List<IndexSegment> Choose()
    {
        var mass = (_recent.Length - 1) * RecentRows.Capacity;
        var chosen = new List<IndexSegment>();
        foreach (var segment in _segments.OrderBy(segment => segment.LiveRows))
        {
            if ((mass > 0 && segment.LiveRows >= (long)Growth * mass) || mass + segment.LiveRows > BandTable.MaxRows)
                break;
            chosen.Add(segment);
            mass += segment.LiveRows;
        }
        if (_recent.Length == 1 && chosen.Count == 1)
            chosen.Clear();
        if (chosen.Count == 0 && _segments.FirstOrDefault(IsWorn) is { } worn)
            chosen.Add(worn);
        return chosen;
    }

    private static bool IsWorn(IndexSegment segment) => segment.Rows - segment.LiveRows > segment.Rows * RemovedShare;

    private void Publish() => _current = new PdqIndexSnapshot(_segments, _recent, _recent[^1].Count, _count, _version);
}
