using Moderation.ServiceDefaults.Redis;

namespace Moderation.MediaHash.Host.Banks;

/// <summary>Counts matches of new entries once a second. What can't be counted because the store is away is lost: the limit is a safeguard.</summary>
internal sealed class FloodWatch(FloodLimit limit, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await limit.CountAsync();
            }
            catch (Exception away) when (StoreFaults.IsUnavailable(away))
            {
                // Noted anew with the next matches.
            }
        }
    }
}
