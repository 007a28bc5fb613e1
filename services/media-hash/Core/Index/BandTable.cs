using System.Numerics;
using Moderation.MediaHash.Hashing;

namespace Moderation.MediaHash.Index;

/// <summary>
/// Multi-index hashing (Norouzi, Punjani, Fleet 2012) over an unchanging array: 16 bands of 16 bits, each with the positions of the hashes
/// sorted by the band's value. If every band of two hashes differed by at least r + 1 bits, the hashes would differ by at least 16 (r + 1):
/// looking up each band at radius 0 is therefore exact to distance 15, and at radius 1 to distance 31.
/// </summary>
internal sealed class BandTable
{
    public const int Bands = 16;
    public const int MaxRadius = Bands * 2 - 1;
    private const int Buckets = 1 << 16;

    private readonly PdqHash[] _hashes;
    private readonly int[][] _starts;
    private readonly int[][] _positions;

    private BandTable(PdqHash[] hashes, int[][] starts, int[][] positions)
    {
        _hashes = hashes;
        _starts = starts;
        _positions = positions;
    }

    public static BandTable Build(PdqHash[] hashes)
    {
        var starts = new int[Bands][];
        var positions = new int[Bands][];
        for (var band = 0; band < Bands; band++)
        {
            // A counting sort: sizes, then ends, then filled from the back so that the ends become starts.
            var start = new int[Buckets + 1];
            foreach (ref readonly var hash in hashes.AsSpan())
                start[hash.Band(band)]++;
            for (var value = 1; value <= Buckets; value++)
                start[value] += start[value - 1];
            var order = new int[hashes.Length];
            for (var i = hashes.Length - 1; i >= 0; i--)
                order[--start[hashes[i].Band(band)]] = i;
            starts[band] = start;
            positions[band] = order;
        }
        return new BandTable(hashes, starts, positions);
    }

    /// <summary>Calls back with each position within <paramref name="radius"/> (0 to 31) of the query, once.</summary>
    public void Search<TVisitor>(in PdqHash query, int radius, ref TVisitor visitor)
        where TVisitor : struct, INeighbourVisitor
    {
        var bandRadius = radius < Bands ? 0 : 1;
        for (var band = 0; band < Bands; band++)
        {
            var value = query.Band(band);
            Visit(query, radius, bandRadius, band, value, ref visitor);
            if (bandRadius == 0)
                continue;
            for (var bit = 0; bit < 16; bit++)
                Visit(query, radius, bandRadius, band, value ^ (1 << bit), ref visitor);
        }
    }

    private void Visit<TVisitor>(in PdqHash query, int radius, int bandRadius, int band, int value, ref TVisitor visitor)
        where TVisitor : struct, INeighbourVisitor
    {
        var start = _starts[band];
        foreach (var position in _positions[band].AsSpan(start[value], start[value + 1] - start[value]))
        {
            ref readonly var hash = ref _hashes[position];
            var distance = hash.HammingDistance(query);
            if (distance <= radius && !WasFoundEarlier(query, hash, bandRadius, band))
                visitor.Visit(position, distance);
        }
    }

    private static bool WasFoundEarlier(in PdqHash query, in PdqHash hash, int bandRadius, int band)
    {
        for (var earlier = 0; earlier < band; earlier++)
        {
            if (BitOperations.PopCount((uint)(query.Band(earlier) ^ hash.Band(earlier))) <= bandRadius)
                return true;
        }
        return false;
    }
}

/// <summary>Takes what a search finds.</summary>
internal interface INeighbourVisitor
{
    void Visit(int position, int distance);
}
