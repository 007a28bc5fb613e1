using System.Collections.Immutable;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Moderation.Enforcement.Tests.Policy;

/// <summary>The way of a rule into force, its breakers, and campaigns, over the pure parts and a fake clock.</summary>
public sealed class RolloutTests
{
    private static readonly RuleGates Gates = new();
    private static readonly BreakerCounts Calm = new(10_000, 10, 10, ImmutableDictionary<MeasureKind, long>.Empty);
    private static readonly RuleRecord New = new(false, false, false, null, 0, null, new HashSet<string>());

    [Fact]
    public void Rollout_from_draft_to_its_end()
    {
        var clock = new FakeTimeProvider(Inputs.Now);
        var (stage, record) = (RuleStage.Draft, New);
        ImmutableArray<string> Ask(RuleStage to) => RuleLifecycle.Check(stage, to, record, isStrict: true, Gates, clock.GetUtcNow());
        void Go(RuleStage to)
        {
            Assert.Empty(Ask(to));
            stage = to;
        }

        Assert.Equal(["the document must compile", "every golden case must hold"], Ask(RuleStage.Backtest));
        Assert.Contains("there is no way from Draft to Live", Assert.Single(Ask(RuleStage.Live)), StringComparison.Ordinal);
        record = record with { Compiles = true, GoldenCasesHold = true };
        Go(RuleStage.Backtest);
        Assert.Equal(["a person must have read a backtest of this version"], Ask(RuleStage.Shadow));
        record = record with { BacktestRead = true };
        Go(RuleStage.Shadow);
        Assert.Equal(RuleEffect.Observe, RuleLifecycle.Effect(stage, isInShare: true));

        record = record with { ShadowSince = clock.GetUtcNow(), ShadowHits = 60 };
        Assert.Equal(2, Ask(RuleStage.Partial).Length);
        clock.Advance(TimeSpan.FromDays(1));
        record = record with { Approvers = new HashSet<string> { "ada", "ben" } };
        Go(RuleStage.Partial);
        Assert.Equal((RuleEffect.Act, RuleEffect.Observe), (RuleLifecycle.Effect(stage, true), RuleLifecycle.Effect(stage, false)));
        Assert.Single(Ask(RuleStage.Live));
        record = record with { Precision = 0.9 };
        Go(RuleStage.Live);

        stage = Breaker.Apply(stage, Breaker.Trips(Calm, new BreakerLimits()), null, clock.GetUtcNow());
        Assert.Equal(RuleStage.Live, stage);
        var trips = Breaker.Trips(Calm with { RuleHits = 900 }, new BreakerLimits());
        Assert.Equal(BreakerLevel.RuleShare, Assert.Single(trips).Level);
        stage = Breaker.Apply(stage, trips, null, clock.GetUtcNow());
        Assert.Equal(RuleEffect.Review, Breaker.Effect(stage, true, null, clock.GetUtcNow()));

        var given = new BreakerOverride(["ada", "ben"], "a real wave", clock.GetUtcNow(), clock.GetUtcNow().AddHours(2));
        Assert.Equal(RuleEffect.Act, Breaker.Effect(stage, true, given, clock.GetUtcNow()));
        Assert.Equal(RuleStage.Live, Breaker.Apply(RuleStage.Live, trips, given, clock.GetUtcNow()));
        clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(RuleEffect.Review, Breaker.Effect(stage, true, given, clock.GetUtcNow()));
        Go(RuleStage.Draft);
        Assert.Equal(RuleEffect.None, RuleLifecycle.Effect(stage, true));
    }

    [Fact]
    public void Breakers_trip_at_each_level_and_just_below_they_do_not()
    {
        var limits = new BreakerLimits { RuleShare = 0.1, LeastPosts = 100, RuleActions = 10 };
        var removed = ImmutableDictionary<MeasureKind, long>.Empty.Add(MeasureKind.Remove, 10_001);

        Assert.Empty(Breaker.Trips(new BreakerCounts(100, 10, 10, removed.SetItem(MeasureKind.Remove, 10_000)), limits));
        Assert.Empty(Breaker.Trips(new BreakerCounts(99, 99, 0, ImmutableDictionary<MeasureKind, long>.Empty), limits));
        Assert.Equal(
            [BreakerLevel.RuleShare, BreakerLevel.RuleActions, BreakerLevel.MeasureActions],
            Breaker.Trips(new BreakerCounts(100, 11, 11, removed), limits).Select(t => t.Level));
    }

    [Fact]
    public void Override_needs_two_people_a_reason_and_a_near_end()
    {
        var wrong = new BreakerOverride(["ada"], " ", Inputs.Now, Inputs.Now.AddHours(25));

        Assert.Equal(3, wrong.Problems().Length);
        Assert.False(wrong.IsInForce(Inputs.Now));
    }

    [Fact]
    public void Share_is_about_as_large_as_asked_grows_without_losing_anyone_and_differs_by_rule()
    {
        byte[] key = [1, 2, 3];
        var accounts = Enumerable.Range(0, 10_000).Select(i => $"account-{i}").ToList();
        HashSet<string> In(string rule, double share) => [.. accounts.Where(a => AccountShare.Contains(key, "tenant", a, rule, share))];

        Assert.InRange(In("rule", 0.1).Count, 900, 1_100);
        Assert.Subset(In("rule", 0.3), In("rule", 0.1));
        Assert.InRange(In("rule", 0.1).Intersect(In("other", 0.1)).Count(), 50, 160);
        Assert.Equal((0, 10_000), (In("rule", 0).Count, In("rule", 1).Count));
    }

    [Fact]
    public void Campaign_is_held_to_its_bounds_and_ends_by_itself()
    {
        var policy = PolicyCompiler.Compile(
            "version: a@1\nthresholds: { high: { value: 0.8, min: 0.7, max: 0.9 } }\nclauses: []\nrules: []\n").Policy!; // it compiles
        var good = new Campaign
        {
            Id = "c1",
            Categories = [HarmCategory.FraudSpam],
            Reason = "A wave of fraud",
            Owner = "ada",
            Start = Inputs.Now,
            End = Inputs.Now.AddDays(31),
            Thresholds = ImmutableSortedDictionary<string, double>.Empty.Add("high", 0.7),
            Budget = 100,
        };
        string[] Problems(Campaign campaign, params Campaign[] earlier) => [.. CampaignRules.Problems(campaign, policy, earlier, id => id == "reported")];

        Assert.Empty(Problems(good));
        Assert.Single(Problems(good with { End = good.End.AddSeconds(1) }));
        Assert.Single(Problems(good with { Categories = [(HarmCategory)99] }));
        Assert.Single(Problems(good with { Thresholds = good.Thresholds.SetItem("high", 0.69) }));
        Assert.Single(Problems(good with { Thresholds = good.Thresholds.Add("low", 0.5) }));
        Assert.Equal(5, Problems(good with { Categories = [], Reason = "", Owner = "", Budget = 0, ReviewSampling = double.NaN }).Length);
        var next = good with { Id = "c2", Start = good.End.AddDays(30), End = good.End.AddDays(40) };
        Assert.Equal(2, Problems(next, good).Length);
        Assert.Empty(Problems(next with { Approvers = ["ada", "ben"] }, good with { Id = "reported" }));
        Assert.Empty(Problems(next with { Start = good.End.AddDays(31), End = good.End.AddDays(40) }, good));
        Assert.True(good.IsInForce(good.Start, 99));
        Assert.False(good.IsInForce(good.Start, 100) || good.IsInForce(good.End, 0));
    }
}
