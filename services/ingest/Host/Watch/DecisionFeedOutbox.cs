using System.Threading.Channels;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Ingest.Host.Watch;

/// <summary>Reads a tenant's outbox: one stream a shard whose entry ids are a gapless sequence, so a trimmed cursor shows itself.</summary>
internal sealed class DecisionFeedOutbox(RedisConnectionStore redis, KeySpace keys)
{
    private const int Page = 100;

    /// <summary>The cursor after everything that is there now.</summary>
    public async Task<WatchCursor> EndAsync(string tenant)
    {
        var database = redis.Multiplexer.GetDatabase();
        var ends = await Task.WhenAll(Enumerable.Range(0, keys.ShardCount).Select(s => database.StringGetAsync(KeySpace.OutboxSequence(s, tenant))));
        return WatchCursor.After([.. ends.Select(e => e.IsNull ? 0 : (long)e)]);
    }

    /// <summary>The cursor before everything that is kept.</summary>
    public async Task<WatchCursor> StartAsync(string tenant)
    {
        var database = redis.Multiplexer.GetDatabase();
        var firsts = await Task.WhenAll(Enumerable.Range(0, keys.ShardCount).Select(s => database.StreamRangeAsync(KeySpace.Outbox(s, tenant), "-", "+", 1)));
        return WatchCursor.After([.. firsts.Select(f => f.Length == 0 ? 0 : SequenceOf(f[0]) - 1)]);
    }

    /// <summary>The next events of a shard after <paramref name="after"/>, oldest first; fewer than a page means that was all.</summary>
    /// <exception cref="Grpc.Core.RpcException">RESYNC_REQUIRED when some of them are no longer kept.</exception>
    public async Task<IReadOnlyList<(long Sequence, WatchDecisionsResponse Event)>> ReadAsync(string tenant, int shard, long after)
    {
        var database = redis.Multiplexer.GetDatabase();
        var rows = await database.StreamRangeAsync(KeySpace.Outbox(shard, tenant), $"{after + 1}-0", "+", Page);
        if (rows.Length > 0 && SequenceOf(rows[0]) != after + 1)
        {
            throw RpcErrors.Create(ErrorReason.ResyncRequired);
        }

        return [.. rows.Select(r => (SequenceOf(r), EventOf(r)))];
    }

    // An entry has its event, or names the decision that it is about.
    private static WatchDecisionsResponse EventOf(StreamEntry row) => row["e"] is { IsNull: false } written
        ? WatchDecisionsResponse.Parser.ParseFrom((byte[])written!)
        : new WatchDecisionsResponse { EventId = "decided:" + row["d"], Decided = new Decision { DecisionId = row["d"].ToString() } };

    /// <summary>Whether there is more than a page left.</summary>
    public static bool IsFull(int count) => count == Page;

    /// <summary>Refuses a cursor that lies beyond what was ever written: it is of another installation, or the store lost its end.</summary>
    public async Task RequireReachableAsync(string tenant, WatchCursor cursor)
    {
        var end = await EndAsync(tenant);
        for (var shard = 0; shard < keys.ShardCount; shard++)
        {
            if (cursor[shard] > end[shard])
            {
                throw RpcErrors.Create(ErrorReason.ResyncRequired);
            }
        }
    }

    /// <summary>Hears which shards have new events. Bells may be lost; whoever listens polls as well.</summary>
    public async Task<ChannelMessageQueue> ListenAsync(string tenant, ChannelWriter<int> shards)
    {
        var queue = await redis.Multiplexer.GetSubscriber().SubscribeAsync(RedisChannel.Literal(KeySpace.OutboxBell(tenant)));
        queue.OnMessage(message =>
        {
            if (message.Message.TryParse(out int shard))
            {
                shards.TryWrite(shard);
            }
        });
        return queue;
    }

    private static long SequenceOf(StreamEntry entry)
    {
        var id = entry.Id.ToString();
        return long.Parse(id.AsSpan(0, id.IndexOf('-', StringComparison.Ordinal)), System.Globalization.CultureInfo.InvariantCulture);
    }
}
