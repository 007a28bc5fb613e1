using Moderation.MediaHash.Hashing;
using Moderation.MediaHash.Index;

namespace Moderation.MediaHash.Tests.Index;

/// <summary>Made hashes, and the answer that every index must give.</summary>
internal static class Hashes
{
    public static PdqHash RandomHash(Random random)
    {
        Span<byte> bytes = stackalloc byte[PdqHash.ByteLength];
        random.NextBytes(bytes);
        return PdqHash.FromBytes(bytes);
    }

    public static PdqHash Flip(PdqHash hash, Random random, int bits)
    {
        var bytes = hash.ToByteArray();
        foreach (var bit in Enumerable.Range(0, 256).OrderBy(_ => random.Next()).Take(bits))
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        return PdqHash.FromBytes(bytes);
    }

    /// <summary>A hash some bits, fewer than 64, away from one of the centres: most pairs share many of their bands.</summary>
    public static PdqHash Near(Random random, PdqHash[] centres) => Flip(centres[random.Next(centres.Length)], random, random.Next(64));

    public static PdqHash[] Centres(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => RandomHash(random))];

    public static List<PdqNeighbour> BruteForce(IEnumerable<PdqIndexItem> items, PdqHash query, int radius) =>
    [
        .. items.Select(item => new PdqNeighbour(item.Key, item.Hash.HammingDistance(query)))
            .Where(neighbour => neighbour.Distance <= radius)
            .OrderBy(neighbour => neighbour.Key),
    ];

    public static List<PdqNeighbour> Search(PdqIndexSnapshot snapshot, PdqHash query, int radius)
    {
        var found = new List<PdqNeighbour>();
        snapshot.Search(query, radius, found);
        found.Sort((a, b) => a.Key.CompareTo(b.Key));
        return found;
    }
}
