using System.Globalization;
using Moderation.Contracts.V1;
using StackExchange.Redis;

namespace Moderation.ServiceDefaults.Redis;

/// <summary>One entry of an outbox.</summary>
/// <param name="Sequence">Its gapless number in the shard.</param>
/// <param name="Event">The event; lacks its decision when <paramref name="DecisionId"/> refers to one, and may then be empty.</param>
/// <param name="DecisionId">The decision that belongs into the event; empty when the event is whole.</param>
public readonly record struct OutboxEntry(long Sequence, byte[] Event, string DecisionId);

/// <summary>The next entries of a shard.</summary>
/// <param name="Entries">Oldest first.</param>
/// <param name="Missed">How many before them were trimmed, so that they were never read.</param>
public sealed record OutboxPage(IReadOnlyList<OutboxEntry> Entries, long Missed)
{
    /// <summary>Whether there may be more behind them.</summary>
    public bool IsFull => Entries.Count == OutboxReader.PageSize;
}

/// <summary>Gives the decision that an outbox entry refers to; null when it is no longer there.</summary>
public delegate Task<Decision?> DecisionJoin(string tenant, string decisionId, CancellationToken cancellationToken);

/// <summary>Reads the outboxes of a tenant: one stream a shard whose entry ids are a gapless sequence, so a trim shows itself.</summary>
public sealed class OutboxReader(RedisConnectionStore redis, KeySpace keys)
{
    /// <summary>Entries read at once.</summary>
    public const int PageSize = 100;

    /// <summary>The field of an entry that holds its event.</summary>
    public const string EventField = "e";

    /// <summary>The field of an entry that names the decision which belongs into its event.</summary>
    public const string DecisionField = "d";

    /// <summary>The last number written in each shard.</summary>
    public async Task<long[]> EndsAsync(string tenant)
    {
        var database = redis.Multiplexer.GetDatabase();
        var ends = await Task.WhenAll(Enumerable.Range(0, keys.ShardCount).Select(s => database.StringGetAsync(KeySpace.OutboxSequence(s, tenant))));
        return [.. ends.Select(e => e.IsNull ? 0 : (long)e)];
    }

    /// <summary>The number before the oldest that is kept in each shard.</summary>
    public async Task<long[]> StartsAsync(string tenant)
    {
        var database = redis.Multiplexer.GetDatabase();
        var firsts = await Task.WhenAll(Enumerable.Range(0, keys.ShardCount).Select(s => database.StreamRangeAsync(KeySpace.Outbox(s, tenant), "-", "+", 1)));
        return [.. firsts.Select(f => f.Length == 0 ? 0 : SequenceOf(f[0]) - 1)];
    }

    /// <summary>The next page of a shard after <paramref name="after"/>.</summary>
    public async Task<OutboxPage> ReadAsync(string tenant, int shard, long after)
    {
        var rows = await redis.Multiplexer.GetDatabase().StreamRangeAsync(KeySpace.Outbox(shard, tenant), $"{after + 1}-0", "+", PageSize);
        return new OutboxPage(
            [.. rows.Select(r => new OutboxEntry(SequenceOf(r), (byte[]?)r[EventField] ?? [], r[DecisionField].ToString()))],
            rows.Length > 0 ? SequenceOf(rows[0]) - after - 1 : 0);
    }

    /// <summary>Hears which shards have new events. Bells may be lost; whoever listens polls as well.</summary>
    /// <returns>Ends the listening when disposed.</returns>
    public Task<IAsyncDisposable> ListenAsync(string tenant, Action<int> rung) => Bell.HangAsync(redis, KeySpace.OutboxBell(tenant), message =>
    {
        if (message.TryParse(out int shard) && shard >= 0 && shard < keys.ShardCount)
        {
            rung(shard);
        }
    });

    /// <summary>
    /// The whole event of an entry. Null when its decision is no longer there: it was erased, and so is what could be told of it.
    /// </summary>
    public static async Task<WatchDecisionsResponse?> WholeAsync(
        string tenant, byte[] storedEvent, string decisionId, DecisionJoin join, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(join);
        var happened = WatchDecisionsResponse.Parser.ParseFrom(storedEvent);
        if (decisionId.Length == 0)
        {
            return happened;
        }

        if (await join(tenant, decisionId, cancellationToken) is not { } decision)
        {
            return null;
        }

        happened.Decided = decision;
        if (happened.EventId.Length == 0)
        {
            happened.EventId = "decided:" + decisionId;
        }

        return happened;
    }

    private static long SequenceOf(StreamEntry entry)
    {
        var id = entry.Id.ToString();
        return long.Parse(id.AsSpan(0, id.IndexOf('-', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
    }
}
