using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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

    /// <summary>How far ahead of the row that is compared memory is asked for: 2 KiB.</summary>
    private const int PrefetchRows = 64;

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
            for (; Avx2.IsSupported && i + 8 <= queries.Length; i += 8)
                SearchEight(block, from, queries.Slice(i, 8), radius, visitors.Slice(i, 8));
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
            var near = Near(Vector256.Create(row.W0), Vector256.Create(row.W1), low, high, limit);
            if (near != 0)
                Compare(row, offset + i, queries, near, radius, visitors);
        }
    }

    // Twice four: the row is loaded once.
    private static void SearchEight<TVisitor>(
        ReadOnlySpan<PdqHash> rows, int offset, ReadOnlySpan<PdqHash> queries, int radius, Span<TVisitor> visitors)
        where TVisitor : struct, INeighbourVisitor
    {
        var low = Vector256.Create(queries[0].W0, queries[1].W0, queries[2].W0, queries[3].W0);
        var high = Vector256.Create(queries[0].W1, queries[1].W1, queries[2].W1, queries[3].W1);
        var low2 = Vector256.Create(queries[4].W0, queries[5].W0, queries[6].W0, queries[7].W0);
        var high2 = Vector256.Create(queries[4].W1, queries[5].W1, queries[6].W1, queries[7].W1);
        var limit = Vector256.Create((long)radius + 1);
        for (var i = 0; i < rows.Length; i++)
        {
            ref readonly var row = ref rows[i];
            var (first, second) = (Vector256.Create(row.W0), Vector256.Create(row.W1));
            var near = Near(first, second, low, high, limit);
            var near2 = Near(first, second, low2, high2, limit);
            if ((near | near2) == 0)
                continue;
            Compare(row, offset + i, queries, near, radius, visitors);
            Compare(row, offset + i, queries[4..], near2, radius, visitors[4..]);
        }
    }

    // The sign bits of bytes whose query may be near: eight a query.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Near(Vector256<ulong> first, Vector256<ulong> second, Vector256<ulong> low, Vector256<ulong> high, Vector256<long> limit)
    {
        var bits = BitCounts((first ^ low).AsByte()) + BitCounts((second ^ high).AsByte());
        var half = Avx2.SumAbsoluteDifferences(bits, Vector256<byte>.Zero).AsInt64();
        return Avx2.MoveMask(Avx2.CompareGreaterThan(limit, half).AsByte());
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
        ref var first = ref MemoryMarshal.GetReference(rows);
        for (var i = 0; i < rows.Length; i++)
        {
            ref var row = ref Unsafe.Add(ref first, i);
            if (Sse.IsSupported)
                Prefetch(ref row);
            if (BitOperations.PopCount(row.W0 ^ low) + BitOperations.PopCount(row.W1 ^ high) <= radius)
                Compare(row, offset + i, query, radius, ref visitor);
        }
    }

    // The processor's own prefetching ends at each page of 4 KiB.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Prefetch(ref PdqHash row) => Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref row, PrefetchRows)));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Compare<TVisitor>(in PdqHash row, int number, ReadOnlySpan<PdqHash> queries, int near, int radius, Span<TVisitor> visitors)
        where TVisitor : struct, INeighbourVisitor
    {
        for (var k = 0; k < 4; k++)
        {
            if ((near >> (k * 8) & 1) != 0)
                Compare(row, number, queries[k], radius, ref visitors[k]);
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
