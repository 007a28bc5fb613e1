using System.Globalization;
using System.Text.Json;
using Dapr;
using Dapr.Client;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Delivery;

namespace Moderation.Enforcement.Host.Delivery;

/// <summary>The operator's topic, through Dapr: each event as a CloudEvent.</summary>
internal sealed class DaprTopicQueue(IOptions<DeliveryOptions> options, TimeProvider time) : IDisposable
{
    /// <summary>The <c>type</c> of a CloudEvent is this and the event's type.</summary>
    public const string TypePrefix = "moderation.v1.";

    private const string ContentType = "application/cloudevents+json";
    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default);

    // Made when something is first published: without Dapr there is no sidecar to look for.
    private readonly Lazy<DaprClient> _dapr = new(() => Connect(options.Value.Dapr));

    /// <inheritdoc />
    public void Dispose()
    {
        if (_dapr.IsValueCreated)
        {
            _dapr.Value.Dispose();
        }
    }

    /// <summary>The topic as a tenant's events go there.</summary>
    public IEventSink Of(string tenant) => new Sink(this, tenant);

    private static DaprClient Connect(DaprOptions settings)
    {
        var builder = new DaprClientBuilder();
        return (settings.Endpoint.Length > 0 ? builder.UseGrpcEndpoint(settings.Endpoint) : builder).Build();
    }

    private async Task<Attempt> PublishAsync(string tenant, WatchDecisionsResponse happened, CancellationToken cancellationToken)
    {
        var facts = EventFacts.Of(happened);
        var settings = options.Value.Dapr;
        using var timer = new CancellationTokenSource(settings.Timeout, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        // Brokers that know partitions keep an account's events together, so that their order holds on.
        var metadata = new Dictionary<string, string> { ["partitionKey"] = facts.AccountId.Length > 0 ? $"{tenant}/{facts.AccountId}" : tenant };
        try
        {
            await _dapr.Value.PublishByteEventAsync(settings.PubSub, settings.Topic, Envelope(tenant, happened, facts), ContentType, metadata, end.Token);
            return default;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Attempt(DeliveryFault.Timeout);
        }
        catch (DaprException failure)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new Attempt(FaultOf((failure.InnerException as RpcException)?.StatusCode, timer.IsCancellationRequested));
        }
    }

    private static DeliveryFault FaultOf(StatusCode? status, bool timedOut) => status switch
    {
        _ when timedOut => DeliveryFault.Timeout,
        StatusCode.DeadlineExceeded => DeliveryFault.Timeout,
        StatusCode.Unavailable => DeliveryFault.Connection,
        _ => DeliveryFault.Unavailable,
    };

    private static byte[] Envelope(string tenant, WatchDecisionsResponse happened, EventFacts facts)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            writer.WriteString("specversion", "1.0");
            writer.WriteString("id", happened.EventId);
            writer.WriteString("source", $"/moderation/tenants/{tenant}");
            writer.WriteString("type", TypePrefix + facts.Type);
            if (facts.PostId.Length > 0)
            {
                writer.WriteString("subject", facts.PostId);
            }

            if (facts.Time is { } happenedAt)
            {
                writer.WriteString("time", happenedAt.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            }

            writer.WriteString("datacontenttype", "application/json");
            writer.WritePropertyName("data");
            writer.WriteRawValue(Json.Format(happened));
            writer.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private sealed class Sink(DaprTopicQueue topic, string tenant) : IEventSink
    {
        public string Kind => "dapr";

        public Task<Attempt> SendAsync(WatchDecisionsResponse happened, CancellationToken cancellationToken)
            => topic.PublishAsync(tenant, happened, cancellationToken);
    }
}
