using Grpc.Core;
using Microsoft.Extensions.Options;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.MediaHash.Host.Lookbacks;

/// <summary>Does look-backs while there are some, and looks for new ones once a second.</summary>
internal sealed partial class LookbackWorker(
    LookbackRunner runner, IOptions<LookbackOptions> options, TimeProvider time, ILogger<LookbackWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value is not { Enabled: true, Work: true })
            return;
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await runner.StepAsync(stoppingToken) && !stoppingToken.IsCancellationRequested)
                {
                }
            }
            catch (Exception away) when (StoreFaults.IsUnavailable(away))
            {
                LogWaits("the store", away.GetType().Name);
            }
            catch (RpcException away) when (!stoppingToken.IsCancellationRequested)
            {
                LogWaits("enforcement", away.StatusCode.ToString());
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Look-back waits for {What} ({Cause}); it goes on where it stopped")]
    private partial void LogWaits(string what, string cause);
}
