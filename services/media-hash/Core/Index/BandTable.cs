using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Moderation.MediaHash.Hashing;

namespace Moderation.MediaHash.Index;

/// <summary>
/// Finds candidates among sorted rows: 16 bands of 16 bits in a ring, each with its rows grouped by the band's value. Two hashes at most r
/// bits apart have a band from which on every chain of l bands differs by at most r * l / 16 bits (were there none, the chains that exceed
/// could be laid end to end around the ring and would add up to more than r; Qin and Xiao, "Pigeonring", VLDB 2018). So it is exact to look
/// up each band within r / 16 bits and to go on only with rows whose next band keeps the pair within r / 8. That next band, the tag, lies
/// beside the row's number: at r = 31 one candidate in five hundred is left, and two bytes a candidate were read to tell.
/// </summary>
internal sealed class BandTable
{
    public const int Bands = 16;

    /// <summary>Greatest radius that is looked up; four bits of each band, with 697 buckets, cost more than comparing the rows.</summary>
    public const int MaxRadius = Bands * 3 - 1;

    /// <summary>Rows at most: their numbers take three bytes.</summary>
    public const int MaxRows = 1 << 24;

    private const int Values = 1 << 16;
    private const int Parts = 1 << 8;
    private const int StartsPerBand = Values + 1;
    private const int TagsPerVector = 16;

    // How far ahead of the comparing the tags are asked for: long enough for main memory, short enough to stay in the cache.
    private const int PrefetchedProbes = 64;
    private const int CacheLineTags = 32;
    private const int PrefetchedRows = 8;

    private static readonly ushort[][] Flips = [FlipsUpTo(0), FlipsUpTo(1), FlipsUpTo(2)];

    private readonly int[] _starts;
    private readonly ushort[][] _tags;
    private readonly byte[][] _rows;
    private readonly int _count;

    private BandTable(int count)
    {
        _count = count;
        _starts = new int[Bands * StartsPerBand];
        _tags = new ushort[Bands][];
        _rows = new byte[Bands][];
    }

    /// <summary>Bytes held.</summary>
    public long ByteCount => _starts.Length * 4L + Bands * (_count * 5L);

