using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Delivery;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Delivery;

/// <summary>What a step of a lane came to.</summary>
internal enum LaneProgress
{
    /// <summary>An event was dealt with: there may be more.</summary>
    Worked,

    /// <summary>Nothing to do before <see cref="LaneStep.WakeTime"/>, unless the bell rings.</summary>
    Idle,

    /// <summary>Another replica has the lane.</summary>
    NotOurs,

    /// <summary>The endpoint was disabled.</summary>
    Ended,
}

/// <summary>What a step of a lane came to, and when the next is due at the latest.</summary>
internal readonly record struct LaneStep(LaneProgress Progress, DateTimeOffset WakeTime);

/// <summary>
/// Delivers the events of some shards to one endpoint, one at a time: at least once, in order within an account. An event that the
/// receiver does not take is held, and so is what follows it in its account; the others go on. The cursor passes an event only in the
/// script that writes down what became of it, so whoever takes over after a crash sends at most that one event again, with the same id.
/// </summary>
internal sealed partial class DeliveryLane(DeliveryEndpoint endpoint, int lane, string owner, LaneParts parts, ILogger logger)
{
    /// <summary>How long a replica that died keeps its lanes from others.</summary>
    public static readonly TimeSpan LeaseLength = TimeSpan.FromSeconds(30);

    /// <summary>A bell may be lost; whatever it would have told is found by this at the latest.</summary>
    public static readonly TimeSpan Poll = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan RenewAfter = LeaseLength / 3;

    private readonly int[] _shards = [.. Enumerable.Range(0, parts.Keys.ShardCount).Where(s => Has(lane, s))];
    private readonly DeliveryGate _gate = new(parts.Rule);
    private readonly HeldEvents<HeldEvent> _held = new();
    private readonly Dictionary<int, Queue<OutboxEntry>> _read = [];
    private readonly HashSet<int> _rung = [];
    private readonly Dictionary<int, MissedEvents> _missed = [];
    private DeliveryCursor? _cursor;
    private string _token = "";
    private DateTimeOffset _leased = DateTimeOffset.MinValue;
    private DateTimeOffset _polled = DateTimeOffset.MinValue;
    private long _heldVersion;
    private bool _heldLast;
    private int _turn;

    /// <summary>Deals with one event, or says until when there is none.</summary>
    public async Task<LaneStep> StepAsync(CancellationToken cancellationToken)
    {
        var now = parts.Time.GetUtcNow();
        if (!await LeaseAsync(now))
        {
            return new LaneStep(LaneProgress.NotOurs, now + Poll);
        }

        _cursor ??= await LoadAsync();
        if (_gate.ClosedUntil > now)
        {
            return new LaneStep(LaneProgress.Idle, Sooner(_gate.ClosedUntil, now + RenewAfter));
        }

        var due = _held.First() is { } first && first.Key.NextAttempt <= now ? first.Value : null;
        if (due is not null && (_gate.IsTroubled || !_heldLast))
        {
            _heldLast = true; // by turns with what is new, so that neither starves
            return await TryAsync(due, cancellationToken);
        }

        _heldLast = false;
        return await NewAsync(cancellationToken) ?? (due is null ? Rest(now) : await TryAsync(due, cancellationToken));
    }

    /// <summary>Whether a shard is one of its own.</summary>
    public static bool Has(int lane, int shard) => shard % DeliveryEndpoint.Lanes == lane;

    /// <summary>Notes that there is something new in a shard. Not to be called during a step.</summary>
    public void Ring(int shard) => _rung.Add(shard);

    /// <summary>Lets the lane go, for another to take at once.</summary>
    public async Task ReleaseAsync()
    {
        if (_token.Length > 0)
        {
            await parts.Ledger.ReleaseAsync(endpoint, lane, _token);
            Forget();
        }
    }

    /// <summary>Forgets what it read: the store has the truth.</summary>
    public void Forget()
    {
        (_cursor, _token, _leased, _polled) = (null, "", DateTimeOffset.MinValue, DateTimeOffset.MinValue);
        _read.Clear();
        _rung.Clear();
        _missed.Clear();
        _held.Clear();
    }

