using CsCheck;
using Xunit;

namespace Moderation.Enforcement.Tests.Policy;

public sealed class PolicyEngineTests
{
    private static int Strictness(PolicyOutcome outcome) => outcome.Measures.Length == 0 ? 0 : outcome.Measures.Max(m => MeasureMatrix.Strictness(m.Kind));

    [Fact]
    public void Decide_is_monotone_in_each_score()
    {
        Gen.Select(Inputs.Any, Gen.Int[0, Inputs.Scored.Length - 1], Gen.Double[0, 1], Gen.Double[0, 1]).Sample(
            (input, index, a, b) =>
            {
                var category = Inputs.Scored[index];
                var lower = PolicyEngine.Decide(input.WithScore(category, Math.Min(a, b)), DefaultPolicy.Policy);
                var higher = PolicyEngine.Decide(input.WithScore(category, Math.Max(a, b)), DefaultPolicy.Policy);
                return Strictness(lower) <= Strictness(higher) && lower.Verdict <= higher.Verdict
                    && lower.Fired.All(f => higher.Fired.Any(g => g.RuleId == f.RuleId));
            },
            iter: 3000, threads: 1);
    }

    [Fact]
    public void Decide_twice_gives_the_same_outcome()
    {
        var again = PolicyCompiler.Compile(DefaultPolicy.Yaml).Policy!; // the default policy compiles, as another test says

        Inputs.Any.Sample(
            input => PolicyEngine.Decide(input, DefaultPolicy.Policy).ToCanonicalText() == PolicyEngine.Decide(input, again).ToCanonicalText(),
            iter: 3000, threads: 1);
    }

    [Fact]
    public void Decide_without_any_signal_never_restricts_and_queues()
    {
        Inputs.Any.Sample(
            input =>
            {
                var outcome = PolicyEngine.Decide(
                    input with
                    {
                        Text = input.Text with { Status = SignalStatus.Unavailable },
                        Media = input.Media with { Status = SignalStatus.Unavailable },
                        Claims = input.Claims with { Status = SignalStatus.Unavailable },
                        Account = new AccountFacts(),
                    },
                    DefaultPolicy.Policy);
                return !outcome.IsRestrictive && outcome.Verdict == Verdict.ReviewOnly
                    && outcome.ReviewReasons.Select(r => r.Detail).SequenceEqual(["text", "media", "claims"]);
            },
            iter: 1000, threads: 1);
    }

    [Fact]
    public void Decide_never_rests_a_measure_on_a_signal_that_is_not_available()
    {
        Inputs.Any.Sample(
            input =>
            {
                var fired = PolicyEngine.Decide(input, DefaultPolicy.Policy).Fired;
                return fired.All(f =>
                    (!f.Basis.HasFlag(EvidenceBasis.TextScore) || input.Text is { Status: SignalStatus.Available, OutOfDomain: false })
                    && (!f.Basis.HasFlag(EvidenceBasis.MediaMatch) || input.Media.Status == SignalStatus.Available)
                    && (!f.Basis.HasFlag(EvidenceBasis.ClaimMatch) || input.Claims.Status == SignalStatus.Available));
            },
            iter: 3000, threads: 1);
    }

    [Fact]
    public void Decide_never_crosses_a_line_of_the_matrix()
    {
        Inputs.Any.Sample(
            input =>
            {
                var outcome = PolicyEngine.Decide(input, DefaultPolicy.Policy);
                return outcome.Fired.All(f => f.Measures.All(m => MeasureMatrix.Check(f.Category, m, f.Basis, Decider.Automatic) is null));
            },
            iter: 2000, threads: 1);
    }

    [Fact]
    public void Decide_out_of_domain_text_is_noted_and_stands()
    {
        var input = Inputs.Plain.WithScore(HarmCategory.Hate, 0.99);

        var outcome = PolicyEngine.Decide(input with { Text = input.Text with { OutOfDomain = true } }, DefaultPolicy.Policy);

        Assert.Equal(Verdict.NoAction, outcome.Verdict);
        Assert.Contains(PolicyEngine.OutOfDomain, outcome.Notes);
    }

