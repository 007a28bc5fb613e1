using CsCheck;
using Xunit;

namespace Moderation.Enforcement.Tests.Policy;

/// <summary>Rules at different stages: what may act, and that nothing else changes by it.</summary>
public sealed class StagedPolicyTests
{
    private static readonly byte[] Key = [7, 7, 7];
    private static readonly CompiledPolicy Basis = DefaultPolicy.Policy;
    private static readonly CompiledPolicy Next = Compile("hate.reach");

    private static CompiledPolicy Compile(string changed)
    {
        var yaml = DefaultPolicy.Yaml.Replace("version: default@1", "version: default@2", StringComparison.Ordinal)
            .Replace("text.score.hate >= t.hate_moderate", "text.score.hate >= 0.2", StringComparison.Ordinal);
        var policy = PolicyCompiler.Compile(yaml).Policy!; // the default policy compiles, and a lower number changes nothing about that
        Assert.Contains(policy.Rules, r => r.Id == changed);
        return policy;
    }

    private static StagedPolicy Staged(RuleStage stage, double share = 1, RuleStage basis = RuleStage.Live, BreakerOverride? given = null) => StagedPolicy.Of(
        Basis, Basis.Rules.Select(r => new StagedRule(r, Basis.Version, r.Id == "hate.reach" ? basis : RuleStage.Live)), Next,
        [new StagedRule(Next.Rules.Single(r => r.Id == "hate.reach"), Next.Version, stage, share, given)], Key);

    private static PolicyInput Of(string account, double hate)
    {
        var input = Inputs.Plain.WithScore(HarmCategory.Hate, hate);
        return input with { Post = input.Post with { AccountId = account } };
    }

    [Fact]
    public void Plain_policy_and_one_in_shadow_decide_as_the_policy_in_force_for_a_hundred_thousand_inputs()
    {
        var (plain, shadow) = (StagedPolicy.Of(Basis), Staged(RuleStage.Shadow));
        Assert.True(plain.IsPlain && !shadow.IsPlain);

        Inputs.Any.Sample(
            input =>
            {
                var expected = PolicyEngine.Decide(input, Basis).ToCanonicalText();
                return PolicyEngine.Decide(input, plain).ToCanonicalText() == expected
                    && (PolicyEngine.Decide(input, shadow) with { Observed = [] }).ToCanonicalText() == expected;
            },
            iter: 100_000, threads: 1);
    }

    [Fact]
    public void Rule_on_its_way_that_is_live_decides_as_its_policy()
    {
        var live = Staged(RuleStage.Live);

        Inputs.Any.Sample(
            input => PolicyEngine.Decide(input, live).Measures.Select(m => (m.Kind, m.RuleId)).SequenceEqual(
                PolicyEngine.Decide(input, Next).Measures.Select(m => (m.Kind, m.RuleId))),
            iter: 5_000, threads: 1);
    }

    [Fact]
    public void Partial_rule_stands_in_for_the_one_it_changes_on_its_share_and_observes_the_others()
    {
        var partial = Staged(RuleStage.Partial, 0.3);
        var outcomes = Enumerable.Range(0, 2_000).Select(i => (Account: $"a-{i}", Outcome: PolicyEngine.Decide(Of($"a-{i}", 0.3), partial))).ToList();

        var acted = outcomes.Where(o => o.Outcome.Fired.Any(f => f.RuleId == "hate.reach")).ToList();
        Assert.InRange(acted.Count, 480, 720);
        Assert.All(acted, o => Assert.True(AccountShare.Contains(Key, "tenant", o.Account, "hate.reach", 0.3)));
        Assert.All(outcomes.Except(acted), o => Assert.Equal("hate.reach", Assert.Single(o.Outcome.Observed).RuleId));
        // Above the old threshold everybody is judged once, by one of the two.
        Assert.All(
            Enumerable.Range(0, 200).Select(i => PolicyEngine.Decide(Of($"a-{i}", 0.6), partial)), o => Assert.Single(o.Fired, f => f.RuleId == "hate.reach"));
    }

    [Fact]
    public void Suspended_rule_asks_for_review_and_an_override_lets_it_act_only_where_it_acted()
    {
        var given = new BreakerOverride(["ada", "ben"], "A wave.", Inputs.Now.AddMinutes(-1), Inputs.Now.AddHours(1));
        var suspended = PolicyEngine.Decide(Of("a", 0.3), Staged(RuleStage.Suspended));
        Assert.Equal((Verdict.ReviewOnly, RuleStage.Suspended), (suspended.Verdict, Assert.Single(suspended.Fired).Stage));
        Assert.Equal(Verdict.Measures, PolicyEngine.Decide(Of("a", 0.3), Staged(RuleStage.Suspended, given: given)).Verdict);

        var partly = Staged(RuleStage.Suspended, 0.3, given: given);
        var acted = Enumerable.Range(0, 1_000).Count(i => PolicyEngine.Decide(Of($"a-{i}", 0.3), partly).Verdict == Verdict.Measures);
        Assert.InRange(acted, 220, 380);
        Assert.Equal(Verdict.ReviewOnly, PolicyEngine.Decide(Of("a", 0.3) with { Now = Inputs.Now.AddHours(1) }, partly).Verdict);
    }

