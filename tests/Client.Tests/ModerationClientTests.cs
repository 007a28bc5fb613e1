using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Moderation.Contracts.V1;
using Xunit;

namespace Moderation.Client.Tests;

/// <summary>The client against a server of the contract that misbehaves.</summary>
public sealed class ModerationClientTests : IAsyncLifetime
{
    private readonly MoodyIngest _ingest = new();
    private WebApplication _app = null!; // set by InitializeAsync

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(k => k.ConfigureEndpointDefaults(e => e.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(_ingest);
        _app = builder.Build();
        _app.MapGrpcService<MoodyIngest>();
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private ModerationClient Client(Func<string>? key = null) => new(new ModerationClientOptions
    {
        Ingest = new Uri(_app.Urls.Single()),
        ApiKey = key ?? (() => "mk_a_b\n"),
        CallTimeout = TimeSpan.FromSeconds(30),
    });

    [Fact]
    public async Task Call_carries_the_key_and_a_deadline_and_is_repeated_while_the_service_is_away()
    {
        _ingest.Failures.Enqueue(StatusCode.Unavailable);
        _ingest.Failures.Enqueue(StatusCode.ResourceExhausted);
        using var client = Client();
        var before = DateTime.UtcNow;
        var answer = await client.Ingest.SubmitPostAsync(new SubmitPostRequest { Post = new Post { PostId = "p1" } });
        Assert.Equal("p1", answer.PostId);
        Assert.Equal(3, _ingest.Keys.Count);
        Assert.All(_ingest.Keys, k => Assert.Equal("mk_a_b", k));
        Assert.InRange(_ingest.Deadline, before.AddSeconds(20), before.AddSeconds(40));
    }

    [Fact]
    public async Task Call_that_is_wrong_is_not_repeated()
    {
        _ingest.Failures.Enqueue(StatusCode.InvalidArgument);
        using var client = Client();
        var failure = await Assert.ThrowsAsync<RpcException>(() => client.Ingest.SubmitPostAsync(new SubmitPostRequest()).ResponseAsync);
        Assert.Equal(StatusCode.InvalidArgument, failure.StatusCode);
        Assert.Equal(ErrorReason.Unspecified, ModerationErrors.ReasonOf(failure)); // it carries none
        Assert.Single(_ingest.Keys);
    }

    [Fact]
    public async Task Key_that_was_rotated_is_used_from_the_next_call_on()
    {
        var key = "first";
        using var client = Client(() => key);
        await client.Ingest.SubmitPostAsync(new SubmitPostRequest { Post = new Post() });
        key = "second";
        await client.Ingest.SubmitPostAsync(new SubmitPostRequest { Post = new Post() });
        Assert.Equal(["first", "second"], _ingest.Keys);
    }

    [Fact]
    public async Task Watch_takes_itself_up_again_after_the_last_event()
    {
        using var client = Client();
        var seen = new List<string>();
        await foreach (var happened in client.WatchAsync("", TestContext.Current.CancellationToken))
        {
            seen.Add(happened.EventId);
            if (seen.Count == 5)
            {
                break;
            }
        }

        Assert.Equal(["e1", "e2", "e3", "e4", "e5"], seen);
        Assert.Equal(["", "2", "4"], _ingest.Cursors);
    }

    [Fact]
    public async Task Watch_that_must_resync_says_so()
    {
        using var client = Client();
        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var _ in client.WatchAsync("trimmed", TestContext.Current.CancellationToken))
            {
            }
        });
        Assert.Equal(StatusCode.OutOfRange, failure.StatusCode);
    }

    [Fact]
    public void Options_that_are_missing_are_named()
    {
        Assert.Contains("Ingest", Assert.Throws<ArgumentException>(() => new ModerationClient(new ModerationClientOptions())).Message, StringComparison.Ordinal);
        var withoutKey = new ModerationClientOptions { Ingest = new Uri("http://127.0.0.1:1") };
        Assert.Contains("ApiKey", Assert.Throws<ArgumentException>(() => new ModerationClient(withoutKey)).Message, StringComparison.Ordinal);
        using var client = Client();
        Assert.Throws<InvalidOperationException>(() => client.Enforcement);
    }

    private sealed class MoodyIngest : IngestService.IngestServiceBase
    {
        public Queue<StatusCode> Failures { get; } = new();

        public List<string> Keys { get; } = [];

        public List<string> Cursors { get; } = [];

        public DateTime Deadline { get; private set; }

        public override Task<SubmitPostResponse> SubmitPost(SubmitPostRequest request, ServerCallContext context)
        {
            Keys.Add(context.RequestHeaders.GetValue("x-api-key") ?? "");
            Deadline = context.Deadline;
            return Failures.TryDequeue(out var failure)
                ? throw new RpcException(new Status(failure, "moody"))
                : Task.FromResult(new SubmitPostResponse { PostId = request.Post.PostId });
        }

        public override async Task WatchDecisions(
            WatchDecisionsRequest request, IServerStreamWriter<WatchDecisionsResponse> responseStream, ServerCallContext context)
        {
            if (request.Cursor == "trimmed")
            {
                throw new RpcException(new Status(StatusCode.OutOfRange, "gone"));
            }

            Cursors.Add(request.Cursor);
            var next = request.Cursor.Length == 0 ? 1 : int.Parse(request.Cursor, System.Globalization.CultureInfo.InvariantCulture) + 1;
            for (var i = next; i < next + 2; i++)
            {
                await responseStream.WriteAsync(new WatchDecisionsResponse { EventId = $"e{i}", Cursor = $"{i}" }, context.CancellationToken);
            }

            throw new RpcException(new Status(StatusCode.Unavailable, "going away"));
        }
    }
}
