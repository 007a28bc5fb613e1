using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Moderation.MediaHash.Hashing;

namespace Moderation.Benchmarks.Media;

/// <summary>A pair that lies within the radius.</summary>
internal readonly record struct Pair(int Query, int Row, int Distance);

/// <summary>
/// A seeded set of hashes and queries with everything that is to be found. As a file: "PDQSET01", a little-endian count, 32 bytes a hash.
/// </summary>
/// <param name="Rows">The hashes.</param>
/// <param name="Queries">The queries.</param>
/// <param name="Truth">Every pair within 31 bits.</param>
internal sealed record HashSet(PdqHash[] Rows, PdqHash[] Queries, Pair[] Truth)
{
    private const int QueryCount = 4096;
    private static readonly byte[] Magic = "PDQSET01"u8.ToArray();

    /// <summary>
    /// Random rows; each query of the first half has one neighbour at 0 to 31 bits, of the next quarter one at 32 to 47, of the last none.
    /// In random rows no other pair is within 31 bits: at ten million rows that happens once in 10^30 sets.
    /// </summary>
    public static HashSet Random(int count, int seed)
    {
        var random = new Random(seed);
        var rows = new PdqHash[count];
        random.NextBytes(MemoryMarshal.AsBytes(rows.AsSpan()));
        var queries = new PdqHash[QueryCount];
        random.NextBytes(MemoryMarshal.AsBytes(queries.AsSpan()));
        var used = new HashSet<int>();
        var truth = new List<Pair>();
        for (var i = 0; i < QueryCount * 3 / 4; i++)
        {
            var distance = i < QueryCount / 2 ? i % 32 : 32 + i % 16;
            int row;
            do
                row = random.Next(count);
            while (!used.Add(row));
            rows[row] = Flip(queries[i], random, distance);
            if (distance < 32)
                truth.Add(new Pair(i, row, distance));
        }
        return new HashSet(rows, queries, [.. truth]);
    }

    /// <summary>
    /// Near-flat pictures: few patterns, each with some bits of its own, so that most rows share most of their bands with thousands of
    /// others. The truth is found by comparing every row.
    /// </summary>
    public static HashSet Skewed(int count, int patterns, int ownBits, int queryCount, int seed)
    {
        var random = new Random(seed);
        var centres = new PdqHash[patterns];
        random.NextBytes(MemoryMarshal.AsBytes(centres.AsSpan()));
        var rows = new PdqHash[count];
        for (var i = 0; i < count; i++)
            rows[i] = Flip(centres[i % patterns], random, ownBits);
        var queries = new PdqHash[queryCount];
        for (var i = 0; i < queryCount; i++)
            queries[i] = Flip(centres[i % patterns], random, ownBits);
        var truth = new List<Pair>();
        for (var q = 0; q < queryCount; q++)
        {
            for (var row = 0; row < count; row++)
            {
                var distance = rows[row].HammingDistance(queries[q]);
                if (distance <= 31)
                    truth.Add(new Pair(q, row, distance));
            }
        }
        return new HashSet(rows, queries, [.. truth]);
    }

    public void Write(string folder)
    {
        WriteFile(Path.Combine(folder, "rows"), Rows);
        WriteFile(Path.Combine(folder, "queries"), Queries);
    }

    private static void WriteFile(string path, PdqHash[] hashes)
    {
        using var file = File.Create(path);
        Span<byte> count = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(count, hashes.Length);
        file.Write(Magic);
        file.Write(count);
        file.Write(MemoryMarshal.AsBytes(hashes.AsSpan()));
    }

    private static PdqHash Flip(PdqHash hash, Random random, int bits)
    {
        Span<ulong> words = [hash.W0, hash.W1, hash.W2, hash.W3];
        Span<ulong> flipped = [0, 0, 0, 0];
        for (var done = 0; done < bits;)
        {
            var bit = random.Next(256);
            if ((flipped[bit >> 6] >> (bit & 63) & 1) != 0)
                continue;
            flipped[bit >> 6] |= 1UL << (bit & 63);
            words[bit >> 6] ^= 1UL << (bit & 63);
            done++;
        }
        return new PdqHash(words[0], words[1], words[2], words[3]);
    }
}
