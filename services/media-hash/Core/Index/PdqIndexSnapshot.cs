using Moderation.MediaHash.Hashing;

namespace Moderation.MediaHash.Index;

/// <summary>
/// The index at one moment. Immutable, so that any number of searches run on it without a lock while a writer prepares the next one.
/// A large part that is sorted into bands and says which of its rows were removed since, and a small part that is compared row by row.
/// </summary>
public sealed class PdqIndexSnapshot
{
    /// <summary>Greatest radius of a search, the distance up to which two PDQ hashes are taken for the same picture.</summary>
    public const int MaxRadius = BandTable.MaxRadius;

    internal static readonly PdqIndexSnapshot Empty = new([], [], null, null, [], []);

    internal PdqIndexSnapshot(
        long[] sortedKeys, PdqHash[] sortedHashes, BandTable? bands, ulong[]? removed, long[] recentKeys, PdqHash[] recentHashes)
    {
        SortedKeys = sortedKeys;
        SortedHashes = sortedHashes;
        Bands = bands;
        Removed = removed;
        RecentKeys = recentKeys;
        RecentHashes = recentHashes;
        var dead = 0;
        foreach (var word in removed ?? [])
            dead += System.Numerics.BitOperations.PopCount(word);
        RemovedCount = dead;
    }

    /// <summary>Number of items.</summary>
    public int Count => SortedKeys.Length - RemovedCount + RecentKeys.Length;

    internal long[] SortedKeys { get; }

    internal PdqHash[] SortedHashes { get; }

    internal BandTable? Bands { get; }

    /// <summary>One bit a sorted row; null when none was removed.</summary>
    internal ulong[]? Removed { get; }

    internal int RemovedCount { get; }

    internal long[] RecentKeys { get; }

    internal PdqHash[] RecentHashes { get; }

    /// <summary>Adds every item within <paramref name="radius"/> of the query to <paramref name="results"/>, in no order, each once.</summary>
    /// <param name="query">The hash to look for.</param>
    /// <param name="radius">Greatest distance, 0 to 31.</param>
    /// <param name="results">Takes the items; what it holds already stays.</param>
    /// <exception cref="ArgumentOutOfRangeException">The radius is not 0 to 31: beyond, the search would not be exact.</exception>
    public void Search(in PdqHash query, int radius, ICollection<PdqNeighbour> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        ArgumentOutOfRangeException.ThrowIfNegative(radius);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(radius, MaxRadius);
        var sorted = new SortedVisitor(this, results);
        if (Bands is not null)
            Bands.Search(query, radius, ref sorted);
        else
            Scan(SortedHashes, query, radius, ref sorted);
        var recent = new RecentVisitor(RecentKeys, results);
        Scan(RecentHashes, query, radius, ref recent);
    }

    private static void Scan<TVisitor>(PdqHash[] hashes, in PdqHash query, int radius, ref TVisitor visitor)
        where TVisitor : struct, INeighbourVisitor
    {
        for (var i = 0; i < hashes.Length; i++)
        {
            var distance = hashes[i].HammingDistance(query);
            if (distance <= radius)
                visitor.Visit(i, distance);
        }
    }

    private readonly struct SortedVisitor(PdqIndexSnapshot snapshot, ICollection<PdqNeighbour> results) : INeighbourVisitor
    {
        public void Visit(int position, int distance)
        {
            if (snapshot.Removed is { } removed && (removed[position >> 6] >> (position & 63) & 1) != 0)
                return;
            results.Add(new PdqNeighbour(snapshot.SortedKeys[position], distance));
        }
    }

    private readonly struct RecentVisitor(long[] keys, ICollection<PdqNeighbour> results) : INeighbourVisitor
    {
        public void Visit(int position, int distance) => results.Add(new PdqNeighbour(keys[position], distance));
    }
}
