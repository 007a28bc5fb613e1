using System.Collections.Immutable;
using CsCheck;
using Moderation.Contracts.V1;
using Xunit;

namespace Moderation.Enforcement.Tests.Policy;

/// <summary>What campaigns change about decisions, over the pure parts and a clock that is an input.</summary>
public sealed class CampaignBookTests
{
    private static readonly StagedPolicy Own = StagedPolicy.Of(DefaultPolicy.Policy);

    private static readonly Campaign Hate = new()
    {
        Id = "hate-march",
        Categories = [HarmCategory.Hate],
        Reason = "A wave",
        Owner = "ada",
        Start = Inputs.Now,
        End = Inputs.Now.AddDays(10),
        Thresholds = ImmutableSortedDictionary<string, double>.Empty.Add("hate_high", 0.7).Add("fraud_high", 0.8),
        Budget = 100,
        IsLive = true,
        Watch = TimeSpan.FromDays(7),
    };

    private static readonly PolicyInput Near = Inputs.Plain.WithScore(HarmCategory.Hate, 0.75);

    private static CampaignBook Book(params Campaign[] campaigns) => Book(DefaultPolicy.Policy, DefaultPolicy.Yaml, campaigns);

    private static CampaignBook Book(CompiledPolicy policy, string yaml, params Campaign[] campaigns) => new(
        StagedPolicy.Of(policy),
        campaigns.Select(c => CampaignBook.Entry(
            c, [(policy, values => PolicyCompiler.Compile(yaml, new PolicySources { Thresholds = values }).Policy)])));

    private static MeasureKind[] Kinds(PolicyOutcome outcome) => [.. outcome.Measures.Select(m => m.Kind)];

    [Fact]
    public void Campaign_moves_thresholds_of_its_harms_from_its_start_to_its_end_and_nothing_else()
    {
        var book = Book(Hate);
        CampaignWeighing At(PolicyInput input, TimeSpan after) => book.Weigh(input with { Now = Inputs.Now + after })!; // the campaign covers every post

        Assert.Equal([MeasureKind.ReduceReach], Kinds(PolicyEngine.Decide(Near, Own)));
        Assert.Equal([MeasureKind.ReduceReach], Kinds(At(Near, -TimeSpan.FromTicks(1)).Moved));
        var during = At(Near, TimeSpan.Zero);
        Assert.Equal([MeasureKind.HoldForReview], Kinds(during.Moved));
        Assert.Contains(during.Moved.Fired.Single(f => f.RuleId == "hate.hold").Evidence, e => (e.Name, e.Value) == ("t.hate_high", "0.7"));
        Assert.Equal("hate-march", Assert.Single(during.Spending).Id);
        Assert.Equal([MeasureKind.HoldForReview], Kinds(At(Near, TimeSpan.FromDays(10) - TimeSpan.FromTicks(1)).Moved));
        var after = At(Near, TimeSpan.FromDays(10));
        Assert.Equal([MeasureKind.ReduceReach], Kinds(after.Moved));
        Assert.Equal((CampaignPart.After, false), (after.Touches[0].Part, after.Touches[0].Causes));
        Assert.Null(book.Weigh(Near with { Now = Inputs.Now.AddDays(17) }));

        // fraud_high is moved, but no rule about hate reads it, and rules about fraud are not concerned.
        var fraud = Inputs.Plain.WithScore(HarmCategory.FraudSpam, 0.85);
        Assert.Equal(Kinds(PolicyEngine.Decide(fraud, Own)), Kinds(At(fraud, TimeSpan.Zero).Moved));
    }

    [Theory]
    [InlineData("c1", "en", "", true)]
    [InlineData("c2", "en", "", false)]
    [InlineData("", "en", "", false)]
    [InlineData("c1", "de", "", false)]
    [InlineData("c1", "en-GB", "", true)]
    [InlineData("c1", "und", "en-US", true)]
    [InlineData("c1", "und", "", false)]
    public void Campaign_covers_its_channels_and_languages(string channel, string found, string named, bool covers)
    {
        var book = Book(Hate with { Channels = ["c1"], Languages = ["en"] });
        var input = Near with { Post = Near.Post with { ChannelId = channel, Language = named }, Text = Near.Text with { Language = found } };
        Assert.Equal(covers, book.Weigh(input) is not null);
    }

