using System.Collections.Immutable;
using Moderation.MediaHash.Hashing;

namespace Moderation.MediaHash.Index;

/// <summary>
/// The index at one moment. What it refers to only ever gains rows and removals of later versions, which it does not see, so any number of
/// searches run on it without a lock while a writer goes on.
/// </summary>
public sealed class PdqIndexSnapshot
{
    /// <summary>The distance up to which two PDQ hashes are taken for the same picture, and for which the index is built.</summary>
    public const int MatchRadius = 31;

    internal PdqIndexSnapshot(ImmutableArray<IndexSegment> segments, ImmutableArray<RecentRows> recent, int lastCount, int count, long version)
    {
        Segments = segments;
        Recent = recent;
        LastCount = lastCount;
        Count = count;
        Version = version;
    }

    /// <summary>Number of items.</summary>
    public int Count { get; }

    /// <summary>Bytes held beside the hashes themselves (32 an item): keys, and what makes the search quick.</summary>
    public long ByteCount => Segments.Sum(segment => segment.ByteCount);

    internal ImmutableArray<IndexSegment> Segments { get; }

    /// <summary>All but the last are full.</summary>
    internal ImmutableArray<RecentRows> Recent { get; }

    internal int LastCount { get; }

    internal long Version { get; }

    /// <summary>Adds every item within <paramref name="radius"/> of the query to <paramref name="results"/>, in no order, each once.</summary>
    /// <param name="query">The hash to look for.</param>
    /// <param name="radius">Greatest distance, 0 to 256. Beyond 47 every row is compared; so are they where too much looks like the query.</param>
    /// <param name="results">Takes the items; what it holds already stays.</param>
    /// <exception cref="ArgumentOutOfRangeException">The radius is not 0 to 256.</exception>
    public void Search(in PdqHash query, int radius, ICollection<PdqNeighbour> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        ArgumentOutOfRangeException.ThrowIfNegative(radius);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(radius, PdqHash.BitCount);
        foreach (var segment in Segments)
            segment.Search(query, radius, Version, results);
        for (var i = 0; i < Recent.Length; i++)
            Recent[i].Search(query, radius, RecentCount(i), Version, results);
    }

    /// <summary>Every item, in no order.</summary>
    public IEnumerable<PdqIndexItem> Items() =>
        Segments.SelectMany(segment => segment.LiveItems(Version))
            .Concat(Enumerable.Range(0, Recent.Length).SelectMany(i => Recent[i].LiveItems(RecentCount(i), Version)));

    /// <summary>Every item by hash and key; several sorted parts are merged on the way.</summary>
    internal IEnumerable<PdqIndexItem> SortedItems()
    {
        var latest = Enumerable.Range(0, Recent.Length).SelectMany(i => Recent[i].LiveItems(RecentCount(i), Version)).ToArray();
        Array.Sort(latest, HashOrder.Instance);
        var parts = new PriorityQueue<IEnumerator<PdqIndexItem>, PdqIndexItem>(HashOrder.Instance);
        foreach (var part in Segments.Select(segment => segment.LiveItems(Version).GetEnumerator()).Append(latest.AsEnumerable().GetEnumerator()))
        {
            if (part.MoveNext())
                parts.Enqueue(part, part.Current);
        }
        while (parts.Count > 0)
        {
            var least = parts.Peek();
            yield return least.Current;
            if (least.MoveNext())
                parts.DequeueEnqueue(least, least.Current);
            else
                parts.Dequeue();
        }
    }

    private int RecentCount(int i) => i == Recent.Length - 1 ? LastCount : RecentRows.Capacity;
}
