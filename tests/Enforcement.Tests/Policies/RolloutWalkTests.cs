using System.Diagnostics.Metrics;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Policies;
using Moderation.Enforcement.Tests.Review;
using Moderation.ServiceDefaults.Redis;
using Moderation.ServiceDefaults.Telemetry;
using Xunit;

namespace Moderation.Enforcement.Tests.Policies;

/// <summary>A rollout from the first draft to its end, over the service's own RPCs, a real store and a fake clock.</summary>
public sealed class RolloutWalkTests(PolicyFixture policy) : IClassFixture<PolicyFixture>
{
    private const string Rule = "fraud.walk";
    private readonly Casework _work = new(policy, "walk");

    [Fact]
    public async Task Rollout_walked_end_to_end()
    {
        await PolicyFixture.FoundAsync(_work, "recorded", "recorded");
        await DraftAsync();
        await ShadowAsync();
        await PartialAsync();
        await LiveAsync();
        await BreakerAsync();
        await OverrideAsync();
        await EndAsync();
    }

    private async Task DraftAsync()
    {
        var created = await policy.ProposeAsync(PolicyFixture.Document("walk@2", PolicyFixture.Removes(Rule)));
        Assert.Equal((2, PolicyFixture.Author, 1), (created.Version.Version, created.Version.Author, created.State.Rules.Count(r => r.Version == 2)));
        Assert.Equal([$"{Rule}: added"], created.Version.Changes);

        // The same again is the same; another one has to wait.
        Assert.Equal(2, (await policy.ProposeAsync(PolicyFixture.Document("walk@2", PolicyFixture.Removes(Rule)))).Version.Version);
        await PolicyFixture.RefusedAsync(ErrorReason.PolicyVersionExists, () => policy.ProposeAsync(PolicyFixture.Document("walk@2")));
        await PolicyFixture.RefusedAsync(ErrorReason.PolicyCandidateOpen, () => policy.ProposeAsync(PolicyFixture.Document("walk@3")));

        Assert.Contains("no way from Draft to Shadow", await PolicyFixture.MissingAsync(() => policy.MoveAsync(Rule, PolicyStage.Shadow)), StringComparison.Ordinal);
        await policy.MoveAsync(Rule, PolicyStage.Backtest);
        Assert.Contains("backtest", await PolicyFixture.MissingAsync(() => policy.MoveAsync(Rule, PolicyStage.Shadow)), StringComparison.Ordinal);
        Assert.Contains("backtest", await PolicyFixture.MissingAsync(() => policy.MoveAsync(Rule, PolicyStage.Shadow, backtest: "bt_2_made-up")), StringComparison.Ordinal);
    }

    private async Task ShadowAsync()
    {
        var backtest = await policy.Policies.SimulatePolicyAsync(new SimulatePolicyRequest { Version = 2 }, policy.AsAuthor);
        var found = Assert.Single(backtest.Rules);
        Assert.Equal((Rule, 1, 1, 1), (found.RuleId, found.HitCount, found.AccountCount, found.SampleDecisionIds.Count));
        Assert.InRange(found.HitRate, found.HitRateLow, found.HitRateHigh);
        await policy.MoveAsync(Rule, PolicyStage.Shadow, backtest: backtest.BacktestId);

        var decision = await PolicyFixture.FoundAsync(_work, "shadow-1", "a-1");
        Assert.DoesNotContain(decision.Measures, m => m.RuleId == Rule);
        Assert.DoesNotContain(decision.Reasons, r => r.RuleId == Rule);
        var hit = Assert.Single((await policy.RecordAsync(decision)).ShadowHits);
        Assert.Equal((Rule, "walk@2", Contracts.V1.MeasureKind.Remove), (hit.RuleId, hit.PolicyVersion, Assert.Single(hit.MeasureKinds)));

        var missing = await PolicyFixture.MissingAsync(() => policy.MoveAsync(Rule, PolicyStage.Partial, 0.5));
        Assert.Contains("24 hours", missing, StringComparison.Ordinal);
        Assert.Contains("3 hits in shadow, not 1", missing, StringComparison.Ordinal);
        Assert.Contains("1 approvals, not 0", missing, StringComparison.Ordinal);
        Assert.Equal(missing, string.Join("; ", (await policy.RuleAsync(Rule)).Missing));
    }

