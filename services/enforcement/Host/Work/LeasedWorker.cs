using Microsoft.Extensions.Options;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Work;

/// <summary>Runs a work while this replica holds its lease: step by step while there is something to do, then again after its interval.</summary>
internal sealed partial class LeasedWorker(
    IWork work, WorkLeaseStore leases, IOptions<WorkOptions> options, TimeProvider time, ILogger<LeasedWorker> logger) : BackgroundService
{
    private readonly string _holder = Ulid.NewUlid().ToString();

    /// <summary>Does what there is to do now.</summary>
    /// <returns>False when another replica has the work.</returns>
    public async Task<bool> RunOnceAsync(CancellationToken cancellationToken)
    {
        do
        {
            if (!await leases.TakeAsync(work.Name, _holder, time.GetUtcNow(), options.Value.LeaseTime))
            {
                return false;
            }
        }
        while (await work.StepAsync(cancellationToken) && !cancellationToken.IsCancellationRequested);
        return true;
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled)
        {
            return;
        }

        using var timer = new PeriodicTimer(work.Interval, time);
        try
        {
            do
            {
                await TryAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // stopping
        }
    }

    private async Task TryAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RunOnceAsync(stoppingToken);
        }
        catch (Exception failure) when (StoreFaults.IsUnavailable(failure))
        {
            LogFailed(work.Name, failure.GetType().Name);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogDefect(failure, work.Name); // it must not end the service that others rely on
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Work} waits for the store ({Cause}); it is tried again")]
    private partial void LogFailed(string work, string cause);

    [LoggerMessage(LogLevel.Error, "{Work} failed unexpectedly; it is tried again")]
    private partial void LogDefect(Exception failure, string work);
}
