using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Redis;
using Moderation.Testing;
using StackExchange.Redis;
using Xunit;

namespace Moderation.Resilience;

/// <summary>SIGKILL in the middle of a feed, each process in turn and Redis too: what was acknowledged is decided exactly once.</summary>
public sealed class KillTests
{
    private const string Tenant = "kill";
    private const int Callers = 8;
    private const int PostsBetweenSteps = 60;

    private sealed class Feed
    {
        private readonly ByteString _picture = ByteString.CopyFrom(
            File.ReadAllBytes(Repository.PathOf("services", "dev-host", "SampleFeed", "pictures", "bank-emblem.png")));
        private int _started;

        public ConcurrentDictionary<string, byte> Acknowledged { get; } = new();

        public SemaphoreSlim Progress { get; } = new(0);

        public Post Next()
        {
            var number = Interlocked.Increment(ref _started);
            var post = new Post
            {
                PostId = $"p{number}",
                AccountId = $"a{number % 97}",
                Audience = Audience.Public,
                Text = number % 3 == 0 ? "You have won a free prize, call now to claim your cash reward http://prize.example" : $"A quiet walk by the river, number {number}.",
            };
            if (number % 10 == 0)
            {
                post.Media.Add(new Media { InlineContent = _picture });
            }

            return post;
        }
    }

    [Fact(Timeout = 240_000)]
    public async Task Sigkill_of_each_process_in_turn_leaves_one_decision_for_each_acknowledged_post()
    {
        var cancelled = TestContext.Current.CancellationToken;
        await using var deployment = await Deployment.StartAsync(Tenant, "always", new Dictionary<string, string>(), cancelled);
        using var channel = Open(deployment.Ingest.Address);
        var ingest = new IngestService.IngestServiceClient(channel.Intercept(h => WithKey(h, deployment.ApiKey)));
        var feed = new Feed();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        var callers = Enumerable.Range(0, Callers).Select(_ => SubmitAsync(ingest, feed, enough.Token)).ToList();

        foreach (var victim in deployment.Services)
        {
            await AdvanceAsync(feed, cancelled);
            await victim.KillAsync();
            await victim.StartAsync(cancelled);
        }

        await AdvanceAsync(feed, cancelled);
        await deployment.Redis.KillAsync();
        await deployment.Redis.StartAgainAsync();
        await AdvanceAsync(feed, cancelled);
        await enough.CancelAsync();
        await Task.WhenAll(callers);

        var events = await WatchAsync(ingest, feed.Acknowledged.Keys, cancelled);
        Assert.True(feed.Acknowledged.Count >= PostsBetweenSteps * (deployment.Services.Count + 2));
        await AssertDecidedOnceAsync(deployment, ingest, feed.Acknowledged.Keys, events, cancelled);
    }

    // Each caller submits the same post until it is acknowledged, as a platform's backend would.
    private static async Task SubmitAsync(IngestService.IngestServiceClient ingest, Feed feed, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            var post = feed.Next();
            while (!enough.IsCancellationRequested)
            {
                try
                {
                    var request = new SubmitPostRequest { Post = post, RequestId = "r-" + post.PostId };
                    await ingest.SubmitPostAsync(request, new CallOptions(deadline: DateTime.UtcNow.AddSeconds(5)).WithWaitForReady());
                    feed.Acknowledged[post.PostId] = 0;
                    feed.Progress.Release();
                    break;
                }
                catch (RpcException failure) when (failure.StatusCode
                    is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.ResourceExhausted or StatusCode.Cancelled)
                {
                    // Not acknowledged: the same request again.
                }
            }
        }
    }

    private static async Task AdvanceAsync(Feed feed, CancellationToken cancellationToken)
    {
        for (var i = 0; i < PostsBetweenSteps; i++)
        {
            await feed.Progress.WaitAsync(cancellationToken);
        }
    }

    // All events from the first on, until every acknowledged post has been told of.
    private static async Task<List<WatchDecisionsResponse>> WatchAsync(
        IngestService.IngestServiceClient ingest, IEnumerable<string> posts, CancellationToken cancellationToken)
    {
        var missing = posts.ToHashSet();
        var events = new List<WatchDecisionsResponse>();
        using var watch = ingest.WatchDecisions(new WatchDecisionsRequest { Cursor = "0" }, cancellationToken: cancellationToken);
        await foreach (var happened in watch.ResponseStream.ReadAllAsync(cancellationToken))
        {
            events.Add(happened);
            missing.Remove(happened.Decided.PostId);
            if (missing.Count == 0)
            {
                break;
            }
        }

        return events;
    }

    private static async Task AssertDecidedOnceAsync(
        Deployment deployment, IngestService.IngestServiceClient ingest, ICollection<string> posts, List<WatchDecisionsResponse> events,
        CancellationToken cancellationToken)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(deployment.Redis.ConnectionString);
        var database = redis.GetDatabase();
        var audited = new List<string>();
        for (var shard = 0; shard < KeySpace.DefaultShardCount; shard++)
        {
            foreach (var entry in await database.StreamRangeAsync(KeySpace.Audit(shard)))
            {
                audited.Add(AuditEntry.Parser.ParseFrom((byte[])entry["a"]!).Committed.DecisionId); // each entry has a record
            }

            Assert.Equal(0, await database.StreamLengthAsync(KeySpace.Quarantine(shard)));
        }

        Assert.Equal(audited.Count, audited.Distinct().Count());
        var stored = redis.GetServers().Single().Keys(pattern: "*:decision:*", pageSize: 1000).Count();
        Assert.Equal(audited.Count, stored);
        Assert.Equal(events.Count, events.Select(e => e.EventId).Distinct().Count());
        foreach (var post in posts)
        {
            var answer = await ingest.GetPostAsync(new GetPostRequest { PostId = post }, deadline: DateTime.UtcNow.AddSeconds(10), cancellationToken: cancellationToken);
            Assert.Equal(PostState.Decided, answer.State);
            Assert.Contains(answer.Decision.DecisionId, audited);
            Assert.Single(events, e => e.Decided.PostId == post);
        }
    }

    private static GrpcChannel Open(string address) => GrpcChannel.ForAddress(address, new GrpcChannelOptions
    {
        ServiceConfig = new ServiceConfig
        {
            MethodConfigs =
            {
                new MethodConfig
                {
                    Names = { MethodName.Default },
                    RetryPolicy = new RetryPolicy
                    {
                        MaxAttempts = 5,
                        InitialBackoff = TimeSpan.FromMilliseconds(100),
                        MaxBackoff = TimeSpan.FromSeconds(1),
                        BackoffMultiplier = 2,
                        RetryableStatusCodes = { StatusCode.Unavailable, StatusCode.ResourceExhausted },
                    },
                },
            },
        },
    });

    private static Metadata WithKey(Metadata headers, string apiKey)
    {
        headers.Add("x-api-key", apiKey);
        return headers;
    }
}
