using CsCheck;
using Moderation.MediaHash.Hashing;
using Moderation.MediaHash.Index;
using Xunit;
using static Moderation.MediaHash.Tests.Index.Hashes;

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
        var index = IndexOf([new PdqIndexItem(42, Flip(hash, random, flippedBits))]);
        PdqNeighbour[] expected = found ? [new PdqNeighbour(42, flippedBits)] : [];
        Assert.Equal(expected, Search(index.Current, hash, 31));
    }

    [Fact]
    public void Search_empty_index_finds_nothing() => Assert.Empty(Search(new PdqIndex().Current, default, 256));

    [Theory]
    [InlineData(-1)]
    [InlineData(257)]
    public void Search_radius_outside_0_to_256_is_refused(int radius)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Search(new PdqIndex().Current, default, radius));
        Assert.Equal("radius", error.ParamName);
    }

    [Theory]
    [InlineData(300, 20)]
    [InlineData(IndexSegment.ScanLimit + 1, 20)]
    [InlineData(20_000, 20)]
    [InlineData(20_000, 1)]
    public void Search_any_radius_equals_comparing_every_row(int size, int centreCount)
    {
        Gen.Select(Gen.Int[0, int.MaxValue - 1], Gen.Int[0, 60]).Sample(
            (seed, radius) =>
            {
                var random = new Random(seed);
                var centres = Centres(random, centreCount);
                var items = Enumerable.Range(0, size).Select(i => new PdqIndexItem(i, Near(random, centres))).ToArray();
                var index = IndexOf(items);
                foreach (var centre in centres)
                    Assert.Equal(BruteForce(items, centre, radius), Search(index.Current, centre, radius));
            },
            iter: 4,
            threads: 1);
    }

    [Fact]
    public void Search_every_row_alike_answers_each_once()
    {
        var items = Enumerable.Range(0, 20_000).Select(i => new PdqIndexItem(i, new PdqHash(0, 0, 0, (ulong)(i & 1)))).ToArray();
        var index = IndexOf(items);
        Assert.Equal(BruteForce(items, default, 31), Search(index.Current, default, 31));
    }

    [Fact]
    public void Search_bits_spread_evenly_over_the_bands_are_found_at_31_and_not_at_32()
    {
        // The worst case of the bands: 15 of them differ in two bits, one in one bit. Wherever that one is in the ring, it is found.
        var random = new Random(3);
        var items = Enumerable.Range(0, IndexSegment.ScanLimit + 1).Select(i => new PdqIndexItem(i, RandomHash(random))).ToArray();
        var index = IndexOf(items);
        for (var single = 0; single < 16; single++)
        {
            Span<ulong> mask = [0x8001_8001_8001_8001, 0x8001_8001_8001_8001, 0x8001_8001_8001_8001, 0x8001_8001_8001_8001];
            mask[single / 4] ^= 1UL << (single % 4 * 16);
            var target = items[17].Hash;
            var at31 = new PdqHash(target.W0 ^ mask[0], target.W1 ^ mask[1], target.W2 ^ mask[2], target.W3 ^ mask[3]);
            Assert.Equal([new PdqNeighbour(17, 31)], Search(index.Current, at31, 31));
            mask[single / 4] ^= 1UL << (single % 4 * 16);
            var at32 = new PdqHash(target.W0 ^ mask[0], target.W1 ^ mask[1], target.W2 ^ mask[2], target.W3 ^ mask[3]);
            Assert.Empty(Search(index.Current, at32, 31));
        }
    }

    [Fact]
    public void Apply_and_compact_in_any_order_equal_a_dictionary()
    {
        Gen.Int[0, int.MaxValue - 1].Sample(
            seed =>
            {
                var random = new Random(seed);
                var centres = Centres(random, 5);
                var index = new PdqIndex();
                var model = new Dictionary<long, PdqHash>();
                var next = 0L;
                for (var batch = 0; batch < 20; batch++)
                {
                    PdqIndexItem[] removed =
                    [
                        .. model.Where(_ => random.Next(5) == 0).Select(pair => new PdqIndexItem(pair.Key, pair.Value)),
                        new PdqIndexItem(next + 1_000_000, centres[0]),
                    ];
                    var added = Enumerable.Range(0, random.Next(batch % 7 == 0 ? 20_000 : 3000))
                        .Select(_ => new PdqIndexItem(next++, Near(random, centres))).ToArray();
                    index.Apply(added, removed);
                    foreach (var item in removed)
                        model.Remove(item.Key);
                    foreach (var item in added)
                        model[item.Key] = item.Hash;
                    if (random.Next(2) == 0)
                        index.Compact();
                    Assert.Equal(model.Count, index.Current.Count);
                    var items = model.Select(pair => new PdqIndexItem(pair.Key, pair.Value)).ToArray();
                    Assert.Equal(BruteForce(items, centres[0], 31), Search(index.Current, centres[0], 31));
                }
                Assert.Equal(model.Keys.Order(), index.Current.Items().Select(item => item.Key).Order());
            },
            iter: 4,
            threads: 1);
    }

    [Fact]
    public void Compact_leaves_few_segments_and_nothing_due()
    {
        var random = new Random(5);
        var index = new PdqIndex();
        for (var i = 0; i < 60; i++)
        {
            index.Apply([.. Enumerable.Range(i * 1000, 1000).Select(key => new PdqIndexItem(key, RandomHash(random)))], []);
            index.Compact();
            Assert.False(index.IsCompactionDue);
        }
        Assert.Equal(60_000, index.Current.Count);
        Assert.InRange(index.Current.Segments.Length, 1, 4);
        Assert.Single(index.Current.Recent);
    }

    [Fact]
    public void Compact_after_most_rows_were_removed_gives_their_memory_back()
    {
        var random = new Random(6);
        var items = Enumerable.Range(0, 40_000).Select(i => new PdqIndexItem(i, RandomHash(random))).ToArray();
        var index = IndexOf(items);
        var before = index.Current.ByteCount;
        index.Apply([], items[..35_000]);
        Assert.True(index.IsCompactionDue);
        index.Compact();
        Assert.Equal(5_000, index.Current.Count);
        Assert.InRange(index.Current.ByteCount, 1, before / 2);
        Assert.Equal([new PdqNeighbour(35_000, 0)], Search(index.Current, items[35_000].Hash, 0));
    }

    [Fact]
    public void Current_taken_before_a_change_does_not_see_it()
    {
        var index = IndexOf([new PdqIndexItem(1, default)]);
        var before = index.Current;
        index.Apply([new PdqIndexItem(2, default)], [new PdqIndexItem(1, default)]);
        Assert.Equal([new PdqNeighbour(1, 0)], Search(before, default, 0));
        Assert.Equal([new PdqNeighbour(2, 0)], Search(index.Current, default, 0));
    }

    [Fact]
    public async Task Search_while_rows_come_and_go_equals_comparing_every_row_of_the_same_moment()
    {
        var centres = Centres(new Random(11), 8);
        var index = new PdqIndex();
        using var ended = new CancellationTokenSource();
        var compacting = Task.Run(() =>
        {
            while (!ended.IsCancellationRequested)
                index.Compact();
        });
        var readers = Enumerable.Range(0, 2).Select(reader => Task.Run(() =>
        {
            var random = new Random(reader);
            var checks = 0;
            while (!ended.IsCancellationRequested || checks < 3)
            {
                var moment = index.Current;
                var query = Near(random, centres);
                var found = Search(moment, query, 31);

                // Later writers must not have changed what this moment holds.
                var items = moment.Items().ToList();
                Assert.Equal(moment.Count, items.Count);
                Assert.Equal(BruteForce(items, query, 31), found);
                checks++;
            }
        })).ToArray();
        var writer = new Random(12);
        var living = new Queue<PdqIndexItem>();
        for (var batch = 0; batch < 250; batch++)
        {
            var added = Enumerable.Range(batch * 200, 200).Select(key => new PdqIndexItem(key, Near(writer, centres))).ToArray();
            var removed = Enumerable.Range(0, living.Count > 30_000 ? 250 : 60).TakeWhile(_ => living.Count > 0).Select(_ => living.Dequeue()).ToArray();
            index.Apply(added, removed);
            foreach (var item in added)
                living.Enqueue(item);
        }
        await ended.CancelAsync();
        await Task.WhenAll([compacting, .. readers]);
        index.Compact();
        Assert.Equal(living.Select(item => item.Key).Order(), index.Current.Items().Select(item => item.Key).Order());
    }

    private static PdqIndex IndexOf(PdqIndexItem[] items)
    {
        var index = new PdqIndex();
        index.Apply(items, []);
        return index;
    }
}