    /// <summary>Groups the rows; <paramref name="threads"/> bands at once.</summary>
    public static BandTable Build(PdqHash[] hashes, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hashes.Length, MaxRows);
        var table = new BandTable(hashes.Length);
        var sizes = PartSizes(hashes);
        Parallel.For(
            0, Bands, new ParallelOptions { MaxDegreeOfParallelism = threads }, () => GC.AllocateUninitializedArray<ulong>(hashes.Length),
            (band, _, scratch) => table.Group(hashes, band, sizes.AsSpan(band * Parts, Parts), scratch), _ => { });
        return table;
    }

    /// <summary>
    /// Calls back with each row within <paramref name="radius"/> (0 to 47) of the query, once. False, and nothing is called, when so much
    /// of the table looks like the query that comparing every row costs less.
    /// </summary>
    [SkipLocalsInit]
    public bool TrySearch<TVisitor>(PdqHash[] hashes, in PdqHash query, int radius, ref TVisitor visitor)
        where TVisitor : struct, INeighbourVisitor
    {
        var flips = Flips[radius / Bands];
        var probeCount = Bands * flips.Length;
        var rented = probeCount > 512 ? ArrayPool<Probe>.Shared.Rent(probeCount) : null;
        var probes = rented ?? stackalloc Probe[probeCount];
        var candidates = new CandidateList(stackalloc int[256], limit: Math.Max(256, _count / 16));
        try
        {
            var expected = Plan(query, flips, probes);
            if (expected > 4L * _count || !TryCollect(query, radius, flips, probes[..probeCount], ref candidates))
                return false;
            Verify(hashes, query, radius, candidates.Items, ref visitor);
            return true;
        }
        finally
        {
            candidates.Dispose();
            if (rented is not null)
                ArrayPool<Probe>.Shared.Return(rented);
        }
    }

    private long Plan(in PdqHash query, ushort[] flips, Span<Probe> probes)
    {
        var expected = 0L;
        var to = 0;
        for (var band = 0; band < Bands; band++)
        {
            var value = query.Band(band);
            var starts = _starts.AsSpan(band * StartsPerBand, StartsPerBand);
            foreach (var flip in flips)
            {
                var start = starts[value ^ flip];
                var end = starts[(value ^ flip) + 1];
                probes[to++] = new Probe(start, end);
                expected += end - start;
            }
        }
        return expected;
    }

    private bool TryCollect(in PdqHash query, int radius, ushort[] flips, ReadOnlySpan<Probe> probes, ref CandidateList candidates)
    {
        var pairBudget = radius / 8;
        for (var i = 0; i < Math.Min(PrefetchedProbes, probes.Length); i++)
            Prefetch(_tags[i / flips.Length], probes[i]);
        var at = 0;
        for (var band = 0; band < Bands; band++)
        {
            var tags = _tags[band];
            var wanted = Vector256.Create((ushort)query.Band((band + 1) % Bands));
            foreach (var flip in flips)
            {
                if (at + PrefetchedProbes < probes.Length)
                    Prefetch(_tags[(at + PrefetchedProbes) / flips.Length], probes[at + PrefetchedProbes]);
                var budget = pairBudget - System.Numerics.BitOperations.PopCount(flip);
                var isWithinLimit = budget == 2
                    ? TryCompare<TwoBits>(tags, band, probes[at], wanted, budget, ref candidates)
                    : TryCompare<AnyBits>(tags, band, probes[at], wanted, budget, ref candidates);
                if (!isWithinLimit)
                    return false;
                at++;
            }
        }
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryCompare<TBudget>(
        ushort[] tags, int band, Probe probe, Vector256<ushort> wanted, int budget, ref CandidateList candidates)
        where TBudget : struct, IBitBudget
    {
        ref var first = ref MemoryMarshal.GetArrayDataReference(tags);
        for (var i = probe.Start; i < probe.End; i += TagsPerVector)
        {
            var within = Vector256.Equals(
                TBudget.Clear(Vector256.LoadUnsafe(ref first, (nuint)i) ^ wanted, budget), Vector256<ushort>.Zero);
            if (within == Vector256<ushort>.Zero)
                continue;
            var mask = within.ExtractMostSignificantBits();
            if (probe.End - i < TagsPerVector)
                mask &= (1u << (probe.End - i)) - 1;
            for (; mask != 0; mask &= mask - 1)
            {
                if (!candidates.TryAdd(band << 24 | Row(band, i + System.Numerics.BitOperations.TrailingZeroCount(mask))))
                    return false;
            }
        }
        return true;
    }

    private static void Verify<TVisitor>(PdqHash[] hashes, in PdqHash query, int radius, ReadOnlySpan<int> candidates, ref TVisitor visitor)
        where TVisitor : struct, INeighbourVisitor
    {
        for (var i = 0; i < candidates.Length; i++)
        {
            if (i + PrefetchedRows < candidates.Length)
                Prefetch(ref hashes[candidates[i + PrefetchedRows] & (MaxRows - 1)]);
            var row = candidates[i] & (MaxRows - 1);
            ref readonly var hash = ref hashes[row];
            var distance = hash.HammingDistance(query);
            if (distance <= radius && !WasFoundEarlier(query, hash, radius, candidates[i] >> 24))
                visitor.Visit(row, distance);
        }
    }

    // A row may be a candidate of several bands; the first of them reports it.
    private static bool WasFoundEarlier(in PdqHash query, in PdqHash hash, int radius, int band)
    {
        for (var earlier = 0; earlier < band; earlier++)
        {
            var one = BandDistance(query, hash, earlier);
            if (one <= radius / 16 && one + BandDistance(query, hash, earlier + 1) <= radius / 8)
                return true;
        }
        return false;
    }

    private static int BandDistance(in PdqHash a, in PdqHash b, int band) =>
        System.Numerics.BitOperations.PopCount((uint)(a.Band(band) ^ b.Band(band)));

    private int Row(int band, int position) =>
        (int)Unsafe.ReadUnaligned<uint>(ref _rows[band][position * 3]) & (MaxRows - 1);

    // How many rows have each upper byte, of all bands in one pass.
    private static int[] PartSizes(PdqHash[] hashes)
    {
        var sizes = new int[Bands * Parts];
        foreach (ref readonly var hash in hashes.AsSpan())
        {
            for (var band = 0; band < Bands; band++)
                sizes[band * Parts + (hash.Band(band) >> 8)]++;
        }
        return sizes;
    }

    // A counting sort in two rounds, by the upper byte and then by the lower: 256 places to write to stay in the cache, 65,536 do not.
    private ulong[] Group(PdqHash[] hashes, int band, ReadOnlySpan<int> sizes, ulong[] scratch)
    {
        var next = (band + 1) % Bands;
        Span<int> heads = stackalloc int[Parts];
        ToStarts(sizes, heads, 0);
        for (var i = 0; i < hashes.Length; i++)
        {
            var value = hashes[i].Band(band);
            scratch[heads[value >> 8]++] = (ulong)(value & 0xFF) << 40 | (ulong)hashes[i].Band(next) << 24 | (uint)i;
        }

        // Room for a whole vector, and for four bytes of a row's number, past the end.
        var tags = new ushort[hashes.Length + TagsPerVector];
        var rows = new byte[hashes.Length * 3 + 1];
        var starts = _starts.AsSpan(band * StartsPerBand, StartsPerBand);
        Span<int> counts = stackalloc int[Parts];
        var from = 0;
        for (var part = 0; part < Parts; part++)
        {
            var rowsOfPart = scratch.AsSpan(from, sizes[part]);
            counts.Clear();
            foreach (var row in rowsOfPart)
                counts[(int)(row >> 40)]++;
            ToStarts(counts, heads, from);
            heads.CopyTo(starts[(part * Parts)..]);
            foreach (var row in rowsOfPart)
            {
                var position = heads[(int)(row >> 40)]++;
                tags[position] = (ushort)(row >> 24);
                rows[position * 3] = (byte)row;
                rows[position * 3 + 1] = (byte)(row >> 8);
                rows[position * 3 + 2] = (byte)(row >> 16);
            }
            from += sizes[part];
        }
        starts[Values] = from;
        _tags[band] = tags;
        _rows[band] = rows;
        return scratch;
    }

    private static void ToStarts(ReadOnlySpan<int> sizes, Span<int> starts, int start)
    {
        for (var part = 0; part < sizes.Length; part++)
        {
            starts[part] = start;
            start += sizes[part];
        }
    }

    private static void Prefetch(ushort[] tags, Probe probe)
    {
        for (var i = probe.Start; i < probe.End; i += CacheLineTags)
            Prefetch(ref tags[i]);
    }

    private static unsafe void Prefetch<T>(ref T address)
        where T : unmanaged
    {
        // A hint about an address; if the collector moves the array meanwhile, the hint is stale and harmless.
        if (Sse.IsSupported)
            Sse.Prefetch0(Unsafe.AsPointer(ref address));
    }

    private static ushort[] FlipsUpTo(int bits) =>
    [
        .. Enumerable.Range(0, Values).Where(value => System.Numerics.BitOperations.PopCount((uint)value) <= bits)
            .OrderBy(value => System.Numerics.BitOperations.PopCount((uint)value)).Select(value => (ushort)value),
    ];

    private readonly record struct Probe(int Start, int End);

    /// <summary>At most n bits are set where clearing the lowest set bit n times leaves none.</summary>
    private interface IBitBudget
    {
        static abstract Vector256<ushort> Clear(Vector256<ushort> bits, int budget);
    }

    private readonly struct TwoBits : IBitBudget
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<ushort> Clear(Vector256<ushort> bits, int budget)
        {
            bits &= bits - Vector256<ushort>.One;
            return bits & (bits - Vector256<ushort>.One);
        }
    }

    private readonly struct AnyBits : IBitBudget
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<ushort> Clear(Vector256<ushort> bits, int budget)
        {
            for (var i = 0; i < budget; i++)
                bits &= bits - Vector256<ushort>.One;
            return bits;
        }
    }
}

/// <summary>Takes what a search finds.</summary>
internal interface INeighbourVisitor
{
    void Visit(int row, int distance);
}
