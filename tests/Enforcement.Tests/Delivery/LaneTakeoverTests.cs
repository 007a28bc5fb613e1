using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Delivery;
using Moderation.ServiceDefaults.Redis;
using Xunit;

namespace Moderation.Enforcement.Tests.Delivery;

/// <summary>Two replicas, a trim, and a store that answers with references.</summary>
public sealed class LaneTakeoverTests(DeliveryFixture fixture) : IClassFixture<DeliveryFixture>
{
    private const int Shard = 23;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_900_000_000));

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replica_that_dies_between_receipt_and_cursor_is_followed_by_one_that_sends_the_same_id_again()
    {
        await using var receiver = await FlakyReceiver.StartAsync();
        await using var first = new Replica(fixture, _time, "first");
        await using var second = new Replica(fixture, _time, "second");
        var tenant = fixture.NewTenant();
        await first.CreateWebhookAsync(tenant, "hook", receiver.Url);
        var account = fixture.AccountIn(tenant, Shard);
        var id = await fixture.WriteAsync(tenant, account, "p1", _time.GetUtcNow());
        var (dying, heir) = (await first.LaneAsync(tenant, "hook", Shard), await second.LaneAsync(tenant, "hook", Shard));
        var release = new TaskCompletionSource();
        receiver.Script(async context =>
        {
            await release.Task;
            await FlakyReceiver.Answer(200)(context);
        });

        var sending = dying.StepAsync(Cancelled);
        await receiver.NextAsync(Cancelled); // it is on its way, and the cursor has not moved
        Assert.Equal(LaneProgress.NotOurs, (await heir.StepAsync(Cancelled)).Progress);
        _time.Advance(TimeSpan.FromSeconds(9)); // less than the time-out; the lease is 30 s
        Assert.Equal(LaneProgress.NotOurs, (await heir.StepAsync(Cancelled)).Progress);
        await ExpireAsync(tenant); // what a stop of the world for 30 s would do, without its request timing out
        await heir.DrainAsync();
        release.SetResult();

        Assert.Equal(LaneProgress.NotOurs, (await sending).Progress); // fenced: the late receipt writes nothing
        Assert.Equal([id, id], receiver.All.Select(r => r.Id));
        var next = await fixture.WriteAsync(tenant, account, "p2", _time.GetUtcNow());
        heir.Ring(Shard);
        await heir.DrainAsync();
        Assert.Equal(LaneProgress.NotOurs, (await dying.StepAsync(Cancelled)).Progress);
        Assert.Equal([id, id, next], receiver.All.Select(r => r.Id));
    }

    [Fact]
    public async Task Lane_goes_to_another_at_once_when_it_is_let_go_and_after_the_lease_when_its_replica_died()
    {
        await using var receiver = await FlakyReceiver.StartAsync();
        await using var first = new Replica(fixture, _time, "first");
        await using var second = new Replica(fixture, _time, "second");
        var tenant = fixture.NewTenant();
        await first.CreateWebhookAsync(tenant, "hook", receiver.Url);
        var (one, other) = (await first.LaneAsync(tenant, "hook", Shard), await second.LaneAsync(tenant, "hook", Shard));

        await one.DrainAsync();
        Assert.Equal(LaneProgress.NotOurs, (await other.StepAsync(Cancelled)).Progress);
        await one.ReleaseAsync();
        Assert.Equal(LaneProgress.Idle, (await other.DrainAsync()).Progress);

        _time.Advance(DeliveryLane.LeaseLength - TimeSpan.FromSeconds(1));
        Assert.Equal(LaneProgress.NotOurs, (await one.StepAsync(Cancelled)).Progress);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(LaneProgress.Idle, (await one.DrainAsync()).Progress);
    }

    [Fact]
    public async Task What_one_replica_holds_the_next_tries_again()
    {
        await using var receiver = await FlakyReceiver.StartAsync();
        await using var first = new Replica(fixture, _time, "first");
        await using var second = new Replica(fixture, _time, "second");
        var tenant = fixture.NewTenant();
        await first.CreateWebhookAsync(tenant, "hook", receiver.Url);
        var account = fixture.AccountIn(tenant, Shard);
        var ids = new[] { await fixture.WriteAsync(tenant, account, "p1", _time.GetUtcNow()), await fixture.WriteAsync(tenant, account, "p2", _time.GetUtcNow()) };
        receiver.Script(FlakyReceiver.Answer(500));
        await (await first.LaneAsync(tenant, "hook", Shard)).DrainAsync();

        _time.Advance(DeliveryLane.LeaseLength + TimeSpan.FromSeconds(1)); // the first is dead
        await (await second.LaneAsync(tenant, "hook", Shard)).DrainAsync();
        Assert.Equal([ids[0], ids[0], ids[1]], receiver.All.Select(r => r.Id));
    }

    [Fact]
    public async Task Trim_before_the_cursor_is_told_until_it_is_heard_and_only_then_the_rest_follows()
    {
        await using var receiver = await FlakyReceiver.StartAsync();
        await using var replica = new Replica(fixture, _time, "one");
        var tenant = fixture.NewTenant();
        var account = fixture.AccountIn(tenant, Shard);
        await replica.CreateWebhookAsync(tenant, "hook", receiver.Url, "withdrawn"); // resync_required comes whatever the filter says
        await replica.CreateWebhookAsync(tenant, "all", receiver.Url);
        var last = "";
        for (var i = 0; i < 5; i++)
        {
            last = await fixture.WriteAsync(tenant, account, $"p{i}", _time.GetUtcNow());
        }

        await fixture.Database.StreamTrimAsync(KeySpace.Outbox(Shard, tenant), 1);
        receiver.Script(FlakyReceiver.Answer(500), FlakyReceiver.Answer(500));
        var lane = await replica.LaneAsync(tenant, "all", Shard);
        await lane.DriveAsync(_time, () => receiver.All.Count == 4);
        await lane.DrainAsync();

        var events = receiver.All.Select(r => r.Event).ToList();
        Assert.All(events.Take(3), e => Assert.Equal(4, e.ResyncRequired.MissedEventCount));
        Assert.Single(events.Take(3).Select(e => e.EventId).Distinct());
        Assert.Equal(last, events[3].EventId);
        Assert.Equal(4, events.Count);

        await (await replica.LaneAsync(tenant, "hook", Shard)).DrainAsync();
        Assert.Equal(WatchDecisionsResponse.EventOneofCase.ResyncRequired, Assert.Single(receiver.All.Skip(4)).Event.EventCase);
    }

    [Fact]
    public async Task Store_that_lost_its_end_is_told_too()
    {
        await using var receiver = await FlakyReceiver.StartAsync();
        await using var replica = new Replica(fixture, _time, "one");
        var tenant = fixture.NewTenant();
        await replica.CreateWebhookAsync(tenant, "hook", receiver.Url);
        var account = fixture.AccountIn(tenant, Shard);
        await fixture.WriteAsync(tenant, account, "p1", _time.GetUtcNow());
        await fixture.Database.HashSetAsync(KeySpace.DeliveryCursor(tenant, "hook"), Shard, 9);

        var lane = await replica.LaneAsync(tenant, "hook", Shard);
        await lane.DrainAsync();
        var next = await fixture.WriteAsync(tenant, account, "p2", _time.GetUtcNow());
        lane.Ring(Shard);
        await lane.DrainAsync();
        Assert.Equal([WatchDecisionsResponse.EventOneofCase.ResyncRequired, WatchDecisionsResponse.EventOneofCase.Decided], receiver.All.Select(r => r.Event.EventCase));
        Assert.Equal(next, receiver.All.Last().Id);
    }

    [Fact]
    public async Task Reference_to_a_decision_is_joined_and_one_that_was_erased_is_passed()
    {
        await using var receiver = await FlakyReceiver.StartAsync();
        await using var replica = new Replica(fixture, _time, "one");
        var tenant = fixture.NewTenant();
        await replica.CreateWebhookAsync(tenant, "hook", receiver.Url);
        var account = fixture.AccountIn(tenant, Shard);
        var kept = await fixture.WriteReferenceAsync(tenant, account, "p1", _time.GetUtcNow());
        var erased = await fixture.WriteReferenceAsync(tenant, account, "p2", _time.GetUtcNow());
        await fixture.Database.KeyDeleteAsync(KeySpace.Decision(Shard, erased));

        await (await replica.LaneAsync(tenant, "hook", Shard)).DrainAsync();
        var received = Assert.Single(receiver.All).Event;
        Assert.Equal(("decided:" + kept, kept, "p1"), (received.EventId, received.Decided.DecisionId, received.Decided.PostId));
        Assert.Equal(0, (await replica.Services.GetRequiredService<DeliveryLedger>().StatusAsync(tenant, "hook")).WaitingCount);
    }

    [Fact]
    public async Task Type_that_nobody_asked_for_is_passed()
    {
        await using var receiver = await FlakyReceiver.StartAsync();
        await using var replica = new Replica(fixture, _time, "one");
        var tenant = fixture.NewTenant();
        await replica.CreateWebhookAsync(tenant, "hook", receiver.Url, "withdrawn");
        await fixture.WriteAsync(tenant, fixture.AccountIn(tenant, Shard), "p1", _time.GetUtcNow());

        await (await replica.LaneAsync(tenant, "hook", Shard)).DrainAsync();
        Assert.Empty(receiver.All);
        Assert.Equal(0, (await replica.Services.GetRequiredService<DeliveryLedger>().StatusAsync(tenant, "hook")).WaitingCount);
    }

    [Fact]
    public async Task Address_of_a_network_that_is_not_public_is_refused_when_the_name_resolves_to_it()
    {
        await using var receiver = await FlakyReceiver.StartAsync();
        await using var replica = new Replica(fixture, _time, "one", ("Delivery:Webhooks:AllowedNetworks:0", "10.0.0.0/8"));
        var tenant = fixture.NewTenant();
        await replica.CreateWebhookAsync(tenant, "hook", receiver.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal));
        await fixture.WriteAsync(tenant, fixture.AccountIn(tenant, Shard), "p1", _time.GetUtcNow());

        await (await replica.LaneAsync(tenant, "hook", Shard)).DrainAsync();
        Assert.Empty(receiver.All);
        Assert.Equal(DeliveryFailure.AddressRefused, (await replica.Services.GetRequiredService<DeliveryLedger>().StatusAsync(tenant, "hook")).Failure);
    }

    private async Task ExpireAsync(string tenant)
        => await fixture.Database.HashSetAsync(
            KeySpace.DeliveryLease(tenant, "hook", Shard % DeliveryEndpoint.Lanes), "until_ms", _time.GetUtcNow().ToUnixTimeMilliseconds());
}
