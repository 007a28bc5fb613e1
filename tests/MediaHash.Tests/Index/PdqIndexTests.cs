using CsCheck;
using Moderation.MediaHash.Hashing;
using Moderation.MediaHash.Index;
using Xunit;

namespace Moderation.MediaHash.Tests.Index;

public sealed class PdqIndexTests
{
    [Theory]
    [InlineData(0, true)]
    [InlineData(31, true)]
    [InlineData(32, false)]
    public void Search_index_of_one_finds_up_to_31_bits(int flippedBits, bool found)
    {
        var random = new Random(7);
        var hash = RandomHash(random);
        var index = new PdqIndex();
        index.Apply([new PdqIndexItem(42, Flip(hash, random, flippedBits))], []);
        PdqNeighbour[] expected = found ? [new PdqNeighbour(42, flippedBits)] : [];
        Assert.Equal(expected, Search(index, hash, 31));
    }

    [Fact]
    public void Search_empty_index_finds_nothing() => Assert.Empty(Search(new PdqIndex(), default, 31));

    [Theory]
    [InlineData(-1)]
    [InlineData(32)]
    public void Search_radius_outside_0_to_31_is_refused(int radius)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Search(new PdqIndex(), default, radius));
        Assert.Equal("radius", error.ParamName);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(PdqIndex.ScanLimit + 500)]
    [InlineData(20_000)]
    public void Search_any_radius_equals_comparing_every_row(int size)
    {
        Gen.Select(Gen.Int[0, int.MaxValue - 1], Gen.Int[0, 31]).Sample(
            (seed, radius) =>
            {
                var random = new Random(seed);
                var centres = Enumerable.Range(0, 20).Select(_ => RandomHash(random)).ToArray();
                var items = Enumerable.Range(0, size).Select(i => new PdqIndexItem(i, Near(random, centres))).ToArray();
                var index = new PdqIndex();
                index.Apply(items, []);
                foreach (var centre in centres)
                    Assert.Equal(BruteForce(items, centre, radius), Search(index, centre, radius));
            },
            iter: 8,
            threads: 1);
    }

    [Fact]
    public void Search_bits_spread_evenly_over_the_bands_are_found_at_31_and_not_at_32()
    {
        // The worst case of the bands: 15 of them differ in two bits, one in one bit.
        var random = new Random(3);
        var items = Enumerable.Range(0, PdqIndex.ScanLimit + 1).Select(i => new PdqIndexItem(i, RandomHash(random))).ToArray();
        var index = new PdqIndex();
        index.Apply(items, []);
        var target = items[17].Hash;
        const ulong TwoOfEach = 0x8001_8001_8001_8001;
        var at31 = target with { W0 = target.W0 ^ 0x8001_8001_8001_8000, W1 = target.W1 ^ TwoOfEach, W2 = target.W2 ^ TwoOfEach, W3 = target.W3 ^ TwoOfEach };
        Assert.Contains(new PdqNeighbour(17, 31), Search(index, at31, 31));
        Assert.DoesNotContain(Search(index, at31 with { W0 = at31.W0 ^ 1 }, 31), neighbour => neighbour.Key == 17);
    }

    [Fact]
    public void Apply_random_adds_replacements_and_removals_equal_a_dictionary()
    {
        Gen.Int[0, int.MaxValue - 1].Sample(
            seed =>
            {
                var random = new Random(seed);
                var centres = Enumerable.Range(0, 5).Select(_ => RandomHash(random)).ToArray();
                var index = new PdqIndex();
                var model = new Dictionary<long, PdqHash>();
                for (var batch = 0; batch < 12; batch++)
                {
                    var removed = Enumerable.Range(0, random.Next(1500)).Select(_ => (long)random.Next(9000)).ToArray();
                    var added = Enumerable.Range(0, random.Next(4000)).Select(_ => new PdqIndexItem(random.Next(9000), Near(random, centres))).ToArray();
                    index.Apply(added, removed);
                    foreach (var key in removed)
                        model.Remove(key);
                    foreach (var item in added)
                        model[item.Key] = item.Hash;
                    Assert.Equal(model.Count, index.Current.Count);
                    var items = model.Select(pair => new PdqIndexItem(pair.Key, pair.Value)).ToArray();
                    Assert.Equal(BruteForce(items, centres[0], 31), Search(index, centres[0], 31));
                }
            },
            iter: 6,
            threads: 1);
    }

    [Fact]
    public void Current_taken_before_a_change_does_not_see_it()
    {
        var index = new PdqIndex();
        index.Apply([new PdqIndexItem(1, default)], []);
        var before = index.Current;
        index.Apply([new PdqIndexItem(2, default)], [1]);
        var found = new List<PdqNeighbour>();
        before.Search(default, 0, found);
        Assert.Equal([new PdqNeighbour(1, 0)], found);
        Assert.Equal([new PdqNeighbour(2, 0)], Search(index, default, 0));
    }

    private static List<PdqNeighbour> Search(PdqIndex index, PdqHash query, int radius)
    {
        var found = new List<PdqNeighbour>();
        index.Current.Search(query, radius, found);
        found.Sort((a, b) => a.Key.CompareTo(b.Key));
        return found;
    }

    private static List<PdqNeighbour> BruteForce(PdqIndexItem[] items, PdqHash query, int radius) =>
    [
        .. items.Select(item => new PdqNeighbour(item.Key, item.Hash.HammingDistance(query)))
            .Where(neighbour => neighbour.Distance <= radius)
            .OrderBy(neighbour => neighbour.Key),
    ];

    private static PdqHash Near(Random random, PdqHash[] centres) => Flip(centres[random.Next(centres.Length)], random, random.Next(64));

    private static PdqHash RandomHash(Random random) =>
        new((ulong)random.NextInt64() << 1, (ulong)random.NextInt64() << 1, (ulong)random.NextInt64() << 1, (ulong)random.NextInt64() << 1);

    private static PdqHash Flip(PdqHash hash, Random random, int bits)
    {
        var bytes = hash.ToByteArray();
        foreach (var bit in Enumerable.Range(0, 256).OrderBy(_ => random.Next()).Take(bits))
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        return PdqHash.FromBytes(bytes);
    }
}
