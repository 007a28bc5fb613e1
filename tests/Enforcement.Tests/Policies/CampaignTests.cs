using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Campaigns;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Policies;
using Moderation.Enforcement.Host.Review;
using Moderation.Enforcement.Tests.Review;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;
using Xunit;
using Kind = Moderation.Contracts.V1.MeasureKind;

namespace Moderation.Enforcement.Tests.Policies;

/// <summary>Campaigns over the service's own RPCs, a real store and a fake clock; each test has an installation of its own.</summary>
public sealed class CampaignTests : IAsyncLifetime
{
    private readonly CampaignFixture _wave = new();

    public ValueTask InitializeAsync() => _wave.InitializeAsync();

    public ValueTask DisposeAsync() => _wave.DisposeAsync();

    private static Kind[] Kinds(Decision decision) => CampaignFixture.Kinds(decision);

    private PolicyState State => _wave.Catalogue.Current.Record.State;

    [Fact]
    public async Task Campaign_walked_from_shadow_to_its_complete_report()
    {
        var created = await _wave.CreateAsync("hate", _wave.Plan(p => p.Languages.Add("en")));
        Assert.Equal((CampaignStage.Shadow, CampaignFixture.Author), (created.Stage, created.Author));
        Assert.Equal(
            ["it must have been in shadow for 24 hours or over 3 posts, not 0", "its shadow must have counted at least one post of its scope"], created.Missing);

        // In shadow nothing changes but what is counted.
        var shadowed = await _wave.PostAsync("shadowed");
        Assert.Equal([Kind.ReduceReach], Kinds(shadowed));
        var use = Assert.Single((await _wave.RecordAsync(shadowed)).Campaigns);
        Assert.Equal(("hate", CampaignPeriod.Before, true, 0), (use.CampaignId, use.Period, use.WouldCause, use.Thresholds.Count));
        Assert.Contains("24 hours", await CampaignFixture.MissingAsync(() => _wave.LiveAsync("hate")), StringComparison.Ordinal);
        Assert.Empty((await _wave.RecordAsync(await _wave.PostAsync("german", language: "de"))).Campaigns);
        await _wave.PostAsync("plain-1", 0.1);
        await _wave.PostAsync("plain-2", 0.1);
        var interim = await _wave.ReportAsync("hate");
        Assert.Equal((CampaignReportState.Interim, 3, 1), (interim.State, interim.Periods[0].PostCount, interim.Periods[0].CausedCount));

        // Live it holds what it would have held, in its scope.
        Assert.Equal(CampaignStage.Live, (await _wave.LiveAsync("hate")).Stage);
        var held = await _wave.PostAsync("held");
        Assert.Equal([Kind.HoldForReview], Kinds(held));
        use = Assert.Single((await _wave.RecordAsync(held)).Campaigns);
        Assert.Equal((CampaignPeriod.During, true, new CampaignThreshold { Name = "hate_high", Value = 0.7 }), (use.Period, use.Caused, Assert.Single(use.Thresholds)));
        Assert.Equal([Kind.ReduceReach], Kinds(await _wave.PostAsync("german-2", language: "de")));
        var replayed = await _wave.ReplayAsync(held);
        Assert.True(replayed.EqualToRecord);
        Assert.Contains(replayed.Rules.Single(r => r.RuleId == "hate.hold").Values, v => (v.Name, v.Value) == ("t.hate_high", "0.7"));

        // Its end is a matter of the clock: nothing is written, and the policy's own number decides again.
        var version = State.StateVersion;
        _wave.Clock.Advance(TimeSpan.FromDays(10));
        var after = await _wave.PostAsync("after");
        Assert.Equal([Kind.ReduceReach], Kinds(after));
        Assert.Equal(version, after.PolicyState);
        Assert.Equal(version, await _wave.Store.StateVersionAsync());
        use = Assert.Single((await _wave.RecordAsync(after)).Campaigns);
        Assert.Equal((CampaignPeriod.After, 0), (use.Period, use.Thresholds.Count));
        Assert.True((await _wave.ReplayAsync(held)).EqualToRecord);

        await _wave.CloseAsync();
        var report = await _wave.ReportAsync("hate");
        Assert.Equal((CampaignReportState.AfterPending, true, true, 1, 100), (report.State, report.WasLive, report.ThresholdsRestored, report.Spent, report.Budget));
        Assert.Equal(("hate_high", 0.7, 0.8), report.Thresholds.Select(t => (t.Name, t.Value, t.PolicyValue)).Single());
        Assert.Equal([CampaignPeriod.Before, CampaignPeriod.During, CampaignPeriod.After], report.Periods.Select(p => p.Period));
        Assert.Equal(CampaignStage.Ended, (await _wave.GetAsync("hate")).Stage);

        await _wave.PostAsync("watched", 0.1);
        _wave.Clock.Advance(TimeSpan.FromDays(7));
        await _wave.CloseAsync();
        report = await _wave.ReportAsync("hate");
        Assert.Equal((CampaignReportState.Complete, 2), (report.State, report.Periods[2].PostCount));
        Assert.Null(_wave.Catalogue.Current.Campaigns);
        Assert.Empty((await _wave.RecordAsync(await _wave.PostAsync("long-after"))).Campaigns);
        await AuditedAsync();
    }

