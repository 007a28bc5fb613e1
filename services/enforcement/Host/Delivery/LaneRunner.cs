using System.Threading.Channels;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Delivery;

/// <summary>Runs one lane until it is stopped: step by step while there is work, else until the bell rings or the time comes.</summary>
internal sealed partial class LaneRunner : IAsyncDisposable
{
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<int> _rung = Channel.CreateBounded<int>(new BoundedChannelOptions(1024) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly DeliveryLane _lane;
    private readonly int _number;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _running;

    public LaneRunner(DeliveryEndpoint endpoint, int number, string owner, LaneParts parts, ILogger logger)
    {
        _lane = new DeliveryLane(endpoint, number, owner, parts, logger);
        (_number, _time, _logger) = (number, parts.Time, logger);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Tells it that a shard has something new.</summary>
    public void Ring(int shard)
    {
        if (DeliveryLane.Has(_number, shard))
        {
            _rung.Writer.TryWrite(shard);
        }
    }

    /// <summary>Ends it, after the event that is on its way, and lets the lane go.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var step = await StepAsync();
            if (step.Progress == LaneProgress.Ended)
            {
                break;
            }

            if (step.Progress != LaneProgress.Worked)
            {
                await RestAsync(step.WakeTime);
            }
        }

        try
        {
            await _lane.ReleaseAsync();
        }
        catch (Exception failure) when (StoreFaults.IsUnavailable(failure))
        {
            LogFailed(failure.GetType().Name); // the lease runs out by itself
        }
    }

    private async Task<LaneStep> StepAsync()
    {
        while (_rung.Reader.TryRead(out var shard))
        {
            _lane.Ring(shard);
        }

        try
        {
            // Not by the token of the stop: an event that is on its way ends within the time-out, and is then not sent twice.
            return await _lane.StepAsync(CancellationToken.None);
        }
        catch (Exception failure) when (StoreFaults.IsUnavailable(failure))
        {
            LogFailed(failure.GetType().Name);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogDefect(failure); // one endpoint's trouble must not end the deliveries to others
        }

        _lane.Forget();
        return new LaneStep(LaneProgress.Idle, _time.GetUtcNow() + AfterFault);
    }

    private async Task RestAsync(DateTimeOffset until)
    {
        var left = until - _time.GetUtcNow();
        if (left <= TimeSpan.Zero)
        {
            return;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        using var timer = _time.CreateTimer(_ => patience.Cancel(), null, left, Timeout.InfiniteTimeSpan);
        try
        {
            await _rung.Reader.WaitToReadAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // The time has come, or the end.
        }
    }

    [LoggerMessage(LogLevel.Warning, "A lane of delivery waits for the store ({Cause})")]
    private partial void LogFailed(string cause);

    [LoggerMessage(LogLevel.Error, "A step of delivery failed unexpectedly; it is tried again")]
    private partial void LogDefect(Exception failure);
}