    private async Task PartialAsync()
    {
        await PolicyFixture.FoundAsync(_work, "shadow-2", "a-2");
        await PolicyFixture.FoundAsync(_work, "shadow-3", "a-3");
        await PolicyFixture.RefusedAsync(
            ErrorReason.PolicySecondPersonRequired,
            async () => await policy.Policies.ApproveRuleAsync(new ApproveRuleRequest { RuleId = Rule, Reason = "Mine." }, policy.AsAuthor));
        await policy.Policies.ApproveRuleAsync(new ApproveRuleRequest { RuleId = Rule, Reason = "Read the samples." }, policy.AsColleague);
        Assert.Contains("24 hours", await PolicyFixture.MissingAsync(() => policy.MoveAsync(Rule, PolicyStage.Partial, 0.5)), StringComparison.Ordinal);
        policy.Clock.Advance(TimeSpan.FromDays(1));
        await policy.MoveAsync(Rule, PolicyStage.Partial, 0.5);

        var decisions = new List<Decision>();
        for (var i = 0; i < 16; i++)
        {
            decisions.Add(await PolicyFixture.FoundAsync(_work, $"partial-{i}", $"p-{i}"));
        }

        var acted = decisions.Where(d => d.Measures.Any(m => m.RuleId == Rule)).ToList();
        Assert.InRange(acted.Count, 1, 15); // by chance none or all: once in 32,768 runs
        Assert.All(acted, d => Assert.Equal(("PARTIAL", "walk@2"), d.Reasons.Where(r => r.RuleId == Rule).Select(r => (r.Stage, r.PolicyVersion)).Single()));
        var again = await PolicyFixture.FoundAsync(_work, "partial-again", acted[0].AccountId);
        Assert.Contains(again.Measures, m => m.RuleId == Rule);
        var replayed = await policy.Policies.ReplayDecisionAsync(new ReplayDecisionRequest { DecisionId = acted[0].DecisionId }, policy.AsAuthor);
        Assert.True(replayed.EqualToRecord);
        Assert.Equal(("act", PolicyStage.Partial), replayed.Rules.Where(r => r.RuleId == Rule).Select(r => (r.Effect, r.Stage)).Single());
    }

    private async Task LiveAsync()
    {
        Assert.Contains("80", await PolicyFixture.MissingAsync(() => policy.MoveAsync(Rule, PolicyStage.Live)), StringComparison.Ordinal);
        for (var i = 0; i < 3; i++)
        {
            await _work.ReviewAsync("rita@test", Casework.Impose(Contracts.V1.MeasureKind.Remove, "fraud-spam"));
        }

        var state = await policy.MoveAsync(Rule, PolicyStage.Live);
        Assert.Equal(PolicyStage.Live, state.Rules.Single(r => r.RuleId == Rule).Stage);
        var figures = await policy.Policies.GetPolicyFiguresAsync(new GetPolicyFiguresRequest(), policy.AsAuthor);
        var rule = figures.Rules.Single(r => r.RuleId == Rule);
        Assert.Equal((3, 3, 1.0), (rule.JudgedCount, rule.UpheldCount, rule.Precision));
        Assert.True(rule.ShadowHitCount >= 3 && rule.ActionCount >= 1 && rule.Cost > 0);
    }

    private async Task BreakerAsync()
    {
        policy.Clock.Advance(TimeSpan.FromDays(1)); // a new day for the breaker, and posts of its own
        for (var i = 0; i < 12; i++)
        {
            Assert.Contains((await PolicyFixture.FoundAsync(_work, $"day-{i}", $"d-{i}")).Measures, m => m.RuleId == Rule);
        }

        await policy.StepAsync<BreakerWatch>();
        Assert.Equal(PolicyStage.Live, (await policy.RuleAsync(Rule)).Stage);
        await PolicyFixture.FoundAsync(_work, "day-12", "d-12");
        var tripped = new List<string?>();
        using (var meter = new MeterListener())
        {
            meter.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument == ModerationMeter.BreakersTripped)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            meter.SetMeasurementEventCallback<long>((_, _, tags, _) => tripped.Add(tags[0].Value as string));
            meter.Start();
            await policy.StepAsync<BreakerWatch>();
        }

        Assert.Contains(Rule, tripped);
        var suspended = await policy.RuleAsync(Rule);
        Assert.Equal((PolicyStage.Suspended, "13 actions today; at most 12"), (suspended.Stage, suspended.SuspendedReason));

