using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Delivery;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Delivery;

/// <summary>What became of an event, as it is written down.</summary>
internal enum Settlement
{
    /// <summary>The endpoint does not want it.</summary>
    Passed,

    /// <summary>The receiver took it.</summary>
    Taken,

    /// <summary>It will be tried again.</summary>
    Held,

    /// <summary>It is given up.</summary>
    Dead,

    /// <summary>The receiver was told that events are missing.</summary>
    Resynced,
}

/// <summary>How an endpoint fares after an event was written down; null when another replica has the lane.</summary>
internal sealed record Settled(DateTimeOffset? FailingSince, int DeadLetters);

/// <summary>How far each endpoint is, what it holds, and who delivers to it: leases with fencing, in the slot of the tenant.</summary>
internal sealed class DeliveryLedger(RedisConnectionStore redis, OutboxReader outbox)
{
    private const string Version = "v";
    private static readonly EmbeddedScript LeaseScript = EmbeddedScript.Load(typeof(DeliveryLedger).Assembly, "lease_lane.lua");
    private static readonly EmbeddedScript ReleaseScript = EmbeddedScript.Load(typeof(DeliveryLedger).Assembly, "release_lane.lua");
    private static readonly EmbeddedScript SettleScript = EmbeddedScript.Load(typeof(DeliveryLedger).Assembly, "settle_event.lua");

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>Takes or renews a lane.</summary>
    /// <returns>The token to write with, or null when another has it.</returns>
    public async Task<string?> LeaseAsync(DeliveryEndpoint endpoint, int lane, string owner, DateTimeOffset now, TimeSpan length)
    {
        var token = (string?)await LeaseScript.RunAsync(
            Database,
            [KeySpace.DeliveryLease(endpoint.Tenant, endpoint.Id, lane)],
            [owner, now.ToUnixTimeMilliseconds(), (now + length).ToUnixTimeMilliseconds(), Ulid.NewUlid(now).ToString()]);
        return string.IsNullOrEmpty(token) ? null : token;
    }

    /// <summary>Gives a lane back.</summary>
    public Task ReleaseAsync(DeliveryEndpoint endpoint, int lane, string token)
        => ReleaseScript.RunAsync(Database, [KeySpace.DeliveryLease(endpoint.Tenant, endpoint.Id, lane)], [token]);

    /// <summary>Where an endpoint is in <paramref name="shards"/>. One that never was anywhere begins with the oldest that is kept.</summary>
    public async Task<DeliveryCursor> CursorAsync(DeliveryEndpoint endpoint, IReadOnlyList<int> shards)
    {
        var key = KeySpace.DeliveryCursor(endpoint.Tenant, endpoint.Id);
        var row = await Database.HashGetAsync(key, [.. shards.Select(s => (RedisValue)s)]);
        if (row.Any(r => r.IsNull))
        {
            var starts = await outbox.StartsAsync(endpoint.Tenant);
            await Task.WhenAll(shards.Select(s => Database.HashSetAsync(key, s, starts[s], When.NotExists)));
            row = await Database.HashGetAsync(key, [.. shards.Select(s => (RedisValue)s)]);
        }

        return new DeliveryCursor(shards.Zip(row, (shard, at) => KeyValuePair.Create(shard, (long)at)));
    }

    /// <summary>Changes whenever someone else than its lane changed what an endpoint holds.</summary>
    public async Task<long> HeldVersionAsync(DeliveryEndpoint endpoint)
        => (long)await Database.HashGetAsync(KeySpace.DeliveryCursor(endpoint.Tenant, endpoint.Id), Version);

    /// <summary>What an endpoint holds in <paramref name="shards"/>.</summary>
    public async Task<IReadOnlyList<HeldEvent>> HeldAsync(DeliveryEndpoint endpoint, IReadOnlyList<int> shards)
    {
        var rows = await Task.WhenAll(shards.Select(s => Database.HashGetAllAsync(KeySpace.DeliveryHeld(endpoint.Tenant, endpoint.Id, s))));
        return [.. rows.SelectMany(r => r).Select(e => HeldEvent.Parser.ParseFrom((byte[])e.Value!))]; // a field of a hash has a value
    }

    /// <summary>Writes down what became of an event.</summary>
    /// <returns>Null when another replica has the lane: nothing was written.</returns>
    public async Task<Settled?> SettleAsync(
        DeliveryEndpoint endpoint, int lane, string token, HeldEvent held, bool wasHeld, Settlement settlement, DateTimeOffset now,
        TimeSpan deadLetterRetention)
    {
        var answer = (RedisResult[])(await SettleScript.RunAsync(
            Database,
            [
                KeySpace.DeliveryLease(endpoint.Tenant, endpoint.Id, lane), KeySpace.DeliveryCursor(endpoint.Tenant, endpoint.Id),
                KeySpace.DeliveryHeld(endpoint.Tenant, endpoint.Id, held.Shard), KeySpace.DeliveryHealth(endpoint.Tenant, endpoint.Id),
                KeySpace.DeadLetters(endpoint.Tenant, endpoint.Id),
            ],
            [
                token, held.Shard, held.Sequence, Name(settlement), held.ToByteArray(), now.ToUnixTimeMilliseconds(),
                held.Attempts == 0 ? 0 : (int)held.Failure, (now - deadLetterRetention).ToUnixTimeMilliseconds(), wasHeld ? "1" : "0",
            ]))!; // the script always answers an array
        return answer[0].ToString() == "1" ? new Settled(Time(answer[1].ToString()), (int)answer[2]) : null;
    }

    /// <summary>How an endpoint stands, its own state left out.</summary>
    public async Task<GetDeliveryStatusResponse> StatusAsync(string tenant, string endpoint)
    {
        var ends = await outbox.EndsAsync(tenant);
        var cursor = Database.HashGetAllAsync(KeySpace.DeliveryCursor(tenant, endpoint));
        var health = Database.HashGetAsync(KeySpace.DeliveryHealth(tenant, endpoint), ["ok_ms", "fail_ms", "fault"]);
        var dead = Database.StreamLengthAsync(KeySpace.DeadLetters(tenant, endpoint));
        var held = await Task.WhenAll(Enumerable.Range(0, ends.Length).Select(s => Database.HashLengthAsync(KeySpace.DeliveryHeld(tenant, endpoint, s))));
        var at = new DeliveryCursor((await cursor).Where(c => c.Name != Version).Select(c => KeyValuePair.Create((int)c.Name, (long)c.Value)));
        var facts = await health;
        return new GetDeliveryStatusResponse
        {
            WaitingCount = at.Waiting(ends),
            RetryingCount = (int)held.Sum(),
            DeadLetterCount = (int)await dead,
            LastSuccessTime = Time(facts[0].ToString())?.ToTimestamp(),
            FailingSinceTime = Time(facts[1].ToString())?.ToTimestamp(),
            Failure = facts[2].IsNull ? DeliveryFailure.Unspecified : (DeliveryFailure)(int)facts[2],
        };
    }

    private static string Name(Settlement settlement) => settlement switch
    {
        Settlement.Passed => "passed",
        Settlement.Taken => "taken",
        Settlement.Held => "held",
        Settlement.Dead => "dead",
        _ => "resynced",
    };

    private static DateTimeOffset? Time(string milliseconds)
        => milliseconds.Length == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(milliseconds, CultureInfo.InvariantCulture));
}
