using System.Globalization;
using Google.Rpc;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.ModCtl.Submit;

/// <summary>Repeats calls that failed for a moment. All calls of a submission may be repeated: the same post is one post, the same bytes one medium.</summary>
/// <param name="time">The clock.</param>
/// <param name="limit">How long one call is repeated before it counts as failed.</param>
/// <param name="repeated">Told of each repetition.</param>
internal sealed class Retries(TimeProvider time, TimeSpan limit, Action repeated)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestAsked = TimeSpan.FromSeconds(30);

    /// <summary>Calls until it succeeds, fails for good, or the limit has passed.</summary>
    /// <exception cref="RpcException">The last failure.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        for (var failures = 0; ; failures++)
        {
            TimeSpan delay;
            try
            {
                return await call(cancellationToken);
            }
            catch (RpcException failure) when (IsTransient(failure))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var asked = Asked(failure);
                var backoff = Backoff(failures);
                delay = asked > backoff ? asked : backoff;
                if (time.GetElapsedTime(started) + delay > limit)
                {
                    throw;
                }
            }

            repeated();
            await Task.Delay(delay, time, cancellationToken);
        }
    }

    /// <summary>Whether the same call may succeed later. A status without one of our reasons comes from the way there: a lost connection, a proxy.</summary>
    public static bool IsTransient(RpcException failure) => RpcErrors.ReasonOf(failure) switch
    {
        ErrorReason.Overloaded or ErrorReason.DependencyUnavailable or ErrorReason.DeadlineExceeded => true,
        ErrorReason.Unspecified => failure.StatusCode is StatusCode.Unavailable or StatusCode.ResourceExhausted or StatusCode.DeadlineExceeded
            or StatusCode.Internal or StatusCode.Unknown or StatusCode.Cancelled or StatusCode.Aborted,
        _ => false,
    };

    /// <summary>Whether the service itself could not be reached or not do its work, whatever the post.</summary>
    public static bool IsOutage(RpcException failure) => RpcErrors.ReasonOf(failure) switch
    {
        ErrorReason.DependencyUnavailable => true,
        ErrorReason.Unspecified => IsTransient(failure) && failure.StatusCode != StatusCode.DeadlineExceeded,
        _ => false,
    };

    /// <summary>50 ms doubled with each failure up to 5 s, of which a random half is taken off so that callers do not march in step.</summary>
    public static TimeSpan Backoff(int failures)
    {
        var full = Math.Min(LongestDelay.TotalMilliseconds, FirstDelay.TotalMilliseconds * Math.Pow(2, Math.Min(failures, 20)));
        return TimeSpan.FromMilliseconds(full * (0.5 + (Random.Shared.NextDouble() / 2)));
    }

    private static TimeSpan Asked(RpcException failure)
    {
        var metadata = failure.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Metadata;
        return metadata is not null && metadata.TryGetValue("retry_after_ms", out var text)
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
                ? TimeSpan.FromMilliseconds(Math.Min(milliseconds, LongestAsked.TotalMilliseconds))
                : TimeSpan.Zero;
    }
}
