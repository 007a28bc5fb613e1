using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.Ingest.Host.Pipeline;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Hosting;
using Moderation.ServiceDefaults.Telemetry;

namespace Moderation.Ingest.Host.Bridge;

/// <summary>
/// What a Dapr sidecar calls: it asks which topics to subscribe to, and posts each message as a CloudEvent. SUCCESS is answered once the
/// post is durable, RETRY while something is away, and DROP for what can never become a post, which the sidecar puts into the topic's
/// dead-letter topic. On a port of its own on loopback, so that no client reaches it; a message may come twice, as a submission may.
/// </summary>
internal sealed partial class DaprBridge(
    PostIntake intake, ExceptionInterceptor errors, IOptions<BridgeOptions> options, ILogger<DaprBridge> logger) : IHostedService, IAsyncDisposable
{
    private const string TokenHeader = "dapr-api-token";
    private const string Route = "/bridge/";
    private byte[] _tokenHash = [];
    private WebApplication? _app;

    /// <summary>Where it listens; null when it is off.</summary>
    public Uri? Address => _app?.Urls.FirstOrDefault() is { } url ? new Uri(url) : null;

    /// <inheritdoc />
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var settings = options.Value;
        if (!settings.Enabled)
        {
            return;
        }

        _tokenHash = settings.AppTokenFile.Length > 0 ? Hash((await File.ReadAllTextAsync(settings.AppTokenFile, cancellationToken)).Trim()) : [];
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders(); // failures are told by this class
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = ServiceHost.MaxMessageBytes * 4L / 3; // in base64
            kestrel.Listen(IPAddress.Loopback, settings.Port, o => o.Protocols = HttpProtocols.Http1);
        });
        builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, BridgeJson.Default));
        _app = builder.Build();
        _app.MapGet("/dapr/subscribe", (HttpRequest request) => Knows(request)
            ? Results.Json(Subscriptions(), BridgeJson.Default.SubscriptionArray)
            : Results.StatusCode(StatusCodes.Status401Unauthorized));
        _app.MapPost(Route + "{topic:int}", ReceiveAsync);
        await _app.StartAsync(cancellationToken);
        LogListening(Address?.ToString() ?? "", settings.Topics.Count);
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;

    private Subscription[] Subscriptions() =>
    [
        .. options.Value.Topics.Select((t, i) => new Subscription(t.PubSub, t.Topic, $"{Route}{i}", t.DeadLetterTopic.Length > 0 ? t.DeadLetterTopic : null)),
    ];

    private async Task<IResult> ReceiveAsync(int topic, HttpRequest request)
    {
        if (!Knows(request))
        {
            return Results.StatusCode(StatusCodes.Status401Unauthorized);
        }

        if (topic < 0 || topic >= options.Value.Topics.Count)
        {
            return Answer("retried"); // of a replica with more topics; 404 would make the sidecar drop it
        }

        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        if (!CloudEventPost.TryRead(body.GetBuffer().AsMemory(0, (int)body.Length), out var id, out var submit, out var wrong))
        {
            LogDropped(id, options.Value.Topics[topic].Topic, wrong);
            return Answer("dropped");
        }

        return Answer(await TakeInAsync(options.Value.Topics[topic], id, submit, request.HttpContext.RequestAborted));
    }

    private async Task<string> TakeInAsync(BridgeTopic topic, string id, SubmitPostRequest submit, CancellationToken cancellationToken)
    {
        submit.Wait = new Duration(); // durable is enough: the decision leaves as an event
        try
        {
            await intake.SubmitAsync(topic.TenantId, submit, DateTime.MaxValue, cancellationToken);
            return "accepted";
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            var reason = RpcErrors.ReasonOf(failure as RpcException ?? errors.Translate(failure, "bridge"));
            if (IsForGood(reason))
            {
                LogDropped(id, topic.Topic, reason.ToString());
                return "dropped";
            }

            LogRetried(id, topic.Topic, reason);
            return "retried";
        }
    }

    // What the same message would meet again, however often it came. All else may pass: a message is never given up for our own sake.
    private static bool IsForGood(ErrorReason reason) => reason
        is ErrorReason.InvalidFields or ErrorReason.PrivateContentNotAccepted or ErrorReason.RequestIdReused or ErrorReason.RevisionConflict
        or ErrorReason.PostOfOtherAccount or ErrorReason.PostWithdrawn or ErrorReason.MediaNotFound or ErrorReason.MediaRejected;

    private static IResult Answer(string result)
    {
        ModerationMeter.BridgeMessages.Add(1, new KeyValuePair<string, object?>("result", result));
        var status = result switch
        {
            "accepted" => "SUCCESS",
            "dropped" => "DROP",
            _ => "RETRY",
        };
        return Results.Json(new Outcome(status), BridgeJson.Default.Outcome);
    }

    private bool Knows(HttpRequest request) => _tokenHash.Length == 0
        || CryptographicOperations.FixedTimeEquals(_tokenHash, Hash(request.Headers[TokenHeader].ToString()));

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    [LoggerMessage(LogLevel.Information, "Takes posts from {Topics} Dapr topics at {Address}")]
    private partial void LogListening(string address, int topics);

    [LoggerMessage(LogLevel.Warning, "Message {MessageId} of topic {Topic} can never become a post and is dropped: {Cause}")]
    private partial void LogDropped(string messageId, string topic, string cause);

    [LoggerMessage(LogLevel.Information, "Message {MessageId} of topic {Topic} could not be taken in now ({Reason}); it will come again")]
    private partial void LogRetried(string messageId, string topic, ErrorReason reason);
}

/// <summary>One subscription, as the sidecar reads it.</summary>
internal sealed record Subscription(
    [property: JsonPropertyName("pubsubname")] string PubSubName,
    [property: JsonPropertyName("topic")] string Topic,
    [property: JsonPropertyName("route")] string Route,
    [property: JsonPropertyName("deadLetterTopic"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? DeadLetterTopic);

/// <summary>What became of a message, as the sidecar reads it.</summary>
internal sealed record Outcome([property: JsonPropertyName("status")] string Status);

[JsonSerializable(typeof(Subscription[]))]
[JsonSerializable(typeof(Outcome))]
internal sealed partial class BridgeJson : JsonSerializerContext;
