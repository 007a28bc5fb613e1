using Microsoft.Extensions.Diagnostics.HealthChecks;
using Moderation.MediaHash.Banks;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.MediaHash.Host.Banks;

/// <summary>Takes the banks' changes as soon as it hears of them, and polls once a second for what it did not hear.</summary>
internal sealed partial class BankReplica(
    BankStore banks, BankFeedStore feed, BankSnapshotStore snapshots, BankCatalogue catalogue, TimeProvider time, ILogger<BankReplica> logger)
    : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Loads before the ports open, where the store can be reached.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (await feed.TryCatchUpAsync(cancellationToken))
            LogLoaded(catalogue.Count, catalogue.Version);
    }

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        // What changed since the last one need not be read again at the next start.
        if (snapshots.IsOn && feed.IsLoaded && snapshots.IsBehind)
            await snapshots.TryWriteAsync();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        using var rings = new SemaphoreSlim(0);
        await using var bell = new Ear(banks, rings);
        var wasReached = true;
        var (compaction, isTick) = (Task.CompletedTask, true);
        var writing = Task.CompletedTask;
        Task? finishing = null;
        var tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
        var ring = rings.WaitAsync(stoppingToken);
        while (true)
        {
            await bell.ListenAsync();
            var wasLoaded = feed.IsLoaded;
            var isReached = await feed.TryCatchUpAsync(stoppingToken);
            if (!isReached && wasReached)
                LogUnreachable(catalogue.Version);
            if (!wasLoaded && feed.IsLoaded)
                LogLoaded(catalogue.Count, catalogue.Version);
            wasReached = isReached;
            if (isTick && compaction.IsCompleted)
            {
                // Once a tick, however often the bell rings. Awaited for what it may have thrown; it has ended.
                await compaction;
                compaction = Task.Run(catalogue.Compact, CancellationToken.None);
            }
            if (feed is { IsLoaded: true, IsFromSnapshot: true })
                finishing ??= FinishAsync(stoppingToken);
            if (feed.IsLoaded && isTick && writing.IsCompleted && snapshots.IsDue)
            {
                await writing;
                writing = Task.Run(snapshots.TryWriteAsync, CancellationToken.None);
            }
            await Task.WhenAny(tick, ring);
            if (ring.IsCompleted)
            {
                await ring;
                ring = rings.WaitAsync(stoppingToken);
            }
            isTick = tick.IsCompleted;
            if (!isTick)
                continue;
            if (!await tick)
            {
                await Task.WhenAll(compaction, writing, finishing ?? Task.CompletedTask);
                return;
            }
            tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
        }
    }

    // A load finishes what a crash left half done; where a snapshot stood in for it, the rows are gone through once beside the service.
    private async Task FinishAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var _ in banks.FinishAsync(cancellationToken))
            {
                // The rows themselves are here already.
            }
        }
        catch (Exception away) when (StoreFaults.IsUnavailable(away))
        {
            // The next call for such an entry finishes it, or the next start.
        }
    }

    // Hears the bell once the store can be reached; many rings before the next look are one.
    private sealed class Ear(BankStore banks, SemaphoreSlim rings) : IAsyncDisposable
    {
        private readonly Lock _ringing = new();
        private IAsyncDisposable? _bell;

        public async Task ListenAsync()
        {
            try
            {
                _bell ??= await banks.ListenAsync(Ring);
            }
            catch (Exception away) when (StoreFaults.IsUnavailable(away))
            {
                // The poll serves until it can.
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (_bell is null)
                return;
            try
            {
                await _bell.DisposeAsync();
            }
            catch (Exception away) when (StoreFaults.IsUnavailable(away))
            {
                // Then it hears nothing any more in any case.
            }
        }

        private void Ring()
        {
            lock (_ringing)
            {
                if (rings.CurrentCount == 0)
                    rings.Release();
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Loaded {Count} bank entries at version {Version}")]
    private partial void LogLoaded(int count, long version);

    [LoggerMessage(LogLevel.Warning, "The banks can't be read; matching goes on with version {Version}")]
    private partial void LogUnreachable(long version);
}

/// <summary>Ready once the banks have been loaded: before that, every picture would pass as unknown.</summary>
internal sealed class BankHealthCheck(BankFeedStore feed) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(feed.IsLoaded ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The hash banks are not loaded yet."));
}