    [Fact]
    public void Shadow_changes_nothing_and_says_what_it_would()
    {
        var weighed = Book(Hate with { IsLive = false }).Weigh(Near)!; // it covers every post
        Assert.Equal(PolicyEngine.Decide(Near, Own).ToCanonicalText(), weighed.Moved.ToCanonicalText());
        Assert.Equal((CampaignPart.Before, true, false), (weighed.Touches[0].Part, weighed.Touches[0].Causes, weighed.Touches[0].Spares));
        Assert.Empty(weighed.Spending);

        var looser = Hate with { IsLive = false, Thresholds = ImmutableSortedDictionary<string, double>.Empty.Add("hate_high", 0.99) };
        var spared = Book(looser).Weigh(Inputs.Plain.WithScore(HarmCategory.Hate, 0.9))!; // as above
        Assert.Equal((false, true), (spared.Touches[0].Causes, spared.Touches[0].Spares));
        Assert.Null(Book(Hate with { IsLive = false }).Weigh(Near with { Now = Hate.End }));
    }

    [Fact]
    public void Without_budget_a_person_looks_and_the_policys_own_measures_stand()
    {
        var weighed = Book(Hate).Weigh(Near)!; // it covers every post
        var unpaid = weighed.Outcome(Near, isPaid: false);
        Assert.Equal([MeasureKind.ReduceReach], Kinds(unpaid));
        Assert.Contains(unpaid.ReviewReasons, r => (r.Code, r.Detail) == (ReviewReason.Rule, "hate.hold"));
        Assert.Equal(weighed.Moved, weighed.Outcome(Near, isPaid: true));
    }

    [Fact]
    public void Two_campaigns_move_each_their_own_harm()
    {
        var fraud = Hate with { Id = "fraud-march", Categories = [HarmCategory.FraudSpam], Start = Inputs.Now.AddDays(1) };
        var book = Book(fraud, Hate);
        var input = Inputs.Plain.WithScore(HarmCategory.FraudSpam, 0.85).WithScore(HarmCategory.Hate, 0.75);
        Assert.Equal(["hate-march"], book.Weigh(input)!.Spending.Select(c => c.Id)); // both cover every post
        // Both hold: either alone would have caused it.
        Assert.Equal(["hate-march", "fraud-march"], book.Weigh(input with { Now = fraud.Start })!.Spending.Select(c => c.Id));
        Assert.Equal([MeasureKind.HoldForReview], Kinds(PolicyEngine.Decide(input, book.With(new HashSet<string> { "fraud-march" }))));
    }

    [Fact]
    public void Value_that_a_later_policy_does_not_allow_moves_nothing()
    {
        var yaml = DefaultPolicy.Yaml.Replace("hate_high: { value: 0.80, min: 0.70", "hate_high: { value: 0.80, min: 0.75", StringComparison.Ordinal);
        var weighed = Book(PolicyCompiler.Compile(yaml).Policy!, yaml, Hate).Weigh(Near)!; // it compiles, and the campaign covers every post
        Assert.Equal([MeasureKind.ReduceReach], Kinds(weighed.Moved));
        Assert.DoesNotContain("hate_high", weighed.Touches[0].Thresholds.Keys);
    }

    private static readonly Gen<Campaign> AnyCampaign =
        from harms in Gen.Int[1, 9].HashSet[1, 4]
        from places in Gen.Double[0, 1].Array[DefaultPolicy.Policy.Thresholds.Count]
        from moved in Gen.Bool.Array[DefaultPolicy.Policy.Thresholds.Count]
        from live in Gen.Bool
        from sampling in Gen.Double[0, 1]
        select Hate with
        {
            Categories = [.. harms.Select(h => (HarmCategory)h)],
            Thresholds = DefaultPolicy.Policy.Thresholds.Values.Select((t, i) => (t, i)).Where(t => moved[t.i])
                .ToImmutableSortedDictionary(t => t.t.Name, t => t.t.Least + (places[t.i] * (t.t.Most - t.t.Least)), StringComparer.Ordinal),
            IsLive = live,
            ReviewSampling = sampling,
        };