    private async Task AuditedAsync()
    {
        var audited = (await new AuditService.AuditServiceClient(_wave.Invoker).ListAuditEntriesAsync(
            new ListAuditEntriesRequest { Chain = "admin", PageSize = 100 }, _wave.AsAuditor)).Entries;
        Assert.Equal(
            [
                ("campaign.created", CampaignFixture.Author), ("campaign.live", CampaignFixture.Author), ("campaign.closed", "enforcement"),
                ("campaign.completed", "enforcement"),
            ],
            audited.Select(e => (e.Admin.Action, e.Admin.Actor)));
        Assert.All(audited, e => Assert.Equal("campaign/hate", e.Admin.Object));
        Assert.Equal(audited.Skip(1).Select(e => e.Admin.BeforeHash), audited.SkipLast(1).Select(e => e.Admin.AfterHash)); // a chain of what it was
        var changes = (await _wave.Policies.ListPolicyChangesAsync(new ListPolicyChangesRequest(), _wave.AsAuditor)).Changes;
        Assert.Equal(audited.Select(e => e.Admin.Action).Reverse(), changes.Select(c => c.Action));
        Assert.All(changes, c => Assert.Equal("hate", c.CampaignId));
    }

    [Fact]
    public async Task Spent_budget_sends_to_review_what_would_have_been_acted_on()
    {
        await _wave.GoLiveAsync("budget", p => p.Budget = 2);
        var first = await _wave.PostAsync("first");
        Assert.Equal(first, await _wave.PostAsync("first")); // the same call again costs nothing
        Assert.Equal([Kind.HoldForReview], Kinds(await _wave.PostAsync("strict", 0.9))); // the policy's own hold costs nothing either
        Assert.Equal([Kind.HoldForReview], Kinds(await _wave.PostAsync("second")));
        var third = await _wave.PostAsync("third");
        Assert.Equal([Kind.ReduceReach], Kinds(third));
        Assert.NotEmpty(third.ReviewTaskId);
        Assert.True(Assert.Single((await _wave.RecordAsync(third)).Campaigns).OverBudget);
        Assert.True((await _wave.ReplayAsync(third)).EqualToRecord);
        Assert.True((await _wave.ReplayAsync(first)).EqualToRecord);
        var report = await _wave.ReportAsync("budget");
        Assert.Equal((2, 1), (report.Spent, report.OverBudgetCount));

        // What was decided under a campaign comes out of a simulation as it was decided.
        var simulated = await _wave.Policies.SimulatePolicyAsync(new SimulatePolicyRequest { Version = 1 }, _wave.AsAuthor);
        Assert.Equal((7, 7, 0), (simulated.DecisionCount, simulated.EqualToRecordCount, simulated.UnequalToRecordCount));
    }

