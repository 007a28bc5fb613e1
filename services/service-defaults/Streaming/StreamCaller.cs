using System.Collections.Concurrent;
using System.Threading.Channels;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.ServiceDefaults.Streaming;

/// <summary>How one RPC pair (a unary method and its stream twin) is spoken.</summary>
/// <param name="Open">Opens the stream.</param>
/// <param name="Unary">The unary twin, used while no stream is up.</param>
/// <param name="Pack">Puts calls into one stream message.</param>
/// <param name="Unpack">Takes answers out of one; each has a response or an error.</param>
public sealed record StreamProtocol<TRequest, TResponse, TStreamRequest, TStreamResponse>(
    Func<CallOptions, AsyncDuplexStreamingCall<TStreamRequest, TStreamResponse>> Open,
    Func<TRequest, CallOptions, AsyncUnaryCall<TResponse>> Unary,
    Func<IReadOnlyList<KeyValuePair<ulong, TRequest>>, TStreamRequest> Pack,
    Func<TStreamResponse, IEnumerable<(ulong Id, TResponse? Response, Google.Rpc.Status? Error)>> Unpack)
    where TRequest : IMessage
    where TResponse : class, IMessage
    where TStreamRequest : class
    where TStreamResponse : class;

/// <summary>
/// Calls over a few long-lived streams: a streamed message costs about a quarter of a unary call. What is queued while a message is
/// being written goes into the next one, so batches form by themselves under load and a lone call never waits. A call whose stream
/// breaks is repeated once as a unary call, so only idempotent methods may be called this way.
/// </summary>
public sealed partial class StreamCaller<TRequest, TResponse, TStreamRequest, TStreamResponse> : IAsyncDisposable
    where TRequest : IMessage
    where TResponse : class, IMessage
    where TStreamRequest : class
    where TStreamResponse : class
{
    /// <summary>Calls in one stream message at most, as the contract has it.</summary>
    public const int MaxBatch = 256;

    // New pods must get work: a stream is dialled anew after this long, with a fifth of jitter.
    private static readonly TimeSpan StreamLife = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(40);
    private static readonly TimeSpan RedialAfterFailure = TimeSpan.FromMilliseconds(200);

    private readonly StreamProtocol<TRequest, TResponse, TStreamRequest, TStreamResponse> _protocol;
    private readonly TimeProvider _time;
    private readonly Random _jitter;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lane?[] _lanes;
    private readonly Task[] _dialers;
    private int _next;

    /// <summary>Starts dialling.</summary>
    /// <param name="protocol">What to speak.</param>
    /// <param name="lanes">Number of streams.</param>
    /// <param name="time">Times redials.</param>
    /// <param name="jitter">Spreads redials.</param>
    /// <param name="logger">Where broken streams are told.</param>
    public StreamCaller(
        StreamProtocol<TRequest, TResponse, TStreamRequest, TStreamResponse> protocol, int lanes, TimeProvider time, Random jitter, ILogger logger)
    {
        (_protocol, _time, _jitter, _logger) = (protocol, time, jitter, logger);
        _lanes = new Lane?[lanes];
        _dialers = [.. Enumerable.Range(0, lanes).Select(i => Task.Run(() => DialAsync(i)))];
    }

    /// <summary>Calls, and waits until <paramref name="deadline"/> (UTC) at most.</summary>
    /// <exception cref="RpcException">What the method answered, DEADLINE_EXCEEDED, or UNAVAILABLE when nobody can be reached.</exception>
    public async Task<TResponse> CallAsync(TRequest request, DateTime deadline, CancellationToken cancellationToken)
    {
        var remaining = deadline - _time.GetUtcNow().UtcDateTime;
        if (remaining <= TimeSpan.Zero)
        {
            throw RpcErrors.Create(ErrorReason.DeadlineExceeded);
        }

        if (remaining > LongestWait)
        {
            remaining = Timeout.InfiniteTimeSpan; // timers count 32 bits of milliseconds; DateTime.MaxValue means no deadline
        }

        var lane = Volatile.Read(ref _lanes[(uint)Interlocked.Increment(ref _next) % (uint)_lanes.Length]);
        if (lane is not null && lane.TryCall(request, out var id, out var answer))
        {
            try
            {
                return await answer.WaitAsync(remaining, _time, cancellationToken);
            }
            catch (TimeoutException)
            {
                throw RpcErrors.Create(ErrorReason.DeadlineExceeded);
            }
            catch (StreamBrokenException)
            {
                // Fall through: the unary twin decides what becomes of it.
            }
            finally
            {
                lane.Forget(id);
            }
        }

        using var call = _protocol.Unary(request, new CallOptions(deadline: deadline, cancellationToken: cancellationToken));
        return await call.ResponseAsync;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_dialers);
        _stop.Dispose();
    }

    private async Task DialAsync(int index)
    {
        while (!_stop.IsCancellationRequested)
        {
            var lane = new Lane(_protocol);
            TimeSpan life;
            lock (_jitter)
            {
                life = StreamLife * (0.8 + (0.4 * _jitter.NextDouble()));
            }

            using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            try
            {
                var run = lane.RunAsync(end.Token);
                Volatile.Write(ref _lanes[index], lane);
                using var lifeTimer = _time.CreateTimer(_ => lane.Complete(), null, life, Timeout.InfiniteTimeSpan);
                await run;
            }
            catch (RpcException broken)
            {
                if (!_stop.IsCancellationRequested)
                {
                    LogBroken(typeof(TRequest).Name, broken.StatusCode);
                }
            }
            catch (OperationCanceledException)
            {
                // Stopping.
            }
            catch (Exception defect) when (defect is not RpcException)
            {
                LogDefect(defect, typeof(TRequest).Name); // dialled anew: a lane must not go dark for good
            }
            finally
            {
                Interlocked.CompareExchange(ref _lanes[index], null, lane);
                lane.FailAll();
            }

            if (!lane.Completed && !_stop.IsCancellationRequested)
            {
                await Task.Delay(RedialAfterFailure, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(LogLevel.Debug, "The stream of {Request} broke ({Status}); calls go unary until it is up again")]
    private partial void LogBroken(string request, StatusCode status);

    [LoggerMessage(LogLevel.Error, "The stream of {Request} failed unexpectedly; it is dialled anew")]
    private partial void LogDefect(Exception defect, string request);

    private sealed class StreamBrokenException : Exception;

    private sealed class Lane(StreamProtocol<TRequest, TResponse, TStreamRequest, TStreamResponse> protocol)
    {
        private readonly ConcurrentDictionary<ulong, TaskCompletionSource<TResponse>> _waiting = new();
        private readonly Channel<KeyValuePair<ulong, TRequest>> _outgoing =
            Channel.CreateBounded<KeyValuePair<ulong, TRequest>>(new BoundedChannelOptions(8192) { SingleReader = true });

        private ulong _lastId;

        public bool Completed { get; private set; }

        public bool TryCall(TRequest request, out ulong id, out Task<TResponse> answer)
        {
            id = Interlocked.Increment(ref _lastId);
            var source = new TaskCompletionSource<TResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting[id] = source;
            if (!_outgoing.Writer.TryWrite(new KeyValuePair<ulong, TRequest>(id, request)))
            {
                _waiting.TryRemove(id, out _);
                answer = Task.FromException<TResponse>(new StreamBrokenException());
                return false;
            }

            answer = source.Task;
            return true;
        }

        // Nobody waits any more; an answer that still comes is dropped.
        public void Forget(ulong id) => _waiting.TryRemove(id, out _);

        public void Complete()
        {
            Completed = true;
            _outgoing.Writer.TryComplete();
        }

        public void FailAll()
        {
            _outgoing.Writer.TryComplete();
            foreach (var (id, _) in _waiting)
            {
                if (_waiting.TryRemove(id, out var source))
                {
                    source.TrySetException(new StreamBrokenException());
                }
            }
        }

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            using var call = protocol.Open(new CallOptions(cancellationToken: cancellationToken));
            var writing = WriteAsync(call.RequestStream, cancellationToken);
            try
            {
                await foreach (var message in call.ResponseStream.ReadAllAsync(cancellationToken))
                {
                    foreach (var (id, response, error) in protocol.Unpack(message))
                    {
                        Answer(id, response, error);
                    }
                }
            }
            finally
            {
                _outgoing.Writer.TryComplete();
                await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        private void Answer(ulong id, TResponse? response, Google.Rpc.Status? error)
        {
            if (!_waiting.TryRemove(id, out var source))
            {
                return;
            }

            if (response is not null)
            {
                source.TrySetResult(response);
            }
            else if (error is not null)
            {
                source.TrySetException(error.ToRpcException());
            }
            else
            {
                source.TrySetException(new StreamBrokenException());
            }
        }

        private async Task WriteAsync(IClientStreamWriter<TStreamRequest> stream, CancellationToken cancellationToken)
        {
            var batch = new List<KeyValuePair<ulong, TRequest>>(MaxBatch);
            while (await _outgoing.Reader.WaitToReadAsync(cancellationToken))
            {
                while (batch.Count < MaxBatch && _outgoing.Reader.TryRead(out var call))
                {
                    batch.Add(call);
                }

                await stream.WriteAsync(protocol.Pack(batch), cancellationToken);
                batch.Clear();
            }

            await stream.CompleteAsync();
        }
    }
}