    [Fact]
    public void Rule_in_force_that_is_taken_back_is_not_evaluated()
        => Assert.Equal(Verdict.NoAction, PolicyEngine.Decide(Of("a", 0.6), Staged(RuleStage.Draft, basis: RuleStage.Draft)).Verdict);

    [Fact]
    public void Decision_is_monotone_in_every_score_under_a_policy_that_only_asks_for_more()
    {
        var rules = string.Concat(Inputs.Scored.SelectMany(c => new[] { (0.3, "LABEL"), (0.6, "REDUCE_REACH"), (0.9, "HOLD_FOR_REVIEW") }.Select(step =>
            $"""
              - id: r{(int)c}.{step.Item2.ToLowerInvariant()}
                clause: c{(int)c}
                category: {TaxonomyNames.Of(c)}
                when: text.score.{TaxonomyNames.Of(c).ToLowerInvariant()} >= {step.Item1.ToString(System.Globalization.CultureInfo.InvariantCulture)}
                measures: [{step.Item2}]
                severity: 2

            """)));
        var clauses = string.Concat(Inputs.Scored.Select(c => $"  - {{ id: c{(int)c}, category: {TaxonomyNames.Of(c)}, title: t, text: t }}\n"));
        var compilation = PolicyCompiler.Compile($"version: only-more@1\nclauses:\n{clauses}rules:\n{rules}");
        Assert.Empty(compilation.Errors);
        var policy = compilation.Policy!; // there are no errors
        int Strictness(PolicyInput input) => PolicyEngine.Decide(input, policy).Measures.Select(m => MeasureMatrix.Strictness(m.Kind)).DefaultIfEmpty(-1).Max();

        var pairs = from scores in Gen.Double[0, 1].Array[Inputs.Scored.Length]
                    from more in Gen.Double[0, 1]
                    from which in Gen.Int[0, Inputs.Scored.Length - 1]
                    select (scores, more, which);
        pairs.Sample(
            pair =>
            {
                var low = Inputs.Plain with { Text = Inputs.Plain.Text with { Scores = Inputs.Scores(c => pair.scores[Inputs.Scored.IndexOf(c)]) } };
                var score = pair.scores[pair.which];
                var high = low.WithScore(Inputs.Scored[pair.which], score + (pair.more * (1 - score)));
                return Strictness(high) >= Strictness(low)
                    && PolicyEngine.Decide(low, policy).Fired.Select(f => f.RuleId).All(PolicyEngine.Decide(high, policy).Fired.Select(f => f.RuleId).Contains);
            },
            iter: 5_000, threads: 1);
    }

    [Theory]
    [InlineData("severity: 3", "severity: 2")]
    [InlineData("violence_high: { value: 0.80", "violence_high: { value: 0.81")]
    [InlineData("text.score.violence >= t.violence_high", "text.score.violence >= t.violence_high || post.is_reply")]
    public void Content_of_a_rule_changes_with_all_that_it_does_and_with_nothing_else(string before, string after)
    {
        var yaml = DefaultPolicy.Yaml;
        var at = yaml.IndexOf(before, yaml.IndexOf(before.StartsWith("severity", StringComparison.Ordinal) ? "- id: violence.hold" : "version", StringComparison.Ordinal), StringComparison.Ordinal);
        var changed = PolicyCompiler.Compile(yaml.Remove(at, before.Length).Insert(at, after)).Policy!; // still a policy
        var different = Basis.Rules.Zip(changed.Rules)
            .Where(r => !RuleContent.HashOf(r.First, Basis).AsSpan().SequenceEqual(RuleContent.HashOf(r.Second, changed))).Select(r => r.First.Id);

        Assert.Equal(["violence.hold"], different);
    }

    [Fact]
    public void Simulation_tells_what_changes_for_whom_and_what_could_not_be_evaluated()
    {
        var simulation = new PolicySimulation(Basis, Next, samples: 3);
        for (var i = 0; i < 100; i++)
            simulation.Add(Of($"a-{i % 10}", i < 40 ? 0.3 : 0.1), $"d-{i}");
        var unknown = Of("a-99", 0.1) with { Account = new AccountFacts() };
        simulation.Add(unknown with { Text = unknown.Text with { Status = SignalStatus.Unavailable } }, "d-100");

        var rule = simulation.Rules().Single(r => r.RuleId == "hate.reach");
        Assert.Equal((100, 1, 40, 0, 10, 3), (rule.Evaluated, rule.Unevaluated, rule.Hits, rule.HitsBefore, rule.Accounts, rule.Samples.Length));
        Assert.Equal((101, 40, 10), (simulation.Count, simulation.Changed, simulation.ChangedAccounts));
        Assert.InRange(rule.Rate.Low, 0.30, 0.32);
        Assert.InRange(rule.Rate.High, 0.49, 0.51);
        Assert.Equal(1, simulation.Rules().Single(r => r.RuleId == "fraud.burst").Unevaluated);
    }

    [Theory]
    [InlineData(0, 0, 0, 1)]
    [InlineData(0, 10, 0, 0.2775)]
    [InlineData(5, 10, 0.2366, 0.7634)]
    [InlineData(10, 10, 0.7225, 1)]
    public void Wilson_interval_is_that_of_the_books(long hits, long trials, double low, double high)
    {
        var interval = WilsonInterval.Of(hits, trials);
        Assert.Equal(low, interval.Low, 4);
        Assert.Equal(high, interval.High, 4);
    }
}