    [Fact]
    public void Decide_records_the_values_that_a_rule_read_with_their_passages()
    {
        var input = Inputs.Plain.WithScore(HarmCategory.Hate, 0.6125);
        input = input with { Text = input.Text with { Spans = [new TextSpan(HarmCategory.Hate, 3, 9), new TextSpan(HarmCategory.Violence, 1, 2)] } };

        var fired = Assert.Single(PolicyEngine.Decide(input, DefaultPolicy.Policy).Fired);

        var evidence = Assert.Single(fired.Evidence, e => e.Name == "text.score.hate");
        Assert.Equal("0.6125", evidence.Value);
        Assert.Equal([new TextSpan(HarmCategory.Hate, 3, 9)], evidence.Spans);
        Assert.Contains(fired.Evidence, e => e.Name == "t.hate_moderate" && e.Value == "0.5");
    }

    [Fact]
    public void Decide_rule_that_only_counts_matches_does_not_reach_child_safety_without_its_match()
    {
        var policy = PolicyCompiler.Compile("""
            version: test@1
            clauses: [{ id: child, category: CHILD_SEXUAL_EXPLOITATION, title: Children, text: Never. }]
            rules: [{ id: any, clause: child, category: CHILD_SEXUAL_EXPLOITATION, when: 'media.matches.size() >= 0', measures: [REMOVE], severity: 4 }]
            """).Policy!; // it compiles: it rests on media matches
        var other = new BankMatch("m1", "bank", "entry", HarmCategory.Violence, HashKind.Sha256, 0, 100);

        var without = PolicyEngine.Decide(Inputs.Plain with { Media = new MediaSignal { Status = SignalStatus.Available, Matches = [other] } }, policy);
        var with = PolicyEngine.Decide(
            Inputs.Plain with
            {
                Media = new MediaSignal { Status = SignalStatus.Available, Matches = [other with { Category = HarmCategory.ChildSexualExploitation }] },
            },
            policy);

        Assert.Equal(Verdict.NoAction, without.Verdict);
        Assert.Equal(MeasureKind.Remove, Assert.Single(with.Measures).Kind);
    }

    [Fact]
    public void Decide_rule_that_faults_does_not_fire_and_is_recorded()
    {
        var policy = PolicyCompiler.Compile("""
            version: test@1
            clauses: [{ id: fraud, category: FRAUD_SPAM, title: Fraud, text: None. }]
            rules: [{ id: ratio, clause: fraud, category: FRAUD_SPAM, when: 'post.text_length / post.link_count < 5', measures: [LABEL], severity: 1 }]
            """).Policy!; // it compiles: the division is known to fail only now

        var outcome = PolicyEngine.Decide(Inputs.Plain with { Post = Inputs.Plain.Post with { LinkCount = 0 } }, policy);

        Assert.Equal(Verdict.NoAction, outcome.Verdict);
        var fault = Assert.Single(outcome.Faults);
        Assert.Equal(("ratio", "division by zero"), (fault.RuleId, fault.Fault.Describe()));
    }

    [Fact]
    public void Decide_labels_each_harm_for_itself()
    {
        var input = Inputs.Plain.WithScore(HarmCategory.SelfHarm, 0.7) with
        {
            Claims = new ClaimSignal { Status = SignalStatus.Available, Matches = [new ClaimMatch("claim", 0.9)] },
        };

        var outcome = PolicyEngine.Decide(input, DefaultPolicy.Policy);

        Assert.Equal(
            [(MeasureKind.Label, HarmCategory.SelfHarm), (MeasureKind.Label, HarmCategory.FalseClaim)],
            outcome.Measures.Select(m => (m.Kind, m.Category)));
    }

    [Fact]
    public void Scores_outside_of_a_probability_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => CategoryScores.Of([KeyValuePair.Create(HarmCategory.Hate, 1.01)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => CategoryScores.Of([KeyValuePair.Create(HarmCategory.Hate, double.NaN)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => CategoryScores.Of([KeyValuePair.Create(HarmCategory.ChildSexualExploitation, 0.5)]));
    }
}
