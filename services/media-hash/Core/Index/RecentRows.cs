using Moderation.MediaHash.Hashing;

namespace Moderation.MediaHash.Index;

/// <summary>
/// The latest rows, in the order in which they came: one is added by writing behind the last and publishing the count. Searches compare
/// each. One writer; readers hold a count and never look past it.
/// </summary>
internal sealed class RecentRows
{
    public const int Capacity = 4096;

    private readonly PdqHash[] _hashes = new PdqHash[Capacity];
    private readonly long[] _keys = new long[Capacity];
    private readonly RemovalStamps _removals = new(Capacity);
    private readonly Dictionary<PdqIndexItem, int> _rows = [];

    /// <summary>Rows written, removed ones included; for the writer.</summary>
    public int Count { get; private set; }

    public void Add(PdqIndexItem item)
    {
        _hashes[Count] = item.Hash;
        _keys[Count] = item.Key;
        _rows[item] = Count++;
    }

    public bool TryRemove(PdqIndexItem item, long version) => _rows.Remove(item, out var row) && _removals.TryRemove(row, version);

    /// <summary>Adds what is within the radius and alive at the version, among the first <paramref name="count"/> rows.</summary>
    public void Search(in PdqHash query, int radius, int count, long version, ICollection<PdqNeighbour> results)
    {
        var visitor = new Visitor(this, version, results);
        RowScan.Search(_hashes.AsSpan(0, count), query, radius, ref visitor);
    }

    /// <summary>Those of the first <paramref name="count"/> rows that are alive at a version.</summary>
    public IEnumerable<PdqIndexItem> LiveItems(int count, long version) =>
        Enumerable.Range(0, count).Where(row => _removals.IsAlive(row, version)).Select(row => new PdqIndexItem(_keys[row], _hashes[row]));

    private readonly struct Visitor(RecentRows rows, long version, ICollection<PdqNeighbour> results) : INeighbourVisitor
    {
        public void Visit(int row, int distance)
        {
            if (rows._removals.IsAlive(row, version))
                results.Add(new PdqNeighbour(rows._keys[row], distance));
        }
    }
}
