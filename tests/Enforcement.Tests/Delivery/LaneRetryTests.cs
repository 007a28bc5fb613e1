using Microsoft.Extensions.Time.Testing;
using Moderation.Client;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Delivery;
using Moderation.Enforcement.Host.Delivery;
using Moderation.ServiceDefaults.Redis;
using Xunit;

namespace Moderation.Enforcement.Tests.Delivery;

/// <summary>One webhook and a receiver that misbehaves in every way, under a clock that the test moves.</summary>
public sealed class LaneRetryTests(DeliveryFixture fixture) : IClassFixture<DeliveryFixture>
{
    private const int Shard = 5;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_900_000_000));

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Event_arrives_signed_once_and_the_cursor_has_passed_it()
    {
        await using var receiver = await FlakyReceiver.StartAsync();
        await using var replica = new Replica(fixture, _time, "one");
        var tenant = fixture.NewTenant();
        var (keyId, secret) = await replica.CreateWebhookAsync(tenant, "hook", receiver.Url);
        var id = await fixture.WriteAsync(tenant, fixture.AccountIn(tenant, Shard), "p1", _time.GetUtcNow());

        var lane = await replica.LaneAsync(tenant, "hook", Shard);
        Assert.Equal(LaneProgress.Idle, (await lane.DrainAsync()).Progress);
        await lane.ReleaseAsync();
        await (await replica.LaneAsync(tenant, "hook", Shard)).DrainAsync(); // from the store alone: nothing is left

        var received = Assert.Single(receiver.All);
        var verifier = new WebhookVerifier(new Dictionary<string, string> { [keyId] = secret }, _time);
        Assert.Equal(WebhookFault.None, verifier.Verify(received.Id, received.Timestamp, received.KeyIds, received.Signatures, received.Body));
        Assert.Equal(id, received.Id);
        Assert.Equal((id, "p1", ""), (received.Event.EventId, received.Event.Decided.PostId, received.Event.Cursor));
    }

    [Fact]
    public async Task Flaky_receiver_gets_the_same_id_until_it_answers_2xx_and_its_retry_after_counts()
    {
        await using var receiver = await FlakyReceiver.StartAsync();
        await using var replica = new Replica(fixture, _time, "one");
        var tenant = fixture.NewTenant();
        await replica.CreateWebhookAsync(tenant, "hook", receiver.Url);
        var id = await fixture.WriteAsync(tenant, fixture.AccountIn(tenant, Shard), "p1", _time.GetUtcNow());
        var arrivals = new List<DateTimeOffset>();
        receiver.Script(
            FlakyReceiver.Answer(500), FlakyReceiver.Reset, FlakyReceiver.Answer(302), FlakyReceiver.Answer(429, "1800"), FlakyReceiver.Answer(503, "86400"));
        receiver.Otherwise = (context, _) =>
        {
            arrivals.Add(_time.GetUtcNow());
            return FlakyReceiver.Answer(200)(context);
        };

        var lane = await replica.LaneAsync(tenant, "hook", Shard);
        var start = _time.GetUtcNow();
        await lane.DriveAsync(_time, () => arrivals.Count > 0);
        await lane.DrainAsync();

        Assert.Equal(6, receiver.All.Count);
        Assert.All(receiver.All, r => Assert.Equal(id, r.Id));
        Assert.Equal(receiver.All.Count, receiver.All.Select(r => r.Signatures).Distinct().Count()); // each attempt is signed at its own time
        Assert.InRange((arrivals[0] - start).TotalSeconds, 1800 + 3600, 1800 + 3600 + 300); // 86400 is cut to an hour
    }

    [Fact]
    public async Task Receiver_that_says_nothing_is_given_up_after_the_timeout_and_tried_again()
    {
        await using var receiver = await FlakyReceiver.StartAsync();
        await using var replica = new Replica(fixture, _time, "one", ("Delivery:Webhooks:RequestTimeout", "00:00:07"));
        var tenant = fixture.NewTenant();
        await replica.CreateWebhookAsync(tenant, "hook", receiver.Url);
        await fixture.WriteAsync(tenant, fixture.AccountIn(tenant, Shard), "p1", _time.GetUtcNow());
        receiver.Script(FlakyReceiver.Hang);

        var lane = await replica.LaneAsync(tenant, "hook", Shard);
        var step = lane.StepAsync(Cancelled);
        await receiver.NextAsync(Cancelled);
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.False(step.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        await step;

        var status = await Status(replica, tenant);
        Assert.Equal((DeliveryFailure.Timeout, 1), (status.Failure, status.RetryingCount));
        await lane.DriveAsync(_time, () => receiver.All.Count == 2);
        await lane.DrainAsync();
        Assert.Null((await Status(replica, tenant)).FailingSinceTime);
    }

    [Fact]
    public async Task Receiver_that_is_gone_disables_the_webhook_which_goes_on_where_it_stopped()
    {
        await using var receiver = await FlakyReceiver.StartAsync();
        await using var replica = new Replica(fixture, _time, "one");
        var tenant = fixture.NewTenant();
        await replica.CreateWebhookAsync(tenant, "hook", receiver.Url);
        var account = fixture.AccountIn(tenant, Shard);
        var first = await fixture.WriteAsync(tenant, account, "p1", _time.GetUtcNow());
        var second = await fixture.WriteAsync(tenant, account, "p2", _time.GetUtcNow());
        receiver.Script(FlakyReceiver.Answer(410));

        var lane = await replica.LaneAsync(tenant, "hook", Shard);
        Assert.Equal(LaneProgress.Ended, (await lane.DrainAsync()).Progress);
        var stored = (await replica.Webhooks.FindAsync(tenant, "hook"))!;
        Assert.Equal((WebhookState.Disabled, WebhookDisableCause.Gone), (stored.Record.Webhook.State, stored.Record.Webhook.DisableCause));

        var active = stored.Record.Clone();
        active.Webhook.State = WebhookState.Active;
        Assert.NotNull(await replica.Webhooks.ReplaceAsync(stored, active, revived: true));
        await lane.ReleaseAsync();
        await (await replica.LaneAsync(tenant, "hook", Shard)).DrainAsync();
        Assert.Equal([first, first, second], receiver.All.Select(r => r.Id));
    }

    [Fact]
    public async Task Receiver_that_takes_nothing_for_days_is_disabled_as_dead_with_nothing_lost()
    {
        await using var receiver = await FlakyReceiver.StartAsync();
        await using var replica = new Replica(fixture, _time, "one", ("Delivery:Webhooks:DisableAfter", "2.00:00:00"));
        var tenant = fixture.NewTenant();
        await replica.CreateWebhookAsync(tenant, "hook", receiver.Url);
        for (var i = 0; i < 30; i++)
        {
            await fixture.WriteAsync(tenant, fixture.AccountIn(tenant, Shard, i % 10), $"p{i}", _time.GetUtcNow());
        }

        receiver.Otherwise = (context, _) => FlakyReceiver.Answer(503)(context);
        var (lane, ended, start) = (await replica.LaneAsync(tenant, "hook", Shard), false, _time.GetUtcNow());
        for (var i = 0; i < 100_000 && !ended; i++)
        {
            var step = await lane.StepAsync(Cancelled);
            ended = step.Progress == LaneProgress.Ended;
            if (step.Progress == LaneProgress.Idle && step.WakeTime > _time.GetUtcNow())
            {
                _time.SetUtcNow(step.WakeTime);
            }
        }

        var stored = (await replica.Webhooks.FindAsync(tenant, "hook"))!;
        Assert.Equal((WebhookState.Disabled, WebhookDisableCause.Dead), (stored.Record.Webhook.State, stored.Record.Webhook.DisableCause));
        Assert.InRange(_time.GetUtcNow() - start, TimeSpan.FromDays(2), TimeSpan.FromDays(2.3));
        Assert.True(receiver.All.Count < 1000, $"{receiver.All.Count} attempts at a receiver that is down");
        var status = await Status(replica, tenant);
        Assert.Equal(30, status.WaitingCount + status.RetryingCount + status.DeadLetterCount);
    }

    [Fact]
    public async Task Failures_far_apart_with_nothing_to_deliver_between_are_no_long_failure()
    {
        await using var receiver = await FlakyReceiver.StartAsync();
        await using var replica = new Replica(fixture, _time, "one", ("Delivery:Retry:Total", "00:01:00"), ("Delivery:Webhooks:DisableAfter", "2.00:00:00"));
        var tenant = fixture.NewTenant();
        await replica.CreateWebhookAsync(tenant, "hook", receiver.Url);
        receiver.Otherwise = (context, _) => FlakyReceiver.Answer(422)(context);
        var lane = await replica.LaneAsync(tenant, "hook", Shard);
        for (var week = 0; week < 3; week++)
        {
            await fixture.WriteAsync(tenant, fixture.AccountIn(tenant, Shard), $"p{week}", _time.GetUtcNow());
            await lane.DriveAsync(_time, () => receiver.All.Count % 3 == 0 && receiver.All.Count / 3 == week + 1);
            await lane.DrainAsync();
            _time.Advance(TimeSpan.FromDays(7));
        }

        Assert.Equal(WebhookState.Active, (await replica.Webhooks.FindAsync(tenant, "hook"))!.Record.Webhook.State);
    }

    [Fact]
    public async Task Outage_holds_few_events_and_afterwards_all_arrive_in_the_order_of_their_account()
    {
        await using var receiver = await FlakyReceiver.StartAsync();
        await using var replica = new Replica(fixture, _time, "one");
        var tenant = fixture.NewTenant();
        await replica.CreateWebhookAsync(tenant, "hook", receiver.Url);
        var expected = new Dictionary<string, List<string>>();
        for (var i = 0; i < 200; i++)
        {
            var account = fixture.AccountIn(tenant, Shard, i % 7);
            expected.TryAdd(account, []);
            expected[account].Add(await fixture.WriteAsync(tenant, account, $"p{i}", _time.GetUtcNow()));
        }

        var (down, taken) = (true, new List<Received>());
        receiver.Otherwise = (context, received) =>
        {
            if (!down)
            {
                taken.Add(received);
            }

            return FlakyReceiver.Answer(down ? 502 : 200)(context);
        };
        var lane = await replica.LaneAsync(tenant, "hook", Shard);
        var start = _time.GetUtcNow();
        await lane.DriveAsync(_time, () => _time.GetUtcNow() - start > TimeSpan.FromHours(2));
        Assert.InRange(receiver.All.Count, 3, 40);
        Assert.InRange((await Status(replica, tenant)).RetryingCount, 1, 10);

        down = false;
        await lane.DriveAsync(_time, () => taken.Count >= 200);
        await lane.DrainAsync();
        var byAccount = taken.GroupBy(r => r.Event.Decided.AccountId).ToDictionary(g => g.Key, g => g.Select(r => r.Id).ToList());
        Assert.Equal(expected.Count, byAccount.Count);
        Assert.All(expected, e => Assert.Equal(e.Value, byAccount[e.Key]));
    }

    private static Task<GetDeliveryStatusResponse> Status(Replica replica, string tenant)
        => ((DeliveryLedger)replica.Services.GetService(typeof(DeliveryLedger))!).StatusAsync(tenant, "hook");
}
