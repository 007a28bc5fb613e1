using System.Collections.Concurrent;
using System.Security.Cryptography;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.ModCtl.Tests.Fakes;

/// <summary>
/// An IngestService in memory. What a post's text begins with decides how it is treated: "flaky" fails once with UNAVAILABLE, "busy" once
/// with OVERLOADED, "slow" is answered PENDING once, "stuck" is quarantined, "bad" is refused; "spam" in it makes it REMOVE.
/// </summary>
internal sealed class FakeIngest : IngestService.IngestServiceBase
{
    public const string ApiKey = "mk_test_secret";
    private readonly ConcurrentDictionary<string, int> _reads = new();
    private int _streamMessages;

    /// <summary>How often each post arrived.</summary>
    public ConcurrentDictionary<string, int> Arrivals { get; } = new();

    /// <summary>Posts as taken in.</summary>
    public ConcurrentDictionary<string, Post> Posts { get; } = new();

    /// <summary>How often each medium was uploaded.</summary>
    public ConcurrentDictionary<string, int> Uploads { get; } = new();

    /// <summary>The connection is cut after so many messages of a stream; once. 0: never.</summary>
    public int CutStreamAfter { get; set; }

    /// <summary>Every call but GetPost fails with this.</summary>
    public Func<RpcException>? Outage { get; set; }

    /// <summary>Media that expired after their first upload: MEDIA_NOT_FOUND until they come again.</summary>
    public bool ForgetFirstUpload { get; set; }

    public override Task<SubmitPostResponse> SubmitPost(SubmitPostRequest request, ServerCallContext context)
    {
        Authenticate(context);
        return Task.FromResult(Take(request));
    }

    public override async Task StreamPosts(
        IAsyncStreamReader<StreamPostsRequest> requestStream, IServerStreamWriter<StreamPostsResponse> responseStream, ServerCallContext context)
    {
        Authenticate(context);
        await foreach (var message in requestStream.ReadAllAsync(context.CancellationToken))
        {
            if (Interlocked.Increment(ref _streamMessages) == CutStreamAfter)
            {
                context.GetHttpContext().Abort();
                return;
            }

            var answer = new StreamPostsResponse { CorrelationId = message.CorrelationId };
            try
            {
                answer.Accepted = Take(message.Submit);
            }
            catch (RpcException failure)
            {
                answer.Error = failure.GetRpcStatus();
            }

            await responseStream.WriteAsync(answer, context.CancellationToken);
        }
    }

    public override Task<GetPostResponse> GetPost(GetPostRequest request, ServerCallContext context)
    {
        Authenticate(context);
        if (!Posts.TryGetValue(request.PostId, out var post))
        {
            throw RpcErrors.Create(ErrorReason.PostNotFound, ("post_id", request.PostId));
        }

        var answer = new GetPostResponse { PostId = post.PostId, AccountId = post.AccountId, Revision = 1 };
        var reads = _reads.AddOrUpdate(post.PostId, 1, (_, n) => n + 1);
        answer.State = Is(post, "stuck") ? PostState.Quarantined : Is(post, "slow") && reads == 1 ? PostState.Pending : PostState.Decided;
        answer.Decision = answer.State == PostState.Decided ? Decide(post) : null;
        return Task.FromResult(answer);
    }

    public override async Task<UploadMediaResponse> UploadMedia(IAsyncStreamReader<UploadMediaRequest> requestStream, ServerCallContext context)
    {
        Authenticate(context);
        using var bytes = new MemoryStream();
        await foreach (var message in requestStream.ReadAllAsync(context.CancellationToken))
        {
            bytes.Write(message.Chunk.Span);
        }

        var id = "m_" + Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray()));
        Uploads.AddOrUpdate(id, 1, (_, n) => n + 1);
        return bytes.Length > 0
            ? new UploadMediaResponse { MediaId = id, ByteCount = bytes.Length }
            : throw RpcErrors.Create(ErrorReason.MediaRejected, ("detail", "EMPTY"));
    }

    public override async Task WatchDecisions(
        WatchDecisionsRequest request, IServerStreamWriter<WatchDecisionsResponse> responseStream, ServerCallContext context)
    {
        Authenticate(context);
        var next = request.Cursor.Length == 0 ? 1 : int.Parse(request.Cursor, System.Globalization.CultureInfo.InvariantCulture) + 1;
        for (var sent = 0; sent < 2; sent++, next++)
        {
            await responseStream.WriteAsync(new WatchDecisionsResponse { EventId = $"e{next}", Cursor = $"{next}" }, context.CancellationToken);
        }

        // Two events, then the replica goes away: the rest needs the cursor.
        throw new RpcException(new Status(StatusCode.Unavailable, "going away"));
    }

    private static void Authenticate(ServerCallContext context)
    {
        if (context.RequestHeaders.GetValue("x-api-key") != ApiKey)
        {
            throw RpcErrors.Create(ErrorReason.Unauthenticated, ("expected", "an API key in x-api-key"));
        }
    }

    private SubmitPostResponse Take(SubmitPostRequest request)
    {
        var post = request.Post;
        var arrival = Arrivals.AddOrUpdate(post.PostId, 1, (_, n) => n + 1);
        if (Outage is { } outage)
        {
            throw outage();
        }

        if (arrival == 1 && Is(post, "flaky"))
        {
            throw RpcErrors.Create(ErrorReason.DependencyUnavailable, ("dependency", "redis"));
        }

        if (arrival == 1 && Is(post, "busy"))
        {
            throw RpcErrors.Create(ErrorReason.Overloaded, ("limit", "1"), ("retry_after_ms", "1"));
        }

        if (Is(post, "bad"))
        {
            throw RpcErrors.Create(ErrorReason.InvalidFields, "wrong", [new FieldViolation("post.text", "must be good")]);
        }

        if (ForgetFirstUpload && post.Media.FirstOrDefault(m => Uploads.GetValueOrDefault(m.MediaId) < 2) is { } forgotten)
        {
            throw RpcErrors.Create(ErrorReason.MediaNotFound, ("media_id", forgotten.MediaId));
        }

        Posts[post.PostId] = post;
        return Is(post, "slow") || Is(post, "stuck")
            ? new SubmitPostResponse { PostId = post.PostId, Revision = 1, State = PostState.Pending }
            : new SubmitPostResponse { PostId = post.PostId, Revision = 1, State = PostState.Decided, Decision = Decide(post) };
    }

    private static bool Is(Post post, string kind) => post.Text.StartsWith(kind, StringComparison.Ordinal);

    private static Decision Decide(Post post)
    {
        var decision = new Decision { PostId = post.PostId, Outcome = DecisionOutcome.NoAction };
        if (post.Text.Contains("spam", StringComparison.Ordinal))
        {
            decision.Outcome = DecisionOutcome.Measures;
            decision.Measures.Add(new Measure { Kind = MeasureKind.Remove, Category = HarmCategory.FraudSpam });
        }

        return decision;
    }
}
