using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Delivery;
using Moderation.Enforcement.Host.Delivery;
using Xunit;

namespace Moderation.Enforcement.Tests.Delivery;

/// <summary>An event that its receiver never takes.</summary>
public sealed class DeadLetterTests(DeliveryFixture fixture) : IClassFixture<DeliveryFixture>
{
    private const int Shard = 11;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_900_000_000));

    [Fact]
    public async Task Event_that_is_refused_holds_back_its_account_alone_dies_after_the_schedule_and_is_redriven()
    {
        await using var receiver = await FlakyReceiver.StartAsync();
        await using var replica = new Replica(fixture, _time, "one");
        var tenant = fixture.NewTenant();
        await replica.CreateWebhookAsync(tenant, "hook", receiver.Url);
        var (sick, well) = (fixture.AccountIn(tenant, Shard), fixture.AccountIn(tenant, Shard, 1));
        var poison = await fixture.WriteAsync(tenant, sick, "p1", _time.GetUtcNow());
        var behind = await fixture.WriteAsync(tenant, sick, "p2", _time.GetUtcNow());
        var others = await fixture.WriteAsync(tenant, well, "p3", _time.GetUtcNow());
        var taken = new List<string>();
        var refuse = true;
        receiver.Otherwise = (context, received) =>
        {
            var refused = refuse && received.Id == poison;
            if (!refused)
            {
                taken.Add(received.Id);
            }

            return FlakyReceiver.Answer(refused ? 422 : 200)(context);
        };
        var lane = await replica.LaneAsync(tenant, "hook", Shard);
        var start = _time.GetUtcNow();

        await lane.DrainAsync();
        Assert.Equal([others], taken); // at once, and before what waits behind the refused event

        await lane.DriveAsync(_time, () => taken.Contains(behind));
        Assert.Equal([others, behind], taken);
        Assert.Equal(BackoffSchedule.Default.Attempts, receiver.All.Count(r => r.Id == poison));
        Assert.InRange((_time.GetUtcNow() - start).TotalHours, 18, 25.5); // the schedule, less what chance took

        var letters = replica.Services.GetRequiredService<DeadLetterStore>();
        var letter = Assert.Single(await letters.ListAsync(tenant, "hook", "", 10));
        Assert.Equal((poison, "decided", sick, DeliveryFailure.Refused, 422), (
            letter.Held.EventId, letter.Held.EventType, letter.Held.AccountId, letter.Held.Failure, letter.Held.HttpStatus));
        Assert.Equal(start, letter.Held.FirstFailureTime.ToDateTimeOffset());

        refuse = false;
        Assert.True(await letters.RedriveAsync(tenant, "hook", letter));
        Assert.False(await letters.RedriveAsync(tenant, "hook", letter)); // twice is once
        lane.Ring(Shard);
        await lane.DrainAsync();
        Assert.Equal([others, behind, poison], taken);
        Assert.Empty(await letters.ListAsync(tenant, "hook", "", 10));
        Assert.Equal(0, (await replica.Services.GetRequiredService<DeliveryLedger>().StatusAsync(tenant, "hook")).RetryingCount);
    }

    [Fact]
    public async Task Shard_with_all_its_places_held_waits_in_the_outbox_and_loses_nothing()
    {
        await using var receiver = await FlakyReceiver.StartAsync();
        await using var replica = new Replica(fixture, _time, "one", ("Delivery:MaxHeldPerShard", "3"));
        var tenant = fixture.NewTenant();
        await replica.CreateWebhookAsync(tenant, "hook", receiver.Url);
        var written = new List<string>();
        for (var i = 0; i < 10; i++)
        {
            written.Add(await fixture.WriteAsync(tenant, fixture.AccountIn(tenant, Shard, i), $"p{i}", _time.GetUtcNow()));
        }

        var (refuse, taken) = (true, new HashSet<string>());
        receiver.Otherwise = (context, received) =>
        {
            if (!refuse)
            {
                taken.Add(received.Id);
            }

            return FlakyReceiver.Answer(refuse ? 400 : 200)(context);
        };
        var lane = await replica.LaneAsync(tenant, "hook", Shard);
        await lane.DrainAsync();
        var status = await replica.Services.GetRequiredService<DeliveryLedger>().StatusAsync(tenant, "hook");
        Assert.Equal((3, 7L), (status.RetryingCount, status.WaitingCount));
        Assert.Equal(3, receiver.All.Count);

        refuse = false;
        await lane.DriveAsync(_time, () => taken.Count == 10);
        Assert.Equal(written.Order(), taken.Order());
    }

    [Fact]
    public async Task Dead_letters_older_than_their_retention_go_when_the_next_comes()
    {
        await using var receiver = await FlakyReceiver.StartAsync();
        receiver.Otherwise = (context, _) => FlakyReceiver.Answer(400)(context);
        await using var replica = new Replica(
            fixture, _time, "one", ("Delivery:Retry:Total", "00:01:00"), ("Delivery:DeadLetterRetention", "2.00:00:00"), ("Delivery:Webhooks:DisableAfter", "90.00:00:00"));
        var tenant = fixture.NewTenant();
        await replica.CreateWebhookAsync(tenant, "hook", receiver.Url);
        var letters = replica.Services.GetRequiredService<DeadLetterStore>();
        var lane = await replica.LaneAsync(tenant, "hook", Shard);

        var first = await fixture.WriteAsync(tenant, fixture.AccountIn(tenant, Shard), "p1", _time.GetUtcNow());
        await DieAsync(first);
        _time.Advance(TimeSpan.FromDays(3));
        var second = await fixture.WriteAsync(tenant, fixture.AccountIn(tenant, Shard), "p2", _time.GetUtcNow());
        await DieAsync(second);

        Assert.Equal([second], (await letters.ListAsync(tenant, "hook", "", 10)).Select(l => l.Held.EventId));

        async Task DieAsync(string id)
        {
            while ((await letters.ListAsync(tenant, "hook", "", 10)).All(l => l.Held.EventId != id))
            {
                var step = await lane.DrainAsync();
                _time.SetUtcNow(step.WakeTime > _time.GetUtcNow() ? step.WakeTime : _time.GetUtcNow());
            }
        }
    }

    [Fact]
    public async Task Erased_account_leaves_nothing_dead_and_nothing_to_be_tried_again()
    {
        await using var receiver = await FlakyReceiver.StartAsync();
        receiver.Otherwise = (context, _) => FlakyReceiver.Answer(400)(context);
        await using var replica = new Replica(fixture, _time, "one", ("Delivery:Retry:Total", "00:01:00"));
        var tenant = fixture.NewTenant();
        await replica.CreateWebhookAsync(tenant, "hook", receiver.Url);
        var (erased, kept) = (fixture.AccountIn(tenant, Shard), fixture.AccountIn(tenant, Shard, 1));
        var letters = replica.Services.GetRequiredService<DeadLetterStore>();
        var lane = await replica.LaneAsync(tenant, "hook", Shard);
        foreach (var account in new[] { erased, kept })
        {
            await fixture.WriteAsync(tenant, account, "dead-of-" + account, _time.GetUtcNow());
        }

        while ((await letters.ListAsync(tenant, "hook", "", 10)).Count < 2)
        {
            var step = await lane.DrainAsync();
            _time.SetUtcNow(step.WakeTime > _time.GetUtcNow() ? step.WakeTime : _time.GetUtcNow());
        }

        foreach (var account in new[] { erased, kept })
        {
            await fixture.WriteAsync(tenant, account, "held-of-" + account, _time.GetUtcNow());
        }

        lane.Ring(Shard);
        await lane.DrainAsync();
        await letters.EraseAccountAsync(tenant, "hook", erased, Shard);

        Assert.Equal(kept, Assert.Single(await letters.ListAsync(tenant, "hook", "", 10)).Held.AccountId);
        Assert.Equal(1, (await replica.Services.GetRequiredService<DeliveryLedger>().StatusAsync(tenant, "hook")).RetryingCount);
        var before = receiver.All.Count;
        await lane.DriveAsync(_time, () => receiver.All.Count >= before + 2);
        Assert.All(receiver.All.Skip(before), r => Assert.Equal(kept, r.Event.Decided.AccountId));
    }
}
