using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Delivery;

/// <summary>A dead letter with its id.</summary>
internal sealed record StoredLetter(string Id, HeldEvent Held);

/// <summary>Events that an endpoint did not take: listed, and put back.</summary>
internal sealed class DeadLetterStore(RedisConnectionStore redis, TimeProvider time)
{
    private static readonly EmbeddedScript Redrive = EmbeddedScript.Load(typeof(DeadLetterStore).Assembly, "redrive_letter.lua");

    private const int ErasePage = 500;

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>The next <paramref name="count"/> after <paramref name="after"/> (empty: from the oldest on).</summary>
    public async Task<IReadOnlyList<StoredLetter>> ListAsync(string tenant, string endpoint, string after, int count)
    {
        var rows = await Database.StreamRangeAsync(KeySpace.DeadLetters(tenant, endpoint), after.Length == 0 ? "-" : $"({after}", "+", count);
        return [.. rows.Select(Read)];
    }

    /// <summary>One of them, or null.</summary>
    public async Task<StoredLetter?> FindAsync(string tenant, string endpoint, string id)
        => (await Database.StreamRangeAsync(KeySpace.DeadLetters(tenant, endpoint), id, id, 1)) is [var row] ? Read(row) : null;

    /// <summary>Puts one back, to be tried now and with a fresh schedule.</summary>
    /// <returns>False when it is not there any more.</returns>
    public async Task<bool> RedriveAsync(string tenant, string endpoint, StoredLetter letter)
    {
        var held = letter.Held.Clone();
        held.Attempts = 0;
        held.FirstFailureTime = null;
        held.DeadTime = null;
        held.NextAttemptTime = Timestamp.FromDateTimeOffset(time.GetUtcNow());
        return (long)await Redrive.RunAsync(
            Database,
            [KeySpace.DeadLetters(tenant, endpoint), KeySpace.DeliveryHeld(tenant, endpoint, held.Shard), KeySpace.DeliveryCursor(tenant, endpoint)],
            [letter.Id, held.Sequence, held.ToByteArray()]) == 1;
    }

    /// <summary>Forgets what an endpoint holds of an account, dead or to be tried again: for the erasure of the account.</summary>
    public async Task EraseAccountAsync(string tenant, string endpoint, string account, int shard)
    {
        for (var after = ""; await ListAsync(tenant, endpoint, after, ErasePage) is { Count: > 0 } page; after = page[^1].Id)
        {
            var gone = page.Where(l => l.Held.AccountId == account).Select(l => (RedisValue)l.Id).ToArray();
            if (gone.Length > 0)
            {
                await Database.StreamDeleteAsync(KeySpace.DeadLetters(tenant, endpoint), gone);
            }
        }

        var held = await Database.HashGetAllAsync(KeySpace.DeliveryHeld(tenant, endpoint, shard));
        var own = held.Where(h => HeldEvent.Parser.ParseFrom((byte[])h.Value!).AccountId == account).Select(h => h.Name).ToArray(); // a field has a value
        if (own.Length > 0)
        {
            await Database.HashDeleteAsync(KeySpace.DeliveryHeld(tenant, endpoint, shard), own);
            await Database.HashIncrementAsync(KeySpace.DeliveryCursor(tenant, endpoint), "v"); // whoever delivers reads anew
        }
    }

    /// <summary>Rings for the shards that have something to try again.</summary>
    public Task RingAsync(string tenant, IEnumerable<int> shards) => Task.WhenAll(shards.Distinct().Select(s
        => redis.Multiplexer.GetSubscriber().PublishAsync(RedisChannel.Literal(KeySpace.OutboxBell(tenant)), s)));

    /// <summary>Whether <paramref name="id"/> looks like the id of a dead letter.</summary>
    public static bool IsId(string id) => id.Split('-') is [{ Length: > 0 and <= 20 } time, { Length: > 0 and <= 20 } number]
        && time.All(char.IsAsciiDigit) && number.All(char.IsAsciiDigit);

    private static StoredLetter Read(StreamEntry row) => new(row.Id.ToString(), HeldEvent.Parser.ParseFrom((byte[])row["r"]!)); // each entry has a record
}
