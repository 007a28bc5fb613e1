using Microsoft.Extensions.Diagnostics.HealthChecks;
using Moderation.MediaHash.Banks;

namespace Moderation.MediaHash.Host.Banks;

/// <summary>Polls the banks' changes once a second.</summary>
internal sealed partial class BankReplica(BankFeedStore feed, BankCatalogue catalogue, TimeProvider time, ILogger<BankReplica> logger)
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
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var wasReached = true;
        var compaction = Task.CompletedTask;
        do
        {
            var wasLoaded = feed.IsLoaded;
            var isReached = await feed.TryCatchUpAsync(stoppingToken);
            if (!isReached && wasReached)
                LogUnreachable(catalogue.Version);
            if (!wasLoaded && feed.IsLoaded)
                LogLoaded(catalogue.Count, catalogue.Version);
            wasReached = isReached;
            if (compaction.IsCompleted)
            {
                // Awaited for what it may have thrown; it has ended.
                await compaction;
                compaction = Task.Run(catalogue.Compact, CancellationToken.None);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
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