        // It detects and asks a person; the rule in force acts as before.
        var decision = await PolicyFixture.FoundAsync(_work, "after-trip", "d-13");
        Assert.DoesNotContain(decision.Measures, m => m.RuleId == Rule);
        Assert.Equal("SUSPENDED", decision.Reasons.Single(r => r.RuleId == Rule).Stage);
        Assert.NotEmpty(decision.ReviewTaskId);

        await policy.StepAsync<PolicyNews>();
        await policy.StepAsync<PolicyNews>(); // telling twice tells once
        var keys = policy.Services.GetRequiredService<KeySpace>();
        var outbox = policy.Services.GetRequiredService<OutboxReader>();
        var events = new List<WatchDecisionsResponse>();
        for (var (after, more) = (0L, true); more;)
        {
            var page = await outbox.ReadAsync("walk", keys.ShardOfTenant("walk"), after);
            events.AddRange(page.Entries.Where(e => e.DecisionId.Length == 0).Select(e => WatchDecisionsResponse.Parser.ParseFrom(e.Event)));
            (after, more) = (page.Entries.Count > 0 ? page.Entries[^1].Sequence : after, page.IsFull);
        }

        var told = Assert.Single(events, e => e.RuleSuspended is not null).RuleSuspended;
        Assert.Equal((Rule, PolicyFixture.Author, suspended.SuspendedReason), (told.RuleId, told.Owner, told.Reason));
    }

    private async Task OverrideAsync()
    {
        var end = Timestamp.FromDateTimeOffset(policy.Clock.GetUtcNow().AddHours(2));
        var request = new ProposeOverrideRequest { RuleId = Rule, EndTime = end, Reason = "A real wave.", RequestId = "wave" };
        var proposed = (await policy.Policies.ProposeOverrideAsync(request, policy.AsAuthor)).Override;
        Assert.Equal(proposed, (await policy.Policies.ProposeOverrideAsync(request, policy.AsAuthor)).Override);
        Assert.DoesNotContain((await PolicyFixture.FoundAsync(_work, "proposed", "o-1")).Measures, m => m.RuleId == Rule);
        var approval = new ApproveOverrideRequest { OverrideId = proposed.OverrideId, Reason = "Agreed." };
        await PolicyFixture.RefusedAsync(
            ErrorReason.PolicySecondPersonRequired, async () => await policy.Policies.ApproveOverrideAsync(approval, policy.AsAuthor));
        await policy.Policies.ApproveOverrideAsync(approval, policy.AsColleague);
        Assert.Contains((await PolicyFixture.FoundAsync(_work, "overridden", "o-2")).Measures, m => m.RuleId == Rule);
        await policy.StepAsync<BreakerWatch>();
        policy.Clock.Advance(TimeSpan.FromHours(2));
        Assert.DoesNotContain((await PolicyFixture.FoundAsync(_work, "ended", "o-3")).Measures, m => m.RuleId == Rule);
    }

    private async Task EndAsync()
    {
        Assert.Contains(Rule, await PolicyFixture.MissingAsync(async () => await policy.Policies.PromotePolicyVersionAsync(
            new PromotePolicyVersionRequest { Version = 2, Reason = "Now." }, policy.AsColleague)), StringComparison.Ordinal);
        await policy.Policies.WithdrawPolicyVersionAsync(new WithdrawPolicyVersionRequest { Version = 2, Reason = "Wrong rule." }, policy.AsAuthor);
        var decision = await PolicyFixture.FoundAsync(_work, "withdrawn", "w-1");
        Assert.DoesNotContain(decision.Reasons, r => r.RuleId == Rule);

        var changes = (await policy.Policies.ListPolicyChangesAsync(new ListPolicyChangesRequest(), policy.AsAuthor)).Changes;
        Assert.Equal(decision.PolicyState, changes[0].StateVersion);
        Assert.Equal(
            [
                "version.withdrawn", "override.approved", "override.proposed", "breaker.tripped", "rule.moved", "rule.moved", "rule.approved", "rule.moved",
                "rule.moved", "version.created",
            ],
            changes.Select(c => c.Action));
        Assert.Equal("enforcement", changes[3].Actor);
        var audited = (await new AuditService.AuditServiceClient(policy.Invoker).ListAuditEntriesAsync(
            new ListAuditEntriesRequest { Chain = "admin", PageSize = 100 }, policy.As("anna@test", Role.Auditor))).Entries;
        Assert.Equal(changes.Select(c => "policy." + c.Action).Reverse(), audited.Select(e => e.Admin.Action));
    }
}
