using System.Collections.Concurrent;
using System.Threading.Channels;
using Grpc.Core;
using Moderation.Contracts.V1;

namespace Moderation.ModCtl.Submit;

/// <summary>One StreamPosts call. When it ends, every post without an answer fails with the call's status.</summary>
internal sealed class PostStream : IAsyncDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);
    private readonly AsyncDuplexStreamingCall<StreamPostsRequest, StreamPostsResponse> _call;
    private readonly ConcurrentDictionary<ulong, TaskCompletionSource<SubmitPostResponse>> _waiting = new();
    private readonly Channel<StreamPostsRequest> _outgoing = Channel.CreateUnbounded<StreamPostsRequest>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _writing;
    private readonly Task _reading;
    private RpcException? _end;
    private ulong _lastId;

    public PostStream(IngestService.IngestServiceClient client)
    {
        _call = client.StreamPosts();
        _writing = WriteAsync();
        _reading = ReadAsync();
    }

    /// <summary>It has ended; posts need another one.</summary>
    public bool IsBroken => Volatile.Read(ref _end) is not null;

    /// <summary>Sends a post; ends with its answer or with <see cref="RpcException"/>.</summary>
    public Task<SubmitPostResponse> SendAsync(SubmitPostRequest request)
    {
        var id = Interlocked.Increment(ref _lastId);
        var answer = new TaskCompletionSource<SubmitPostResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;
        _outgoing.Writer.TryWrite(new StreamPostsRequest { CorrelationId = id, Submit = request });
        if (Volatile.Read(ref _end) is { } end && _waiting.TryRemove(id, out _))
        {
            answer.SetException(end);
        }

        return answer.Task;
    }

    public async ValueTask DisposeAsync()
    {
        // Half-closing lets the service finish; one that does not is left.
        _outgoing.Writer.TryComplete();
        await Task.WhenAll(_writing, _reading).WaitAsync(EndLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _call.Dispose();
        await Task.WhenAll(_writing, _reading);
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var request in _outgoing.Reader.ReadAllAsync())
            {
                await _call.RequestStream.WriteAsync(request);
            }

            await _call.RequestStream.CompleteAsync();
        }
        catch (Exception failure) when (failure is RpcException or InvalidOperationException or ObjectDisposedException or OperationCanceledException)
        {
            // The reading side sees the same end, with its status.
        }
    }

    private async Task ReadAsync()
    {
        var end = new RpcException(new Status(StatusCode.Unavailable, "The service ended the stream."));
        try
        {
            await foreach (var answer in _call.ResponseStream.ReadAllAsync())
            {
                if (_waiting.TryRemove(answer.CorrelationId, out var waiting))
                {
                    Settle(waiting, answer);
                }
            }
        }
        catch (RpcException failure)
        {
            end = failure;
        }
        catch (Exception failure) when (failure is InvalidOperationException or ObjectDisposedException or OperationCanceledException)
        {
            end = new RpcException(new Status(StatusCode.Cancelled, "The stream was closed."));
        }

        Volatile.Write(ref _end, end);
        _outgoing.Writer.TryComplete();
        foreach (var id in _waiting.Keys)
        {
            if (_waiting.TryRemove(id, out var waiting))
            {
                waiting.SetException(end);
            }
        }
    }

    private static void Settle(TaskCompletionSource<SubmitPostResponse> waiting, StreamPostsResponse answer)
    {
        switch (answer.ResultCase)
        {
            case StreamPostsResponse.ResultOneofCase.Accepted:
                waiting.SetResult(answer.Accepted);
                break;
            case StreamPostsResponse.ResultOneofCase.Error:
                waiting.SetException(answer.Error.ToRpcException());
                break;
            default:
                waiting.SetException(new RpcException(new Status(StatusCode.Internal, "The service answered with neither a result nor an error.")));
                break;
        }
    }
}
