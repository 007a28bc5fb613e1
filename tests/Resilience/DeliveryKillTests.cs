using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Threading.Channels;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.Testing;
using Xunit;

namespace Moderation.Resilience;

/// <summary>SIGKILL of the deliverer while events are on their way to a receiver: none is lost, and a repeat has the id of the first.</summary>
public sealed class DeliveryKillTests
{
    private const string Tenant = "kill";
    private const int Posts = 60;
    private const int Kills = 2;

    [Fact(Timeout = 240_000)]
    public async Task Sigkill_between_send_and_receipt_loses_no_event_and_keeps_the_order_of_each_account()
    {
        var cancelled = TestContext.Current.CancellationToken;
        var keyFile = Path.GetTempFileName();
        await File.WriteAllTextAsync(keyFile, Convert.ToHexString(RandomNumberGenerator.GetBytes(32)), cancelled);
        await using var deployment = await Deployment.StartAsync(
            Tenant, "always",
            new Dictionary<string, string>
            {
                ["Delivery__KeyFile"] = keyFile,
                ["Delivery__Webhooks__Enabled"] = "true",
                ["Delivery__Webhooks__AllowHttp"] = "true",
                ["Delivery__Webhooks__AllowedNetworks__0"] = "127.0.0.0/8",
            },
            cancelled);
        await using var receiver = await Receiver.StartAsync();
        var enforcement = deployment.Services.Single(s => s.Name == "enforcement");
        await CreateWebhookAsync(deployment, enforcement, receiver.Url, cancelled);
        using var channel = GrpcChannel.ForAddress(deployment.Ingest.Address);
        var ingest = new IngestService.IngestServiceClient(channel);
        var key = new Metadata { { "x-api-key", deployment.ApiKey } };

        var submitting = SubmitAsync(ingest, key, cancelled);
        for (var kill = 0; kill < Kills; kill++)
        {
            await receiver.HoldNextAsync(cancelled); // an event has arrived, and its receipt has not left
            await enforcement.KillAsync();
            receiver.LetGo();
            await enforcement.StartAsync(cancelled);
        }

        await submitting;
        var events = await WatchAsync(ingest, key, cancelled);
        await receiver.HasAllAsync(events.Select(e => e.EventId), cancelled);

        var firsts = receiver.Received.Distinct().ToList();
        Assert.Equal(events.Select(e => e.EventId).Order(), firsts.Order());
        Assert.True(receiver.Received.Count > firsts.Count, "What was on its way at a kill comes again.");
        foreach (var account in events.GroupBy(e => e.Decided.AccountId))
        {
            var expected = account.Select(e => e.EventId).ToList();
            Assert.Equal(expected, firsts.Where(expected.Contains));
        }
    }

    private static async Task CreateWebhookAsync(Deployment deployment, ServiceProcess enforcement, string url, CancellationToken cancellationToken)
    {
        using var channel = GrpcChannel.ForAddress(enforcement.Address);
        var tokens = new PeopleTokens(Options.Create(new PeopleOptions { KeyFile = deployment.PeopleKeyFile }), TimeProvider.System);
        await new DeliveryService.DeliveryServiceClient(channel).CreateWebhookAsync(
            new CreateWebhookRequest { TenantId = Tenant, WebhookId = "hook", Url = url, FromOldest = true },
            new Metadata { { "authorization", "Bearer " + tokens.Issue(Person.Of("admin@test", [Role.Admin], [Tenant]), TimeSpan.FromHours(1)) } },
            cancellationToken: cancellationToken);
    }

    private static async Task SubmitAsync(IngestService.IngestServiceClient ingest, Metadata key, CancellationToken cancellationToken)
    {
        for (var i = 0; i < Posts; i++)
        {
            var post = new Post { PostId = $"p{i}", AccountId = $"a{i % 7}", Audience = Audience.Public, Text = $"A quiet walk by the river, number {i}." };
            await ingest.SubmitPostAsync(
                new SubmitPostRequest { Post = post, Wait = new Google.Protobuf.WellKnownTypes.Duration() }, key, cancellationToken: cancellationToken);
        }
    }

    private static async Task<List<WatchDecisionsResponse>> WatchAsync(IngestService.IngestServiceClient ingest, Metadata key, CancellationToken cancellationToken)
    {
        var events = new List<WatchDecisionsResponse>();
        using var watch = ingest.WatchDecisions(new WatchDecisionsRequest { Cursor = "0" }, key, cancellationToken: cancellationToken);
        while (events.Count < Posts && await watch.ResponseStream.MoveNext(cancellationToken))
        {
            events.Add(watch.ResponseStream.Current);
        }

        return events;
    }

    private sealed class Receiver : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly Channel<string> _arrivals = Channel.CreateUnbounded<string>();
        private TaskCompletionSource _open = Opened();
        private TaskCompletionSource _holding = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private Receiver(WebApplication app) => _app = app;

        /// <summary>The ids of all deliveries, in order of arrival.</summary>
        public ConcurrentQueue<string> Received { get; } = new();

        public string Url => _app.Urls.Single() + "/";

        public static async Task<Receiver> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            var receiver = new Receiver(app);
            app.MapPost("/", receiver.ReceiveAsync);
            await app.StartAsync();
            return receiver;
        }

        /// <summary>From now on no receipt leaves; returns when a delivery waits for one.</summary>
        public Task HoldNextAsync(CancellationToken cancellationToken)
        {
            _holding = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _holding.Task.WaitAsync(cancellationToken);
        }

        public void LetGo() => _open.SetResult();

        public async Task HasAllAsync(IEnumerable<string> ids, CancellationToken cancellationToken)
        {
            var missing = ids.Except(Received).ToHashSet();
            while (missing.Count > 0)
            {
                missing.Remove(await _arrivals.Reader.ReadAsync(cancellationToken));
            }
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();

        private static TaskCompletionSource Opened()
        {
            var open = new TaskCompletionSource();
            open.SetResult();
            return open;
        }

        private async Task<IResult> ReceiveAsync(HttpRequest request)
        {
            var id = request.Headers["webhook-id"].ToString();
            Received.Enqueue(id);
            await _arrivals.Writer.WriteAsync(id);
            if (!_open.Task.IsCompleted)
            {
                _holding.TrySetResult();
            }

            await _open.Task;
            return Results.NoContent();
        }
    }
}
