using Microsoft.Extensions.Options;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.MediaHash.Host.Pulling;

/// <summary>Asks every half minute which sources are due, where there are any.</summary>
internal sealed partial class PullWorker(HashListPuller puller, IOptions<PullOptions> options, TimeProvider time, ILogger<PullWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Sources.Count == 0)
            return;
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await puller.PullAsync(stoppingToken);
            }
            catch (Exception away) when (StoreFaults.IsUnavailable(away))
            {
                LogWaits(away.GetType().Name);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(LogLevel.Warning, "Hash lists wait for the store ({Cause})")]
    private partial void LogWaits(string cause);
}
