using System.Threading.Channels;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.ServiceDefaults.Streaming;

/// <summary>The server's side of a stream of calls: each call is handled on its own, answers leave as they are ready, several a message.</summary>
public static class StreamServer
{
    private const int MaxBatch = 256;
    private const int MaxInFlight = 2048;

    /// <summary>Serves one stream until the client completes it. A call that fails answers with its status and ends nothing else.</summary>
    /// <param name="requests">The calls.</param>
    /// <param name="responses">Where answers go.</param>
    /// <param name="context">The stream's context.</param>
    /// <param name="errors">Turns exceptions into statuses.</param>
    /// <param name="unpack">The calls of one message.</param>
    /// <param name="handle">Handles one call.</param>
    /// <param name="fail">The answer to a call that failed.</param>
    /// <param name="pack">Puts answers into one message.</param>
    /// <param name="maxBatch">Answers in one message at most.</param>
    public static async Task RunAsync<TStreamRequest, TCall, TAnswer, TStreamResponse>(
        IAsyncStreamReader<TStreamRequest> requests,
        IServerStreamWriter<TStreamResponse> responses,
        ServerCallContext context,
        ExceptionInterceptor errors,
        Func<TStreamRequest, IEnumerable<TCall>> unpack,
        Func<TCall, CancellationToken, ValueTask<TAnswer>> handle,
        Func<TCall, Google.Rpc.Status, TAnswer> fail,
        Func<IReadOnlyList<TAnswer>, TStreamResponse> pack,
        int maxBatch = MaxBatch)
        where TStreamRequest : class, IMessage
        where TStreamResponse : class, IMessage
    {
        ArgumentNullException.ThrowIfNull(requests);
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(errors);
        var answers = Channel.CreateUnbounded<TAnswer>(new UnboundedChannelOptions { SingleReader = true });
        using var places = new SemaphoreSlim(MaxInFlight);
        var writing = WriteAsync(answers.Reader, responses, pack, maxBatch, places, context.CancellationToken);
        // Streams live long: a service that stops takes no more calls from them, answers those it took, and ends them.
        var stopping = context.GetHttpContext().RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, stopping);
        try
        {
            await foreach (var message in requests.ReadAllAsync(reading.Token))
            {
                foreach (var call in unpack(message))
                {
                    await places.WaitAsync(context.CancellationToken);
                    _ = HandleAsync(call);
                }
            }
        }
        catch (Exception exception) when (stopping.IsCancellationRequested && !context.CancellationToken.IsCancellationRequested
            && exception is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            // Stopping, not broken.
        }
        finally
        {
            // Every place taken back means that every answer was written (or has nowhere to go).
            for (var i = 0; i < MaxInFlight; i++)
            {
                await places.WaitAsync(CancellationToken.None);
            }

            answers.Writer.TryComplete();
        }

        await writing;

        async Task HandleAsync(TCall call)
        {
            try
            {
                answers.Writer.TryWrite(await handle(call, context.CancellationToken));
            }
            catch (Exception exception)
            {
                // The exception interceptor sees whole streams only, so its translation is called here for one call of a stream.
                answers.Writer.TryWrite(fail(call, errors.Translate(exception, context).GetRpcStatus() ?? Unknown));
            }
        }
    }

    private static Google.Rpc.Status Unknown => new() { Code = (int)StatusCode.Cancelled, Message = "The call was cancelled." };

    // A call's place is free again once its answer is written, so that a client that sends and never reads is slowed down.
    private static async Task WriteAsync<TAnswer, TStreamResponse>(
        ChannelReader<TAnswer> answers, IServerStreamWriter<TStreamResponse> responses, Func<IReadOnlyList<TAnswer>, TStreamResponse> pack,
        int maxBatch, SemaphoreSlim places, CancellationToken cancellationToken)
    {
        var batch = new List<TAnswer>(maxBatch);
        try
        {
            while (await answers.WaitToReadAsync(cancellationToken))
            {
                while (batch.Count < maxBatch && answers.TryRead(out var answer))
                {
                    batch.Add(answer);
                }

                await responses.WriteAsync(pack(batch), cancellationToken);
                places.Release(batch.Count);
                batch.Clear();
            }
        }
        finally
        {
            // The client is gone: what is still answered has nowhere to go, and its places are taken back all the same.
            if (batch.Count > 0)
            {
                places.Release(batch.Count);
            }

            await foreach (var _ in answers.ReadAllAsync(CancellationToken.None))
            {
                places.Release();
            }
        }
    }
}
