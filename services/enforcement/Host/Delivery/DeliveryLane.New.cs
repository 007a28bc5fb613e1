using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Delivery;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Delivery;

/// <summary>What is new in the outbox, and what was trimmed before it was read.</summary>
internal sealed partial class DeliveryLane
{
    /// <summary>Events that were trimmed before they were read.</summary>
    /// <param name="Count">How many.</param>
    /// <param name="Last">The last of them; the cursor goes there once the receiver was told.</param>
    /// <param name="Attempts">How often it was tried to be told.</param>
    /// <param name="NextAttempt">When to tell it.</param>
    /// <param name="Noticed">When it was noticed.</param>
    private sealed record MissedEvents(long Count, long Last, int Attempts, DateTimeOffset NextAttempt, DateTimeOffset Noticed);

    // Deals with the next new event; null when there is none.
    private async Task<LaneStep?> NewAsync(CancellationToken cancellationToken)
    {
        await ReadAsync();
        var now = parts.Time.GetUtcNow();
        if (_missed.FirstOrDefault(m => m.Value.NextAttempt <= now) is { Value: { } missed } gap)
        {
            return await TellMissedAsync(gap.Key, missed, cancellationToken);
        }

        for (var i = 0; i < _shards.Length; i++)
        {
            var shard = _shards[_turn = (_turn + 1) % _shards.Length]; // by turns, so that a busy shard starves no other
            if (_read.TryGetValue(shard, out var entries) && await NewAsync(shard, entries, now, cancellationToken) is { } step)
            {
                return step;
            }
        }

        return null;
    }

    private async Task<LaneStep?> NewAsync(int shard, Queue<OutboxEntry> entries, DateTimeOffset now, CancellationToken cancellationToken)
    {
        while (entries.Count > 0 && !_missed.ContainsKey(shard) && _held.CountOf(shard) < parts.Options.MaxHeldPerShard)
        {
            var entry = entries.Dequeue();
            var held = new HeldEvent
            {
                Shard = shard,
                Sequence = entry.Sequence,
                Event = ByteString.CopyFrom(entry.Event),
                DecisionId = entry.DecisionId,
            };
            if (await parts.WholeAsync(endpoint, held, cancellationToken) is { } happened && Wants(held, happened))
            {
                return _held.Holds(shard, held.AccountId) ? await WaitAsync(held, now) : await SendAsync(held, happened, cancellationToken);
            }

            if (entries.Count == 0)
            {
                return await SettleAsync(held, Settlement.Passed); // once for all of them: who takes over reads them again
            }
        }

        return null;
    }

    private bool Wants(HeldEvent held, WatchDecisionsResponse happened)
    {
        var facts = EventFacts.Of(happened);
        (held.EventId, held.EventType, held.AccountId) = (happened.EventId, facts.Type, facts.AccountId);
        return endpoint.Wants(facts.Type);
    }

    private Task<LaneStep> WaitAsync(HeldEvent held, DateTimeOffset now)
    {
        held.Failure = DeliveryFailure.WaitsForEarlier;
        held.NextAttemptTime = Timestamp.FromDateTimeOffset(now);
        return SettleAsync(held, Settlement.Held);
    }

    // Reads on in the shards that rang, or all of them when the poll is due.
    private async Task ReadAsync()
    {
        var now = parts.Time.GetUtcNow();
        if (now >= _polled + Poll)
        {
            _polled = now;
            _rung.UnionWith(_shards);
        }

        var due = _rung.Where(s => !_missed.ContainsKey(s) && !(_read.TryGetValue(s, out var left) && left.Count > 0)).ToList();
        if (due.Count == 0 || _cursor is not { } cursor)
        {
            return;
        }

        if (await parts.Ledger.HeldVersionAsync(endpoint) != _heldVersion)
        {
            await LoadHeldAsync();
        }

        var pages = await Task.WhenAll(due.Select(s => parts.Outbox.ReadAsync(endpoint.Tenant, s, cursor[s])));
        foreach (var (shard, page) in due.Zip(pages))
        {
            _read[shard] = new Queue<OutboxEntry>(page.Entries);
            if (!page.IsFull)
            {
                _rung.Remove(shard); // else there is more behind it, whatever the bells say
            }

            if (page.Missed > 0)
            {
                Miss(shard, page.Missed, page.Entries[0].Sequence - 1, now);
            }
        }
    }

    private void Miss(int shard, long count, long last, DateTimeOffset now)
    {
        _missed[shard] = new MissedEvents(count, last, 0, now, now);
        LogMissed(endpoint.Tenant, endpoint.Id, shard, count);
        LaneParts.CountResync(endpoint);
    }

    // Told until it is heard: only then does the shard go on.
    private async Task<LaneStep> TellMissedAsync(int shard, MissedEvents missed, CancellationToken cancellationToken)
    {
        var happened = new WatchDecisionsResponse
        {
            EventId = $"resync:{endpoint.Tenant}:{shard}:{missed.Last}",
            ResyncRequired = new ResyncRequired
            {
                TenantId = endpoint.Tenant,
                MissedEventCount = missed.Count,
                DetectTime = Timestamp.FromDateTimeOffset(missed.Noticed),
            },
        };
        var attempt = await endpoint.Sink.SendAsync(happened, cancellationToken);
        var now = parts.Time.GetUtcNow();
        _gate.Note(attempt, now);
        parts.Count(endpoint, attempt, EventFacts.Of(happened), now);
        if (attempt.Delivered)
        {
            _missed.Remove(shard);
            _cursor?.Reset(shard, missed.Last);
            return await SettleAsync(new HeldEvent { Shard = shard, Sequence = missed.Last }, Settlement.Resynced);
        }

        _missed[shard] = missed with { Attempts = missed.Attempts + 1, NextAttempt = now + parts.Rule.Schedule.Full(missed.Attempts + 1) };
        return new LaneStep(LaneProgress.Worked, now);
    }

    [LoggerMessage(LogLevel.Warning, "{Tenant}/{Endpoint}: {Count} events of shard {Shard} were trimmed undelivered; the receiver is told to resync")]
    private partial void LogMissed(string tenant, string endpoint, int shard, long count);
}
