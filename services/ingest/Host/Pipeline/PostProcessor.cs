using System.Collections.Concurrent;
using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.Ingest.Host.Counters;
using Moderation.Ingest.Host.Intake;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;
using Moderation.ServiceDefaults.Telemetry;

namespace Moderation.Ingest.Host.Pipeline;

/// <summary>
/// Brings posts that were taken in to their decision. Each step may be repeated: signals are pure, a decision is committed once by its key,
/// and finishing twice is finishing once. What this process does not finish stays in the stream for another.
/// </summary>
internal sealed partial class PostProcessor(
    IntakeStore store, SignalFanOut signals, ContentCounterStore contents, ServiceCallers callers, IOptions<PipelineOptions> options, TimeProvider time, Random random,
    ILogger<PostProcessor> logger) : IHostedService, IDisposable
{
    private const string SubmitCause = "submit";
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(int Shard, string Id), Task<Decision?>> _inFlight = new();
    private readonly CancellationTokenSource _stop = new();
    private int _admitted;

    /// <summary>Takes one of the places of this replica.</summary>
    /// <exception cref="RpcException">OVERLOADED when there is none.</exception>
    public void Admit()
    {
        if (!TryAdmit())
        {
            throw RpcErrors.Create(ErrorReason.Overloaded, ("limit", "in flight"), ("retry_after_ms", "500"));
        }
    }

    /// <summary>Takes one of the places of this replica, if there is one.</summary>
    public bool TryAdmit()
    {
        if (Interlocked.Increment(ref _admitted) <= options.Value.MaxInFlight && !_stop.IsCancellationRequested)
        {
            return true;
        }

        Release();
        return false;
    }

    /// <summary>Gives a place back that <see cref="Admit"/> took and no entry holds.</summary>
    public void Release() => Interlocked.Decrement(ref _admitted);

    /// <summary>Places that are free.</summary>
    public int FreePlaces => Math.Max(0, options.Value.MaxInFlight - Volatile.Read(ref _admitted));

    /// <summary>The work on an entry, when this replica holds it in memory.</summary>
    public Task<Decision?>? Find(int shard, string id) => _inFlight.GetValueOrDefault((shard, id));

    /// <summary>Starts the work on an entry; the place taken by <see cref="Admit"/> is given back when it is done.</summary>
    /// <returns>The decision, or null when the entry was quarantined or the process stops first.</returns>
    public Task<Decision?> Start(IntakeEntry entry)
    {
        var work = new TaskCompletionSource<Decision?>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_inFlight.TryAdd((entry.Shard, entry.Id), work.Task))
        {
            Release();
            return _inFlight.GetValueOrDefault((entry.Shard, entry.Id)) ?? Task.FromResult<Decision?>(null);
        }

        ModerationMeter.PostsInFlight.Add(1);
        _ = RunAsync(entry, work);
        return work.Task;
    }

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Finishes what was taken, as long as the host lets it; the rest stays in the stream.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Task rest = Task.WhenAll(_inFlight.Values);
        await rest.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stop.CancelAsync();
        rest = Task.WhenAll(_inFlight.Values);
        await rest.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc />
    public void Dispose() => _stop.Dispose();

    private async Task RunAsync(IntakeEntry entry, TaskCompletionSource<Decision?> work)
    {
        using var activity = ModerationMeter.Activities.StartActivity("post", ActivityKind.Internal);
        var started = time.GetTimestamp();
        Decision? decision = null;
        try
        {
            decision = await DecideWithRetriesAsync(entry);
        }
        catch (Exception stopping) when (_stop.IsCancellationRequested && stopping is OperationCanceledException or RpcException)
        {
            // The entry stays in the stream.
        }
        finally
        {
            _inFlight.TryRemove((entry.Shard, entry.Id), out _);
            Release();
            ModerationMeter.PostsInFlight.Add(-1);
            if (decision is not null)
            {
                var outcome = new KeyValuePair<string, object?>("outcome", decision.Outcome.ToString());
                ModerationMeter.PostsDecided.Add(1, outcome);
                ModerationMeter.PostDuration.Record(time.GetElapsedTime(started).TotalSeconds, outcome);
            }

            work.TrySetResult(decision);
        }
    }

    private async Task<Decision?> DecideWithRetriesAsync(IntakeEntry entry)
    {
        var backoff = FirstBackoff;
        var decision = default(Decision);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                // What was decided needs no deciding again when only the finishing failed.
                decision ??= await DecideAsync(entry);
                await store.FinishAsync(entry);
                return decision;
            }
            catch (RpcException failure) when (IsOwnFault(failure) && attempt >= options.Value.MaxAttempts)
            {
                var reason = RpcErrors.ReasonOf(failure).ToString();
                if (await TryQuarantineAsync(entry, reason))
                {
                    return null;
                }
            }
            catch (RpcException failure) when (!_stop.IsCancellationRequested)
            {
                LogRetry(entry.Record.Post.PostId, attempt, failure.StatusCode.ToString());
            }
            catch (Exception failure) when (failure is not OperationCanceledException && !_stop.IsCancellationRequested)
            {
                // The store is away, or something nobody thought of: the entry stays where it is and is not given up.
                LogFault(failure, entry.Record.Post.PostId, attempt);
            }

            await Task.Delay(backoff * (0.5 + JitterOfOne()), time, _stop.Token);
            backoff = backoff * 2 < LongestBackoff ? backoff * 2 : LongestBackoff;
        }
    }

    private async Task<bool> TryQuarantineAsync(IntakeEntry entry, string reason)
    {
        try
        {
            await store.QuarantineAsync(entry, reason);
        }
        catch (Exception failure) when (StoreFaults.IsUnavailable(failure))
        {
            LogRetry(entry.Record.Post.PostId, options.Value.MaxAttempts, failure.GetType().Name);
            return false;
        }

        ModerationMeter.PostsQuarantined.Add(1);
        LogQuarantined(entry.Record.Post.PostId, reason);
        return true;
    }

    private async Task<Decision> DecideAsync(IntakeEntry entry)
    {
        var (record, post) = (entry.Record, entry.Record.Post);
        var counting = CountAsync(record);
        var (text, media) = await signals.AskAsync(record.TenantId, post, _stop.Token);
        var request = new DecidePostRequest
        {
            TenantId = record.TenantId,
            Cause = SubmitCause,
            Facts = new PostFacts
            {
                PostId = post.PostId,
                AccountId = post.AccountId,
                ChannelId = post.ChannelId,
                Revision = entry.Revision,
                Language = post.Language,
                AuthorLanguage = post.AuthorLanguage,
                TextLength = PostRules.CodePoints(post.Text),
                MediaIds = { post.Media.Select(m => m.MediaId) },
                LinkCount = PostRules.Links(post.Text),
                IsReply = post.ReplyToPostId.Length > 0,
                IntakeTime = record.IntakeTime,
                Fingerprint = PostContent.Fingerprint(post),
                Reach = post.Reach,
                ReviewUrl = post.ReviewUrl.Length > 0 ? post.ReviewUrl : post.Media.Select(m => m.ReviewUrl).FirstOrDefault(u => u.Length > 0) ?? "",
            },
            Text = text,
            Media = media,
            Counters = entry.Counters,
            ContentCounters = await counting,
            ReviewText = post.Text,
        };
        var answer = await callers.Decide.CallAsync(request, time.GetUtcNow().UtcDateTime + options.Value.DecideTimeout, _stop.Token);
        return answer.Decision;
    }

    // Null when they are off or can't be had: a rule that asks for them does not fire then.
    private async Task<ContentCounters?> CountAsync(IntakeRecord record)
    {
        if (!options.Value.CountContent)
        {
            return null;
        }

        try
        {
            return await contents.CountAsync(record.TenantId, record.Post, record.IntakeTime.ToDateTimeOffset());
        }
        catch (Exception failure) when (StoreFaults.IsUnavailable(failure))
        {
            LogUncounted(record.Post.PostId, failure.GetType().Name);
            return null;
        }
    }

    // What would fail in the same way the next time; everything else is a dependency's fault and waits for it.
    private static bool IsOwnFault(RpcException failure) => failure.StatusCode
        is StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.Internal or StatusCode.OutOfRange or StatusCode.Unimplemented
        or StatusCode.NotFound;

    private double JitterOfOne()
    {
        lock (random)
        {
            return random.NextDouble();
        }
    }

    [LoggerMessage(LogLevel.Warning, "{PostId} is decided without counts of what it holds ({Cause})")]
    private partial void LogUncounted(string postId, string cause);

    [LoggerMessage(LogLevel.Warning, "{PostId}: attempt {Attempt} failed ({Cause}); trying again")]
    private partial void LogRetry(string postId, int attempt, string cause);

    [LoggerMessage(LogLevel.Warning, "{PostId}: attempt {Attempt} failed; trying again")]
    private partial void LogFault(Exception failure, string postId, int attempt);

    [LoggerMessage(LogLevel.Warning, "{PostId} kept failing ({Reason}); it is in quarantine")]
    private partial void LogQuarantined(string postId, string reason);
}
