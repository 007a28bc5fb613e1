using Microsoft.Extensions.Options;
using Moderation.Ingest.Host.Intake;
using Moderation.ServiceDefaults.Redis;
using Moderation.ServiceDefaults.Telemetry;

namespace Moderation.Ingest.Host.Pipeline;

/// <summary>The name of this replica as a stream consumer, new with each start.</summary>
internal sealed record ReplicaName(string Value);

/// <summary>
/// Says that this replica lives, and takes over what dead ones left, as well as entries of its own that it does not remember (an intake
/// whose answer was lost). Who is dead follows from the heartbeats, never from Redis' own idle times, so that the clock can be given.
/// </summary>
internal sealed partial class AbandonedWorkSweeper(
    IntakeStore store, PostProcessor processor, ReplicaName replica, IOptions<PipelineOptions> options, TimeProvider time,
    ILogger<AbandonedWorkSweeper> logger) : BackgroundService
{
    private const int Batch = 128;
    private readonly Dictionary<(int Shard, string Id), DateTimeOffset> _unknown = [];

    /// <summary>One sweep; what the loop does each second.</summary>
    /// <returns>The number of entries taken over.</returns>
    public async Task<int> SweepAsync()
    {
        var now = time.GetUtcNow();
        var beats = await store.BeatAsync(replica.Value);
        var dead = beats.Where(b => now - b.Value > options.Value.ReplicaTimeout).Select(b => b.Key).ToHashSet();
        var taken = 0;
        var held = await store.PendingAsync();
        foreach (var (shard, consumer) in held)
        {
            if (consumer == replica.Value)
            {
                taken += await TakeForgottenAsync(shard, now);
            }
            else if (dead.Contains(consumer) || !beats.ContainsKey(consumer))
            {
                taken += await TakeAsync(shard, consumer);
            }
        }

        var gone = dead.Except(held.Select(h => h.Consumer)).ToList();
        if (gone.Count > 0)
        {
            await store.ForgetAsync(gone);
        }

        return taken;
    }

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await store.ForgetAsync([replica.Value]); // whoever is left need not wait for the heartbeat to grow old
        }
        catch (Exception failure) when (StoreFaults.IsUnavailable(failure))
        {
            LogFailed(failure.GetType().Name);
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SweepInterval, time);
        do
        {
            try
            {
                var taken = await SweepAsync();
                if (taken > 0)
                {
                    LogTakenOver(taken);
                }
            }
            catch (Exception failure) when (StoreFaults.IsUnavailable(failure))
            {
                LogFailed(failure.GetType().Name);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                LogDefect(failure); // a sweep that fails must not end the service that others rely on
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<int> TakeAsync(int shard, string from)
    {
        var room = Math.Min(Batch, processor.FreePlaces);
        if (room == 0)
        {
            return 0;
        }

        var entries = await store.TakeOverAsync(shard, from, replica.Value, room);
        var started = entries.Count(TryStart); // what finds no place is this replica's now, and found as forgotten later
        ModerationMeter.PostsTakenOver.Add(started);
        return started;
    }

    private bool TryStart(IntakeEntry entry)
    {
        if (!processor.TryAdmit())
        {
            return false;
        }

        _ = processor.Start(entry);
        return true;
    }

    // An entry of this replica that is not in memory on two sweeps a replica timeout apart is nobody's.
    private async Task<int> TakeForgottenAsync(int shard, DateTimeOffset now)
    {
        var taken = 0;
        foreach (var id in await store.PendingIdsAsync(shard, replica.Value, Batch))
        {
            var key = (shard, id);
            if (processor.Find(shard, id) is not null)
            {
                _unknown.Remove(key);
            }
            else if (!_unknown.TryAdd(key, now) && now - _unknown[key] > options.Value.ReplicaTimeout
                && await store.ReadEntryAsync(shard, id) is { } entry && TryStart(entry))
            {
                _unknown.Remove(key);
                taken++;
            }
        }

        foreach (var (key, since) in _unknown.ToList())
        {
            if (now - since > options.Value.ReplicaTimeout * 10)
            {
                _unknown.Remove(key);
            }
        }

        return taken;
    }

    [LoggerMessage(LogLevel.Information, "Took over {Count} posts that another replica left")]
    private partial void LogTakenOver(int count);

    [LoggerMessage(LogLevel.Error, "The sweep failed unexpectedly; it is tried again")]
    private partial void LogDefect(Exception failure);

    [LoggerMessage(LogLevel.Warning, "The sweep failed ({Cause}); it is tried again")]
    private partial void LogFailed(string cause);
}
