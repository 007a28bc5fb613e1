using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Moderation.Contracts.V1;

namespace Moderation.ModCtl.Submit;

/// <summary>Sends one post and waits for the answer.</summary>
internal interface IPostSender : IAsyncDisposable
{
    /// <summary>Sends it once.</summary>
    /// <exception cref="RpcException">It was refused, or the way there failed.</exception>
    Task<SubmitPostResponse> SendAsync(Post post, CancellationToken cancellationToken);
}

/// <summary>What both ways of sending share.</summary>
internal static class Waiting
{
    /// <summary>How long the service may wait for a decision before it answers PENDING: the longest that it takes.</summary>
    public static readonly TimeSpan ForDecision = TimeSpan.FromSeconds(10);

    /// <summary>How long an answer may take in all.</summary>
    public static readonly TimeSpan ForAnswer = TimeSpan.FromSeconds(15);

    public static SubmitPostRequest Request(Post post) => new() { Post = post, Wait = Duration.FromTimeSpan(ForDecision) };
}

/// <summary>SubmitPost for each post.</summary>
internal sealed class UnarySender(IngestService.IngestServiceClient client) : IPostSender
{
    public async Task<SubmitPostResponse> SendAsync(Post post, CancellationToken cancellationToken)
        => await client.SubmitPostAsync(Waiting.Request(post), deadline: DateTime.UtcNow + Waiting.ForAnswer, cancellationToken: cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>StreamPosts: all posts over one stream, which is opened anew after it broke.</summary>
internal sealed class StreamSender(IngestService.IngestServiceClient client, TimeProvider time) : IPostSender
{
    private readonly Lock _lock = new();
    private PostStream? _stream;

    public async Task<SubmitPostResponse> SendAsync(Post post, CancellationToken cancellationToken)
    {
        PostStream stream;
        lock (_lock)
        {
            stream = _stream is { IsBroken: false } good ? good : _stream = new PostStream(client);
        }

        try
        {
            return await stream.SendAsync(Waiting.Request(post)).WaitAsync(Waiting.ForAnswer, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, $"No answer on the stream within {Waiting.ForAnswer.TotalSeconds} s."));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stream is { } stream)
        {
            await stream.DisposeAsync();
        }
    }
}
