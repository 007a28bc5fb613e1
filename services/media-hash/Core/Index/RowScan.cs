using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Moderation.MediaHash.Hashing;

namespace Moderation.MediaHash.Index;

/// <summary>
/// Compares rows one by one, the lower half of the bits first: of two unrelated hashes, 128 bits agree within 31 once in a hundred
/// million, so the other half is hardly ever looked at. For one query, two population counts a row keep up with main memory on every
/// processor that has the instruction; several queries share a row in vectors.
/// </summary>
internal static class RowScan
{
    /// <summary>Rows that stay in the first-level cache while several queries pass over them.</summary>
    private const int BlockRows = 512;

    /// <summary>Calls back with each row within <paramref name="radius"/> of the query.</summary>
    public static void Search<TVisitor>(ReadOnlySpan<PdqHash> rows, in PdqHash query, int radius, ref TVisitor visitor)
        where TVisitor : struct, INeighbourVisitor => Search(rows, 0, query, radius, ref visitor);

    /// <summary>The same for several queries, each with its own visitor; the rows are read from memory once.</summary>
    public static void Search<TVisitor>(ReadOnlySpan<PdqHash> rows, ReadOnlySpan<PdqHash> queries, int radius, Span<TVisitor> visitors)
        where TVisitor : struct, INeighbourVisitor
    {
        for (var from = 0; from < rows.Length; from += BlockRows)
        {
            var block = rows.Slice(from, Math.Min(BlockRows, rows.Length - from));
            var i = 0;
            for (; Avx2.IsSupported && i + 4 <= queries.Length; i += 4)
                SearchFour(block, from, queries.Slice(i, 4), radius, visitors.Slice(i, 4));
            for (; i < queries.Length; i++)
                Search(block, from, queries[i], radius, ref visitors[i]);
        }
    }

    // Four queries side by side: a row's word against the same word of each, bits counted by looking up half bytes.
    private static void SearchFour<TVisitor>(
        ReadOnlySpan<PdqHash> rows, int offset, ReadOnlySpan<PdqHash> queries, int radius, Span<TVisitor> visitors)
        where TVisitor : struct, INeighbourVisitor
    {
        var low = Vector256.Create(queries[0].W0, queries[1].W0, queries[2].W0, queries[3].W0);
        var high = Vector256.Create(queries[0].W1, queries[1].W1, queries[2].W1, queries[3].W1);
        var limit = Vector256.Create((long)radius + 1);
        for (var i = 0; i < rows.Length; i++)
        {
            ref readonly var row = ref rows[i];
            var bits = BitCounts((Vector256.Create(row.W0) ^ low).AsByte()) + BitCounts((Vector256.Create(row.W1) ^ high).AsByte());
            var half = Avx2.SumAbsoluteDifferences(bits, Vector256<byte>.Zero).AsInt64();
            var near = Avx2.MoveMask(Avx2.CompareGreaterThan(limit, half).AsByte());
            if (near == 0)
                continue;
            for (var k = 0; k < 4; k++)
            {
                if ((near >> (k * 8) & 1) != 0)
                    Compare(row, offset + i, queries[k], radius, ref visitors[k]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> BitCounts(Vector256<byte> bytes)
    {
        var counts = Vector256.Create(
            (byte)0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
        var mask = Vector256.Create((byte)0x0F);
        return Avx2.Shuffle(counts, bytes & mask) + Avx2.Shuffle(counts, (bytes.AsUInt16() >> 4).AsByte() & mask);
    }

    private static void Search<TVisitor>(ReadOnlySpan<PdqHash> rows, int offset, in PdqHash query, int radius, ref TVisitor visitor)
        where TVisitor : struct, INeighbourVisitor
    {
        var (low, high) = (query.W0, query.W1);
        for (var i = 0; i < rows.Length; i++)
        {
            ref readonly var row = ref rows[i];
            if (BitOperations.PopCount(row.W0 ^ low) + BitOperations.PopCount(row.W1 ^ high) <= radius)
                Compare(row, offset + i, query, radius, ref visitor);
        }
    }

    // Out of line, so that the loop stays small.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Compare<TVisitor>(in PdqHash row, int number, in PdqHash query, int radius, ref TVisitor visitor)
        where TVisitor : struct, INeighbourVisitor
    {
        var distance = row.HammingDistance(query);
        if (distance <= radius)
            visitor.Visit(number, distance);
    }
}
