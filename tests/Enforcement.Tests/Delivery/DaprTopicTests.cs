using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Delivery;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Hosting;
using Xunit;

namespace Moderation.Enforcement.Tests.Delivery;

/// <summary>Events to a topic, through the real DaprClient and a server that speaks the sidecar's contract.</summary>
public sealed class DaprTopicTests(DeliveryFixture fixture) : IClassFixture<DeliveryFixture>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static (string, string)[] Settings(FakeDaprd daprd) =>
    [
        ("Delivery:Dapr:Enabled", "true"), ("Delivery:Dapr:PubSub", "broker"), ("Delivery:Dapr:Topic", "decisions"),
        ("Delivery:Dapr:Endpoint", daprd.Address), ("Delivery:Webhooks:Enabled", "false"),
    ];

    [Fact]
    public async Task Decision_of_any_tenant_becomes_a_cloud_event_on_the_topic()
    {
        await using var daprd = await FakeDaprd.StartAsync();
        await using var app = fixture.NewReplica(TimeProvider.System, Settings(daprd));
        await app.StartAsync(Cancelled);
        using var channel = GrpcChannel.ForAddress(app.Endpoint(EndpointKind.Grpc)!);
        var service = new Metadata { { "authorization", "Bearer " + app.Services.GetRequiredService<ServiceTokens>().Issue("test", ServiceTokens.Lifetime) } };
        var tenant = fixture.NewTenant();
        var decision = await DeliveryRpcTests.DecideAsync(channel, service, tenant, "p1", "author");

        var published = await daprd.NextAsync(Cancelled);
        Assert.Equal(("broker", "decisions", "application/cloudevents+json"), (published.PubsubName, published.Topic, published.DataContentType));
        Assert.Equal($"{tenant}/author", published.Metadata["partitionKey"]);
        var envelope = JsonDocument.Parse(published.Data.ToStringUtf8()).RootElement;
        Assert.Equal("1.0", envelope.GetProperty("specversion").GetString());
        Assert.Equal("decided:" + decision.DecisionId, envelope.GetProperty("id").GetString());
        Assert.Equal($"/moderation/tenants/{tenant}", envelope.GetProperty("source").GetString());
        Assert.Equal("moderation.v1.decided", envelope.GetProperty("type").GetString());
        Assert.Equal("p1", envelope.GetProperty("subject").GetString());
        Assert.Equal(decision.CreateTime.ToDateTimeOffset(), envelope.GetProperty("time").GetDateTimeOffset());
        var data = JsonParser.Default.Parse<WatchDecisionsResponse>(envelope.GetProperty("data").GetRawText());
        Assert.Equal(decision, data.Decided);
        await app.StopAsync(Cancelled);
    }

    [Theory]
    [InlineData(StatusCode.Unavailable, DeliveryFailure.Connection)]
    [InlineData(StatusCode.Internal, DeliveryFailure.Unavailable)]
    [InlineData(StatusCode.InvalidArgument, DeliveryFailure.Unavailable)] // the component or topic is not there (yet)
    public async Task Event_that_the_sidecar_does_not_take_is_published_again_with_the_same_id(StatusCode failure, DeliveryFailure told)
    {
        await using var daprd = await FakeDaprd.StartAsync();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var replica = new Replica(fixture, time, "one", Settings(daprd));
        var tenant = fixture.NewTenant();
        var id = await fixture.WriteAsync(tenant, fixture.AccountIn(tenant, 3), "p1", time.GetUtcNow());
        await replica.Services.GetRequiredService<TenantRollStore>().EnterAsync(tenant);
        daprd.Broker.Failures.Enqueue(failure);

        var lane = await replica.LaneAsync(tenant, DeliveryEndpoint.DaprId, 3);
        await lane.DrainAsync();
        var ledger = replica.Services.GetRequiredService<DeliveryLedger>();
        Assert.Equal((told, 1), ((await ledger.StatusAsync(tenant, DeliveryEndpoint.DaprId)).Failure, (await ledger.StatusAsync(tenant, DeliveryEndpoint.DaprId)).RetryingCount));
        var taken = daprd.Broker.Published.Reader;
        await lane.DriveAsync(time, () => taken.Count == 2);
        await lane.DrainAsync();

        var ids = new[] { await daprd.NextAsync(Cancelled), await daprd.NextAsync(Cancelled) }
            .Select(p => JsonDocument.Parse(p.Data.ToStringUtf8()).RootElement.GetProperty("id").GetString());
        Assert.Equal([id, id], ids);
        Assert.Equal(0, taken.Count);
        Assert.Equal(0, (await ledger.StatusAsync(tenant, DeliveryEndpoint.DaprId)).WaitingCount);
    }

    [Fact]
    public async Task Sidecar_that_is_away_is_tried_again_and_never_disabled()
    {
        var daprd = await FakeDaprd.StartAsync();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var replica = new Replica(fixture, time, "one", Settings(daprd));
        await daprd.DisposeAsync();
        var tenant = fixture.NewTenant();
        await fixture.WriteAsync(tenant, fixture.AccountIn(tenant, 3), "p1", time.GetUtcNow());
        await replica.Services.GetRequiredService<TenantRollStore>().EnterAsync(tenant);

        var step = await (await replica.LaneAsync(tenant, DeliveryEndpoint.DaprId, 3)).DrainAsync();
        Assert.Equal(LaneProgress.Idle, step.Progress);
        var status = await replica.Services.GetRequiredService<DeliveryLedger>().StatusAsync(tenant, DeliveryEndpoint.DaprId);
        Assert.Equal((DeliveryFailure.Connection, 1), (status.Failure, status.RetryingCount));
    }
}
