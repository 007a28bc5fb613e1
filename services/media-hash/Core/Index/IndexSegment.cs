using Moderation.MediaHash.Hashing;

namespace Moderation.MediaHash.Index;

/// <summary>
/// Rows that no longer change but for being removed, sorted by hash and key: a row is found by halving, however many rows share its hash.
/// From some thousand rows on a table of bands lies beside them; fewer are compared one by one.
/// </summary>
internal sealed class IndexSegment
{
    /// <summary>Up to this many rows, comparing each is as quick as looking up 272 buckets.</summary>
    public const int ScanLimit = 8192;

    private readonly PdqHash[] _hashes;
    private readonly long[] _keys;
    private readonly BandTable? _bands;
    private readonly RemovalStamps _removals;

    private IndexSegment(PdqHash[] hashes, long[] keys, int threads)
    {
        _hashes = hashes;
        _keys = keys;
        _bands = hashes.Length > ScanLimit ? BandTable.Build(hashes, threads) : null;
        _removals = new RemovalStamps(hashes.Length);
    }

    /// <summary>Rows, removed ones included.</summary>
    public int Rows => _hashes.Length;

    /// <summary>Rows that are not removed, for the writer.</summary>
    public int LiveRows => _hashes.Length - _removals.Count;

    /// <summary>Bytes held beside the hashes themselves.</summary>
    public long ByteCount => _keys.Length * 8L + (_bands?.ByteCount ?? 0);

    /// <summary>Of items in any order.</summary>
    public static IndexSegment Build(ReadOnlySpan<PdqIndexItem> items, int threads)
    {
        var sorted = items.ToArray();
        Array.Sort(sorted, HashOrder.Instance);
        var hashes = new PdqHash[sorted.Length];
        var keys = new long[sorted.Length];
        for (var i = 0; i < sorted.Length; i++)
            (hashes[i], keys[i]) = (sorted[i].Hash, sorted[i].Key);
        return new IndexSegment(hashes, keys, threads);
    }

    /// <summary>Of rows that are sorted by hash and key; takes the arrays as they are.</summary>
    public static IndexSegment OfSorted(PdqHash[] hashes, long[] keys, int threads) => new(hashes, keys, threads);

    /// <summary>Of the rows of several segments that are alive at a version.</summary>
    public static IndexSegment Merge(IReadOnlyList<IndexSegment> parts, long version, int threads)
    {
        var cursors = new PriorityQueue<SegmentCursor, PdqIndexItem>(parts.Count, HashOrder.Instance);
        foreach (var part in parts)
        {
            var cursor = new SegmentCursor(part, version);
            if (cursor.TryMoveNext())
                cursors.Enqueue(cursor, cursor.Current);
        }
        var room = parts.Sum(part => part.Rows);
        var hashes = new PdqHash[room];
        var keys = new long[room];
        var count = 0;
        while (cursors.Count > 0)
        {
            var least = cursors.Peek();
            (hashes[count], keys[count]) = (least.Current.Hash, least.Current.Key);
            count++;
            if (least.TryMoveNext())
                cursors.DequeueEnqueue(least, least.Current);
            else
                cursors.Dequeue();
        }
        if (count < room)
        {
            Array.Resize(ref hashes, count);
            Array.Resize(ref keys, count);
        }
        return new IndexSegment(hashes, keys, threads);
    }

    /// <summary>Adds what is within the radius and alive at the version.</summary>
    public void Search(in PdqHash query, int radius, long version, ICollection<PdqNeighbour> results)
    {
        var visitor = new Visitor(this, version, results);
        if (_bands is not null && radius <= BandTable.MaxRadius && _bands.TrySearch(_hashes, query, radius, ref visitor))
            return;
        RowScan.Search(_hashes, query, radius, ref visitor);
    }

    /// <summary>Removes an item as of a version. False when it is not here, or no longer.</summary>
    public bool TryRemove(PdqIndexItem item, long version)
    {
        var (low, high) = (0, _hashes.Length - 1);
        while (low <= high)
        {
            var middle = (int)((uint)(low + high) >> 1);
            var order = HashOrder.Instance.Compare(new PdqIndexItem(_keys[middle], _hashes[middle]), item);
            if (order == 0)
                return _removals.TryRemove(middle, version);
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return false;
    }

    /// <summary>The items alive at a version, sorted.</summary>
    public IEnumerable<PdqIndexItem> LiveItems(long version)
    {
        for (var cursor = new SegmentCursor(this, version); cursor.TryMoveNext();)
            yield return cursor.Current;
    }

    private readonly struct Visitor(IndexSegment segment, long version, ICollection<PdqNeighbour> results) : INeighbourVisitor
    {
        public void Visit(int row, int distance)
        {
            if (segment._removals.IsAlive(row, version))
                results.Add(new PdqNeighbour(segment._keys[row], distance));
        }
    }

    private sealed class SegmentCursor(IndexSegment segment, long version)
    {
        private int _row = -1;

        public PdqIndexItem Current => new(segment._keys[_row], segment._hashes[_row]);

        public bool TryMoveNext()
        {
            do
                _row++;
            while (_row < segment.Rows && !segment._removals.IsAlive(_row, version));
            return _row < segment.Rows;
        }
    }
}
