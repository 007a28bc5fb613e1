namespace Moderation.TextClassify.Host;

/// <summary>
/// What a replica keeps of the store in its own memory: caught up before the ports open, where the store can be reached, and once a second from then on. While
/// the store can't be reached it goes on with what it has, and says so once.
/// </summary>
internal abstract class PollingReplica(TimeProvider time) : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Reads what has changed; false when the store can't be reached.</summary>
    protected abstract Task<bool> TryCatchUpAsync(CancellationToken cancellationToken);

    /// <summary>Says that the store can't be reached, and with what the replica goes on.</summary>
    protected abstract void SayUnreachable();

    /// <inheritdoc/>
    public virtual Task StartingAsync(CancellationToken cancellationToken) => TryCatchUpAsync(cancellationToken);

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var wasReached = true;
        do
        {
            var isReached = await TryCatchUpAsync(stoppingToken);
            if (!isReached && wasReached) SayUnreachable();
            wasReached = isReached;
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