    [Fact]
    public async Task Budget_is_taken_in_blocks_that_never_add_up_to_more()
    {
        var store = _wave.Services.GetRequiredService<CampaignBudgetStore>();
        List<long> granted = [];
        for (var i = 0; i < 5; i++)
        {
            granted.Add(await store.ReserveAsync("blocks", 10, 4));
        }

        Assert.Equal([4, 4, 2, 0, 0], granted);

        // Replicas at the same time, many posts at the same time.
        var campaign = CampaignMapping.ToCore(new Contracts.V1.Campaign { CampaignId = "many", Plan = _wave.Plan(p => p.Budget = 230) });
        var replicas = Enumerable.Range(0, 3).Select(_ => new CampaignBudget(store)).ToList();
        var taken = await Task.WhenAll(Enumerable.Range(0, 600).Select(i => Task.Run(() => replicas[i % 3].TryTakeAsync(campaign).AsTask())));
        Assert.InRange(taken.Count(t => t), 230 - (2 * 4), 230); // two replicas may each sit on a block of 4
        replicas[0].GiveBack("many");
        Assert.True(await replicas[0].TryTakeAsync(campaign));
    }

    public static TheoryData<string, Action<CampaignPlan>> Wrong => new()
    {
        { "harm", p => p.Categories.Clear() },
        { "harm", p => p.Categories.Add((Contracts.V1.HarmCategory)99) },
        { "from 0.7 to 0.99, not to 0.69", p => p.Thresholds[0].Value = 0.69 },
        { "no threshold 'made_up'", p => p.Thresholds.Add(new CampaignThreshold { Name = "made_up", Value = 0.5 }) },
        { "within 31 days", p => p.EndTime += Duration.FromTimeSpan(TimeSpan.FromDays(21) + TimeSpan.FromMilliseconds(1)) },
        { "within 31 days", p => p.EndTime = p.StartTime },
        { "is required", p => p.EndTime = null },
        { "future", p => (p.StartTime, p.EndTime) = (p.StartTime - Duration.FromTimeSpan(TimeSpan.FromDays(2)), p.StartTime) },
        { "share from 0 to 1", p => p.ReviewSampling = 1.1 },
        { "0 to 4 hours", p => p.ReviewBoost = Duration.FromTimeSpan(TimeSpan.FromHours(5)) },
        { "at least one action", p => p.Budget = 0 },
        { "1..1000", p => p.Reason = " " },
        { "1..200", p => p.Owner = "" },
        { "language subtags", p => p.Languages.Add("English") },
        { "A-Z a-z", p => p.ChannelIds.Add("{m:1}") },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public async Task Plan_beyond_its_bounds_is_refused(string why, Action<CampaignPlan> change)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => _wave.CreateAsync("wrong", _wave.Plan(change)));
        Assert.Equal(ErrorReason.InvalidFields, RpcErrors.ReasonOf(refused));
        Assert.Contains(refused.GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>()!.FieldViolations, v => v.Description.Contains(why, StringComparison.Ordinal)); // of this reason
        Assert.Null(await _wave.Store.FindCampaignAsync("wrong"));
    }

    [Fact]
    public async Task One_that_follows_on_the_same_harm_needs_two_people_and_the_report()
    {
        await _wave.GoLiveAsync("one");
        await _wave.CreateAsync("two", _wave.Plan());
        await _wave.CreateAsync("other-harm", _wave.Plan(p =>
        {
            p.Categories[0] = Contracts.V1.HarmCategory.Violence;
            p.Thresholds.Clear();
        }));
        for (var i = 0; i < 3; i++)
        {
            await _wave.PostAsync($"both-{i}", 0.1);
        }

        Assert.Equal(
            "it overlaps or follows 'one' within 31 days on the same harm and needs two people; the closing report of 'one' must be there first",
            await CampaignFixture.MissingAsync(() => _wave.LiveAsync("two")));
        Assert.Equal(CampaignStage.Live, (await _wave.LiveAsync("other-harm")).Stage);
        await CampaignFixture.RefusedAsync(ErrorReason.PolicySecondPersonRequired, () => _wave.ApproveAsync("two", _wave.AsAuthor));
        await CampaignFixture.RefusedAsync(ErrorReason.PolicySecondPersonRequired, () => _wave.ApproveAsync("two", _wave.As("olga@test", Role.Policy)));
        Assert.Equal(["ben@test"], (await _wave.ApproveAsync("two")).Approvers);
        Assert.Equal(["ben@test"], (await _wave.ApproveAsync("two")).Approvers);
        Assert.Equal("the closing report of 'one' must be there first", await CampaignFixture.MissingAsync(() => _wave.LiveAsync("two")));

        await _wave.EndAsync("one");
        Assert.Equal([Kind.ReduceReach], Kinds(await _wave.PostAsync("between")));
        Assert.Equal("the closing report of 'one' must be there first", await CampaignFixture.MissingAsync(() => _wave.LiveAsync("two")));
        await _wave.CloseAsync();
        Assert.Equal(CampaignStage.Live, (await _wave.LiveAsync("two")).Stage);
        Assert.Equal([Kind.HoldForReview], Kinds(await _wave.PostAsync("again")));
    }

    [Fact]
    public async Task Repeated_and_late_calls()
    {
        var plan = _wave.Plan();
        var created = await _wave.CreateAsync("same", plan);
        Assert.Equal(created, await _wave.CreateAsync("same", plan));
        await CampaignFixture.RefusedAsync(ErrorReason.CampaignExists, () => _wave.CreateAsync("same", _wave.Plan(p => p.Budget = 7)));
        await CampaignFixture.RefusedAsync(ErrorReason.CampaignExists, () => _wave.CreateAsync("same", plan, _wave.As("eve@test", Role.Policy)));
        await CampaignFixture.RefusedAsync(ErrorReason.CampaignNotFound, () => _wave.GetAsync("none"));
        await CampaignFixture.RefusedAsync(ErrorReason.CampaignNotFound, () => _wave.EndAsync("none"));
        await CampaignFixture.RefusedAsync(ErrorReason.PolicyStateChanged, async () => await _wave.Campaigns.ApproveCampaignAsync(
            new ApproveCampaignRequest { CampaignId = "same", Reason = "Late.", StateVersion = created.StateVersion + 1 }, _wave.AsColleague));

        _wave.Clock.Advance(TimeSpan.FromHours(1));
        var ended = await _wave.EndAsync("same");
        Assert.Equal((CampaignStage.Ended, plan.EndTime.Seconds), (ended.Stage, ended.PlannedEndTime.Seconds));
        _wave.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(ended, await _wave.EndAsync("same"));
        Assert.Equal(created.CampaignId, (await _wave.CreateAsync("same", plan)).CampaignId);
        await CampaignFixture.RefusedAsync(ErrorReason.CampaignOver, () => _wave.ApproveAsync("same"));
        await CampaignFixture.RefusedAsync(ErrorReason.CampaignOver, () => _wave.LiveAsync("same"));

        // It never acted, so there is no time after to watch.
        await _wave.CloseAsync();
        Assert.Equal((CampaignReportState.Complete, false), ((await _wave.ReportAsync("same")).State, (await _wave.ReportAsync("same")).WasLive));
        Assert.Empty(State.Campaigns);
        await _wave.CreateAsync("later", _wave.Plan());
        var page = await _wave.Campaigns.ListCampaignsAsync(new ListCampaignsRequest { PageSize = 1 }, _wave.AsAuditor);
        Assert.Equal("later", Assert.Single(page.Campaigns).CampaignId);
        var next = await _wave.Campaigns.ListCampaignsAsync(new ListCampaignsRequest { PageSize = 1, PageToken = page.NextPageToken }, _wave.AsAuditor);
        Assert.Equal(("same", ""), (Assert.Single(next.Campaigns).CampaignId, next.NextPageToken));
    }

    [Fact]
    public async Task At_most_sixteen_are_open()
    {
        for (var i = 0; i < CampaignBook.Most; i++)
        {
            await _wave.CreateAsync($"open-{i}", _wave.Plan());
        }

        Assert.Contains("at most 16", await CampaignFixture.MissingAsync(() => _wave.CreateAsync("one-more", _wave.Plan())), StringComparison.Ordinal);
        Assert.Equal(CampaignBook.Most, (await _wave.RecordAsync(await _wave.PostAsync("all"))).Campaigns.Count);
    }

    [Fact]
    public async Task Samples_of_all_strata_make_the_prevalence()
    {
        await _wave.GoLiveAsync("sampled", p =>
        {
            p.ReviewSampling = 1;
            p.ReviewBoost = Duration.FromTimeSpan(TimeSpan.FromHours(3));
        });
        foreach (var (post, hate) in new[] { ("left-1", 0.1), ("left-2", 0.2), ("left-3", 0.3), ("acted-1", 0.55), ("acted-2", 0.6), ("held-1", 0.72), ("held-2", 0.9) })
        {
            await _wave.PostAsync(post, hate);
        }

        // Boosted by three hours: handed out before a task of the same severity that came an hour ago would be.
        var queue = _wave.Services.GetRequiredService<ReviewQueue>();
        var found = new Dictionary<string, bool>
        {
            ["left-1"] = false,
            ["left-2"] = true,
            ["acted-1"] = true,
            ["acted-2"] = false,
            ["held-1"] = true,
            ["held-2"] = true,
        };
        for (var i = 0; i < 7; i++)
        {
            var reviewer = $"reviewer-{i}@test"; // each their own, so that nobody is handed again what they hold
            var leased = await _wave.Work.LeaseAsync(reviewer, Role.Reviewer, "general", "sample");
            var stored = (await queue.FindAsync(leased.Task.TaskId))!; // just leased
            Assert.Equal(leased.Task.PostId.StartsWith("left", StringComparison.Ordinal) ? 0 : 10_800_000, stored.Record.RankBonusMs);
            if (found.TryGetValue(leased.Task.PostId, out var harmful))
            {
                await _wave.Work.CompleteAsync(leased, reviewer, harmful ? Casework.Impose(Kind.ReduceReach) : Casework.LetStand);
            }
        }

        var during = (await _wave.ReportAsync("sampled")).Periods[1];
        Assert.Equal((7, 5), (during.PostCount, during.SampledCount));
        Assert.Equal(
            [
                (CampaignStratumKind.Left, 3L, 2L, 1L), (CampaignStratumKind.Reviewed, 2L, 2L, 2L), (CampaignStratumKind.Acted, 2L, 2L, 1L),
            ],
            during.Strata.Select(s => (s.Kind, s.PostCount, s.SampleCount, s.FoundCount)));
        Assert.Equal(((3 * 0.5) + (2 * 1) + (2 * 0.5)) / 7, during.Prevalence, 12);
        Assert.InRange(during.Prevalence, during.PrevalenceLow, during.PrevalenceHigh);
        Assert.Equal((0, 6, 4), (during.UnsampledShare, during.Days.Sum(d => d.SampleCount), during.Days.Sum(d => d.FoundCount)));

        // What was acted on and is sampled says nothing about what is missed.
        var figures = await _wave.Reviews.GetReviewFiguresAsync(new GetReviewFiguresRequest { TenantId = CampaignFixture.Tenant }, _wave.As("lea@test", Role.Lead));
        Assert.Equal((2, 1), (figures.SamplesReviewed, figures.SamplesMissed));
        Assert.Equal(1, (await _wave.ReportAsync("sampled")).Periods[0].UnsampledShare);
    }

    [Fact]
    public async Task Measure_that_it_causes_has_its_notice_and_an_appeal_that_counts()
    {
        await _wave.GoLiveAsync("rights");
        var held = await _wave.PostAsync("held");
        Assert.Contains("hate", held.Notice.Title, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(held.CreateTime.ToDateTimeOffset().AddMonths(StatementBuilder.AppealMonths), held.Statement.AppealEndTime.ToDateTimeOffset());
        await _wave.Work.AppealAsync(held);
        var appeal = await _wave.Work.LeaseAsync("rita@test", Role.Reviewer, "appeals");
        await _wave.Work.CompleteAsync(appeal, "rita@test", Casework.LetStand);
        var report = await _wave.ReportAsync("rights");
        Assert.Equal((1, 1), (report.AppealCount, report.OverturnedCount));
    }

    [Fact]
    public async Task Closing_report_is_written_once_whatever_dies()
    {
        await _wave.GoLiveAsync("closing");
        await _wave.PostAsync("held");
        Assert.False(await _wave.Desk.CloseCampaignAsync("closing", _wave.Reports.WriteAsync)); // its end has not come
        _wave.Clock.Advance(TimeSpan.FromDays(10));

        // Dies with the figures read and nothing written.
        var before = await _wave.Store.StateVersionAsync();
        await Assert.ThrowsAsync<TimeoutException>(() => _wave.Desk.CloseCampaignAsync("closing", async campaign =>
        {
            await _wave.Reports.WriteAsync(campaign);
            throw new TimeoutException("killed");
        }));
        Assert.Equal(before, await _wave.Store.StateVersionAsync());
        Assert.Null((await _wave.Store.FindCampaignAsync("closing"))!.Report); // it was created

        // Two replicas that both believe to hold the lease.
        var closed = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _wave.Desk.CloseCampaignAsync("closing", _wave.Reports.WriteAsync)));
        Assert.Single(closed, c => c);
        var report = await _wave.ReportAsync("closing");
        await _wave.CloseAsync();
        await _wave.CloseAsync();
        Assert.Equal(report, await _wave.ReportAsync("closing"));
        Assert.Equal(before + 1, await _wave.Store.StateVersionAsync());

        _wave.Clock.Advance(TimeSpan.FromDays(7));
        var completed = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _wave.Desk.CompleteCampaignAsync("closing", _wave.Reports.WriteAsync)));
        Assert.Single(completed, c => c);
        Assert.Equal((before + 2, CampaignReportState.Complete), (await _wave.Store.StateVersionAsync(), (await _wave.ReportAsync("closing")).State));
        Assert.Equal(report.Spent, (await _wave.ReportAsync("closing")).Spent);
    }

    [Fact]
    public async Task Change_that_rests_on_an_older_state_writes_no_campaign()
    {
        await _wave.CreateAsync("first", _wave.Plan());
        var before = (await _wave.Store.ReadAsync())!; // it was just made
        var after = before.Clone();
        after.State.StateVersion++;
        after.State.Campaigns[0].Approvers.Add("ben@test");
        var change = new PolicyChangeRecord { Change = new PolicyChange { StateVersion = after.State.StateVersion, Action = "campaign.approved" }, After = after };
        var record = new CampaignRecord { Campaign = after.State.Campaigns[0] };
        var entry = new AdminAuditEntry { Actor = "ben@test", Action = "campaign.approved", Object = "campaign/first" };
        var entries = await LengthAsync(KeySpace.AdminAudit);
        Assert.Equal(ChangeStatus.Changed, await _wave.Store.TryChangeAsync(before, change, [], record, entry));
        record.Campaign.Approvers.Add("eve@test");
        Assert.Equal(ChangeStatus.Stale, await _wave.Store.TryChangeAsync(before, change, [], record, entry)); // the same script again
        Assert.Equal(["ben@test"], (await _wave.Store.FindCampaignAsync("first"))!.Campaign.Approvers); // as above
        Assert.Equal((entries + 1, 2), (await LengthAsync(KeySpace.AdminAudit), await LengthAsync(KeySpace.PolicyHistory)));
    }

    private Task<long> LengthAsync(string stream)
        => _wave.Services.GetRequiredService<RedisConnectionStore>().Multiplexer.GetDatabase().StreamLengthAsync(stream);

    [Fact]
    public async Task Another_replica_decides_the_same_and_a_post_without_campaign_costs_no_byte()
    {
        var without = await _wave.RecordAsync(await _wave.PostAsync("post-a"));
        await _wave.CreateAsync("replicas", _wave.Plan(p => p.ChannelIds.Add("c1")));
        var outside = await _wave.RecordAsync(await _wave.PostAsync("post-b"));
        outside.Decision.PolicyState = without.Decision.PolicyState;
        Assert.Equal((0, without.CalculateSize()), (outside.Campaigns.Count, outside.CalculateSize()));

        for (var i = 0; i < 3; i++)
        {
            await _wave.PostAsync($"shadow-{i}", 0.1, "c1");
        }

        await _wave.LiveAsync("replicas");
        var (catalogue, follower) = NewReplica();
        await follower.FollowAsync();
        var held = await _wave.RecordAsync(await _wave.PostAsync("post-c", channel: "c1"));
        var (outcome, uses) = CampaignStep.Replay(
            catalogue.Current, PolicyMapping.ToInput(held.Inputs, held.Decision.CreateTime.ToDateTimeOffset()), held.Campaigns);
        Assert.Equal([MeasureKind.HoldForReview], outcome.Measures.Select(m => m.Kind));
        Assert.Equal(held.Campaigns, uses);
    }

    private (PolicyCatalogue Catalogue, PolicyFollower Follower) NewReplica()
    {
        var options = _wave.Services.GetRequiredService<IOptions<PolicyOptions>>();
        var catalogue = new PolicyCatalogue(options);
        return (catalogue, new PolicyFollower(
            _wave.Store, new PolicyLibrary(_wave.Store, catalogue), catalogue, options, _wave.Clock, NullLogger<PolicyFollower>.Instance));
    }
}
