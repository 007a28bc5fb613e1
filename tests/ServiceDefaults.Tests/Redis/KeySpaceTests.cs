using System.Reflection;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;
using Xunit;

namespace Moderation.ServiceDefaults.Tests.Redis;

public sealed class KeySpaceTests(IngestFixture ingest)
{
    private static readonly KeySpace Keys = new(64);

    [Fact]
    public void MintId_carries_its_shard_and_ShardOfId_reads_it()
    {
        for (var shard = 0; shard < Keys.ShardCount; shard++)
        {
            Assert.Equal(shard, Keys.ShardOfId(KeySpace.MintId('d', shard, DateTimeOffset.UnixEpoch), 'd'));
        }
    }

    [Theory]
    [InlineData("t_1_01ARZ3NDEKTSV4RRFFQ69G5FAV")]
    [InlineData("d_64_01ARZ3NDEKTSV4RRFFQ69G5FAV")]
    [InlineData("d_-1_01ARZ3NDEKTSV4RRFFQ69G5FAV")]
    [InlineData("d_1_short")]
    [InlineData("d_1")]
    [InlineData("d_1_01ARZ3NDEKTSV4RRFFQ69G5FAV_x")]
    [InlineData("")]
    public void ShardOfId_of_another_id_is_null(string id) => Assert.Null(Keys.ShardOfId(id, 'd'));

    [Fact]
    public void ShardOf_is_stable_within_bounds_and_spreads()
    {
        var shards = Enumerable.Range(0, 6400).Select(i => Keys.ShardOf("acme", $"account-{i}")).ToList();
        Assert.All(shards, s => Assert.InRange(s, 0, 63));
        Assert.Equal(shards[7], Keys.ShardOf("acme", "account-7"));
        Assert.All(shards.GroupBy(s => s), g => Assert.InRange(g.Count(), 50, 160));
        Assert.NotEqual(Keys.ShardOf("a", "b\nc"), Keys.ShardOf("other", "b\nc"));
    }

    [Fact]
    public async Task Keys_of_a_shard_share_one_slot_of_a_cluster()
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(ingest.Redis.ConnectionString);
        var ofShard = typeof(KeySpace).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Where(m => m.ReturnType == typeof(string) && m.GetParameters() is [{ Name: "shard" }, ..]).ToList();
        Assert.True(ofShard.Count >= 10, $"{ofShard.Count} keys of a shard");
        foreach (var shard in new[] { 0, 17, 63 })
        {
            var keys = ofShard.Select(m => (string)m.Invoke(null, [shard, .. m.GetParameters().Skip(1).Select(p => (object)$"some-{p.Name}")])!).ToList(); // no key is null
            Assert.Equal(keys.Count, keys.Distinct().Count());
            Assert.All(keys, k => Assert.StartsWith($"{{m:{shard}}}:", k, StringComparison.Ordinal));
            Assert.Single(keys.Select(k => redis.HashSlot(k)).Distinct());
        }
    }
}
