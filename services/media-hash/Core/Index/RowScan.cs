using System.Numerics;
using System.Runtime.CompilerServices;
using Moderation.MediaHash.Hashing;

namespace Moderation.MediaHash.Index;

/// <summary>
/// Compares rows one by one, the lower half of the bits first: of two unrelated hashes, 128 bits agree within 31 once in a hundred
/// million, so the other half is hardly ever looked at. Two population counts a row keep up with main memory on every processor that has
/// the instruction, which no wider vector improves on.
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
            for (var i = 0; i < queries.Length; i++)
                Search(block, from, queries[i], radius, ref visitors[i]);
        }
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