    private static DateTimeOffset Sooner(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private async Task<bool> LeaseAsync(DateTimeOffset now)
    {
        if (_token.Length > 0 && now < _leased + RenewAfter)
        {
            return true;
        }

        var token = await parts.Ledger.LeaseAsync(endpoint, lane, owner, now, LeaseLength);
        if (token != _token)
        {
            Forget(); // another had it meanwhile
        }

        (_token, _leased) = (token ?? "", now);
        return token is not null;
    }

    private async Task<DeliveryCursor> LoadAsync()
    {
        await LoadHeldAsync();
        var cursor = await parts.Ledger.CursorAsync(endpoint, _shards);
        var ends = await parts.Outbox.EndsAsync(endpoint.Tenant);
        foreach (var shard in _shards.Where(s => cursor[s] > ends[s]))
        {
            Miss(shard, 0, ends[shard], parts.Time.GetUtcNow()); // the store lost its end
        }

        return cursor;
    }

    private async Task LoadHeldAsync()
    {
        _heldVersion = await parts.Ledger.HeldVersionAsync(endpoint);
        _held.Clear();
        foreach (var held in await parts.Ledger.HeldAsync(endpoint, _shards))
        {
            Hold(held);
        }
    }

    private void Hold(HeldEvent held) => _held.Put(KeyOf(held), held);

    private static HeldKey KeyOf(HeldEvent held)
        => new(held.Shard, held.Sequence, held.AccountId, held.NextAttemptTime?.ToDateTimeOffset() ?? DateTimeOffset.MinValue);

    private LaneStep Rest(DateTimeOffset now)
    {
        var wake = _polled + Poll;
        if (_held.First() is { } first)
        {
            wake = Sooner(wake, first.Key.NextAttempt);
        }

        foreach (var missed in _missed.Values)
        {
            wake = Sooner(wake, missed.NextAttempt);
        }

        return wake > now ? new LaneStep(LaneProgress.Idle, wake) : new LaneStep(LaneProgress.Worked, now); // read meanwhile, and due
    }

    // Tries an event that is held: its account's first.
    private async Task<LaneStep> TryAsync(HeldEvent held, CancellationToken cancellationToken)
    {
        if (await parts.Ledger.HeldVersionAsync(endpoint) != _heldVersion)
        {
            await LoadHeldAsync(); // something was redriven, or erased
            return new LaneStep(LaneProgress.Worked, parts.Time.GetUtcNow());
        }

        return await parts.WholeAsync(endpoint, held, cancellationToken) is { } happened
            ? await SendAsync(held, happened, cancellationToken)
            : await SettleAsync(held, Settlement.Passed); // erased meanwhile
    }

    private async Task<LaneStep> SendAsync(HeldEvent held, WatchDecisionsResponse happened, CancellationToken cancellationToken)
    {
        var attempt = await endpoint.Sink.SendAsync(happened, cancellationToken);
        var now = parts.Time.GetUtcNow();
        _gate.Note(attempt, now);
        parts.Count(endpoint, attempt, EventFacts.Of(happened), now);
        if (attempt.Delivered)
        {
            return await SettleAsync(held, Settlement.Taken);
        }

        held.Attempts++;
        held.FirstFailureTime ??= Timestamp.FromDateTimeOffset(now);
        (held.Failure, held.HttpStatus) = ((DeliveryFailure)attempt.Fault, attempt.HttpStatus);
        if (parts.Rule.Next(held.Attempts, attempt, now, parts.Random.NextDouble()) is { } next)
        {
            held.NextAttemptTime = Timestamp.FromDateTimeOffset(next);
            return await SettleAsync(held, Settlement.Held);
        }

        held.DeadTime = Timestamp.FromDateTimeOffset(now);
        LogDead(endpoint.Tenant, endpoint.Id, held.EventId, attempt.Fault, held.Attempts);
        LaneParts.CountDead(endpoint);
        return await SettleAsync(held, Settlement.Dead);
    }

    private async Task<LaneStep> SettleAsync(HeldEvent held, Settlement settlement)
    {
        var now = parts.Time.GetUtcNow();
        var wasHeld = _held.Contains(KeyOf(held));
        if (await parts.Ledger.SettleAsync(endpoint, lane, _token, held, wasHeld, settlement, now, parts.Options.DeadLetterRetention) is not { } settled)
        {
            LogFenced(endpoint.Tenant, endpoint.Id, lane);
            Forget();
            return new LaneStep(LaneProgress.NotOurs, now + Poll);
        }

        _cursor?.MoveTo(held.Shard, held.Sequence);
        if (settlement == Settlement.Held)
        {
            Hold(held);
        }
        else
        {
            _held.Remove(KeyOf(held));
        }

        return held.Attempts > 0 && settlement is Settlement.Held or Settlement.Dead && await parts.DisabledAsync(endpoint, held, settled, now)
            ? new LaneStep(LaneProgress.Ended, now)
            : new LaneStep(LaneProgress.Worked, now);
    }

    [LoggerMessage(LogLevel.Warning, "{Tenant}/{Endpoint}: event {EventId} is a dead letter after {Attempts} attempts ({Fault})")]
    private partial void LogDead(string tenant, string endpoint, string eventId, DeliveryFault fault, int attempts);

    [LoggerMessage(LogLevel.Information, "{Tenant}/{Endpoint}: lane {Lane} went to another replica while an event was on its way; it may be sent twice")]
    private partial void LogFenced(string tenant, string endpoint, int lane);
}
