using Microsoft.Extensions.Options;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Audit;

/// <summary>Seals, makes checkpoints and archives on time, beside the requests and never in their way.</summary>
internal sealed partial class AuditWorker(
    AuditSealer sealer, AuditArchiver archiver, AuditLeaseStore leases, IOptions<AuditOptions> options, TimeProvider time, ILogger<AuditWorker> logger)
    : BackgroundService
{
    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync("giving the leases back", async () =>
        {
            await leases.ReleaseAsync(AuditLeaseStore.Sealing);
            await leases.ReleaseAsync(AuditLeaseStore.Archiving);
        });
    }

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        RepeatAsync("sealing", options.Value.SealInterval, () => SealAsync(stoppingToken), stoppingToken),
        RepeatAsync("archiving", options.Value.ArchiveInterval, () => archiver.ArchiveAsync(stoppingToken), stoppingToken));

    private async Task SealAsync(CancellationToken stoppingToken)
    {
        if (await sealer.SealAsync(stoppingToken) is not null)
        {
            await sealer.CheckpointAsync();
        }
    }

    private async Task RepeatAsync(string work, TimeSpan interval, Func<Task> round, CancellationToken stoppingToken)
    {
        await Task.Yield(); // the start of the service does not wait for the first round
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            do
            {
                await TryAsync(work, round);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // stopping
        }
    }

    private async Task TryAsync(string work, Func<Task> round)
    {
        try
        {
            await round();
        }
        catch (Exception failure) when (StoreFaults.IsUnavailable(failure))
        {
            LogFailed(work, failure.GetType().Name);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            LogArchive(failure, work);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogDefect(failure, work); // a round that fails must not end the service that others rely on
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Work} failed ({Cause}); it is tried again")]
    private partial void LogFailed(string work, string cause);

    [LoggerMessage(LogLevel.Error, "{Work}: the archive can't be read or written; it is tried again, and the store keeps what is not archived")]
    private partial void LogArchive(Exception failure, string work);

    [LoggerMessage(LogLevel.Error, "{Work} failed unexpectedly; it is tried again")]
    private partial void LogDefect(Exception failure, string work);
}