    /// <summary>Whatever a campaign moves: the rules, harms and measures are the policy's, each measure can be explained and appealed against.</summary>
    [Fact]
    public void No_campaign_adds_a_harm_or_takes_a_right()
    {
        var rules = DefaultPolicy.Policy.Rules.ToDictionary(r => r.Id, StringComparer.Ordinal);
        AnyCampaign.Select(c => Book(c)).Sample(
            book => Inputs.Any.Sample(
                input =>
                {
                    var weighed = book.Weigh(input)!; // it covers every post
                    foreach (var outcome in new[] { weighed.Moved, weighed.Outcome(input, isPaid: false) })
                    {
                        Assert.All(outcome.Fired, f => Assert.Equal((rules[f.RuleId].Category, rules[f.RuleId].Clause.Id), (f.Category, f.ClauseId)));
                        Assert.All(outcome.Measures, m => Assert.Contains(m.RuleIds, id => rules[id].Measures.Contains(m.Kind)));
                        Assert.All(outcome.Measures, m => Assert.Null(MeasureMatrix.Check(m.Category, m.Kind, rules[m.RuleId].Basis, Decider.Automatic)));
                        if (outcome.Measures.Length > 0)
                            Explained(outcome);
                    }
                    Assert.Subset(weighed.Own.Measures.Select(m => m.Kind).ToHashSet(), weighed.Outcome(input, isPaid: false).Measures.Select(m => m.Kind).ToHashSet());
                    if (weighed.Touches[0].Part != CampaignPart.During)
                        Assert.Equal(weighed.Own.ToCanonicalText(), weighed.Moved.ToCanonicalText());
                },
                iter: 60, threads: 1),
            iter: 25, threads: 1);
    }

    private static void Explained(PolicyOutcome outcome)
    {
        var statement = StatementBuilder.Build(
            new StatementRequest
            {
                Measures = [.. outcome.Measures.Select(m => new ExplainedMeasure(m.Kind, m.Category, m.ClauseId, StatementSubject.Post))],
                Origin = DecisionOrigin.Rule,
                DecidedAt = Inputs.Now,
                AuthorLanguage = "en",
            },
            DefaultPolicy.Policy.Clauses);
        Assert.Equal(Inputs.Now.AddMonths(StatementBuilder.AppealMonths), statement.AppealEnd);
        Assert.NotEmpty(NoticeBuilder.Build(statement).Body);
    }

    /// <summary>A plan has no field that could name a right or a harm of its own; a new one must be thought about here.</summary>
    [Fact]
    public void Plan_has_nothing_else_to_change()
        => Assert.Equal(
            [
                "categories", "channel_ids", "languages", "reason", "owner", "start_time", "end_time", "thresholds", "review_sampling", "review_boost", "budget",
            ],
            CampaignPlan.Descriptor.Fields.InFieldNumberOrder().Select(f => f.Name));

    [Fact]
    public void Stratified_share_is_that_of_its_strata_by_weight()
    {
        Assert.Equal(new StratifiedShare(0, 0, 1, 1), StratifiedShare.Of([new Stratum(100, 0, 0), new Stratum(0, 0, 0)]));
        var one = StratifiedShare.Of([new Stratum(1_000, 50, 5)]);
        var wilson = WilsonInterval.Of(5, 50);
        Assert.Equal((0.1, wilson.Low, wilson.High), (one.Share, one.Low, one.High));
        var two = StratifiedShare.Of([new Stratum(900, 100, 1), new Stratum(100, 100, 80)]);
        Assert.Equal(0.9 * 0.01 + 0.1 * 0.8, two.Share, 12);
        // Posts that nobody looked at may all be harmful.
        var unknown = StratifiedShare.Of([new Stratum(900, 100, 1), new Stratum(100, 0, 0)]);
        Assert.Equal((0.1, 0.9 * 0.01), (unknown.Unsampled, unknown.Share));
        Assert.True(unknown.High > two.High && unknown.Low < two.Low);
    }

    /// <summary>The interval does what it says: it holds the true share in about 95 of 100 samples, also for a rare harm.</summary>
    [Fact]
    public void Stratified_interval_holds_the_share_nineteen_times_of_twenty()
    {
        var (random, held) = (new Random(7), 0);
        double[] shares = [0.02, 0.7];
        long[] posts = [9_500, 500];
        int[] samples = [200, 60];
        var truth = shares.Zip(posts, (s, p) => s * p).Sum() / posts.Sum();
        for (var run = 0; run < 2_000; run++)
        {
            var estimate = StratifiedShare.Of([.. shares.Select((s, i) => new Stratum(
                posts[i], samples[i], Enumerable.Range(0, samples[i]).Count(_ => random.NextDouble() < s)))]);
            held += estimate.Low <= truth && truth <= estimate.High ? 1 : 0;
        }

        Assert.InRange(held / 2_000.0, 0.93, 0.985);
    }
}
