using CsCheck;
using Moderation.Enforcement.Delivery;
using Xunit;

namespace Moderation.Enforcement.Tests.Delivery;

public sealed class HeldEventsTests
{
    private static HeldKey Key(int shard, long sequence, string account, int due)
        => new(shard, sequence, account, DateTimeOffset.UnixEpoch.AddSeconds(due));

    [Fact]
    public void First_is_the_soonest_of_the_first_of_each_account()
    {
        var held = new HeldEvents<int>();
        held.Put(Key(1, 7, "a", 50), 7);
        held.Put(Key(1, 8, "a", 1), 8); // due, but behind 7 of its account
        held.Put(Key(1, 9, "b", 60), 9);
        Assert.Equal(7, held.First()!.Value.Value);
        held.Remove(Key(1, 7, "a", 0));
        Assert.Equal(8, held.First()!.Value.Value);
        held.Remove(Key(1, 8, "a", 0));
        Assert.Equal(9, held.First()!.Value.Value);
        Assert.False(held.Holds(1, "a"));
        Assert.True(held.Holds(1, "b"));
        held.Clear();
        Assert.Null(held.First());
        Assert.Equal(0, held.CountOf(1));
    }

    [Fact]
    public void Taking_the_first_again_and_again_keeps_the_order_of_each_account()
        => Gen.Select(Gen.Int[0, 3], Gen.Int[0, 1], Gen.Int[0, 100]).Array[0, 60].Sample(events =>
        {
            var held = new HeldEvents<(string Account, long Sequence)>();
            for (var i = 0; i < events.Length; i++)
            {
                var (account, shard, due) = events[i];
                held.Put(Key(shard, i, $"{shard}-{account}", due), ($"{shard}-{account}", i));
            }

            Assert.Equal(events.Length, held.CountOf(0) + held.CountOf(1));
            var taken = new List<(string Account, long Sequence)>();
            while (held.First() is { } first)
            {
                held.Remove(first.Key);
                taken.Add(first.Value);
            }

            Assert.Equal(events.Length, taken.Count);
            Assert.All(taken.GroupBy(t => t.Account), g => Assert.Equal(g.Select(t => t.Sequence).Order(), g.Select(t => t.Sequence)));
        });

    [Fact]
    public void Putting_the_same_event_again_changes_it_and_does_not_count_it_twice()
    {
        var held = new HeldEvents<string>();
        held.Put(Key(0, 1, "a", 5), "once");
        held.Put(Key(0, 1, "a", 9), "twice");
        Assert.Equal(1, held.CountOf(0));
        Assert.Equal("twice", held.First()!.Value.Value);
        Assert.True(held.Contains(Key(0, 1, "a", 0)));
        Assert.False(held.Contains(Key(0, 2, "a", 0)));
    }
}
