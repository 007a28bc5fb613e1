using CsCheck;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Submit;
using Verdict = Moderation.ModCtl.Submit.Verdict; // the contract has one of its own

namespace Moderation.ModCtl.Tests.Submit;

public sealed class TallyTests
{
    [Fact]
    public void Quantile_is_within_two_percent_of_the_exact_one()
        => Gen.Double[1e-4, 100].Array[1, 300].Select(Gen.Double[0.01, 1]).Sample((seconds, share) =>
        {
            var histogram = new LatencyHistogram();
            Array.ForEach(seconds, s => histogram.Add(TimeSpan.FromSeconds(s)));
            var exact = seconds.Order().ElementAt(Math.Max(0, (int)Math.Ceiling(share * seconds.Length) - 1));
            var found = histogram.Quantile(share)?.TotalSeconds ?? 0;
            Assert.InRange(found, exact * 0.9999, exact * 1.0201);
        });

    [Fact]
    public void Quantile_of_nothing_is_none() => Assert.Null(new LatencyHistogram().Quantile(0.5));

    [Fact]
    public void Verdicts_count_each_category_and_measure_of_a_post_once()
    {
        var tally = new Tally();
        var decision = new Decision { Outcome = DecisionOutcome.Measures };
        decision.Measures.Add(new Measure { Category = HarmCategory.SelfHarm, Kind = MeasureKind.Label });
        decision.Measures.Add(new Measure { Category = HarmCategory.SelfHarm, Kind = MeasureKind.Label });
        decision.Measures.Add(new Measure { Category = HarmCategory.Hate, Kind = MeasureKind.ReduceReach });
        tally.AddDecided(Verdict.Of(decision), TimeSpan.FromMilliseconds(1), followed: false);
        tally.AddDecided(Verdict.Of(new Decision { Outcome = DecisionOutcome.NoAction }), TimeSpan.FromMilliseconds(1), followed: true);
        tally.AddEarlier(new Dictionary<(string, string), long> { [("-", "NO_ACTION")] = 5 });
        Assert.Equal([("-", "NO_ACTION", 6), ("HATE", "REDUCE_REACH", 1), ("SELF_HARM", "LABEL", 1)], tally.Verdicts());
        Assert.Equal((2, 1), (tally.Decided, tally.Followed));
    }

    [Fact]
    public void Verdict_of_a_missing_signal_names_the_signal()
    {
        var decision = new Decision { Outcome = DecisionOutcome.ReviewOnly };
        decision.Reasons.Add(new Reason { Code = "SIGNAL_UNAVAILABLE" });
        decision.Reasons.Add(new Reason { RuleId = "r", Category = HarmCategory.Violence });
        Assert.Equal([("SIGNAL_UNAVAILABLE", "REVIEW_ONLY"), ("VIOLENCE", "REVIEW_ONLY")], Verdict.Of(decision).Lines);
    }

    [Fact]
    public void Verdict_written_and_read_is_the_same()
    {
        var verdict = new Verdict([("HATE", "REMOVE"), ("-", "NO_ACTION")]);
        Assert.Equal(verdict.Lines, Verdict.Parse(verdict.ToString())?.Lines);
        Assert.Null(Verdict.Parse("HATE"));
    }

    [Fact]
    public void AddUndecided_counts_all_and_keeps_the_first_as_examples()
    {
        var tally = new Tally();
        for (var i = 0; i < 50; i++)
        {
            tally.AddUndecided(i < 10 ? "A" : "B", $"f:{i}", "x");
        }

        Assert.Equal([("B", 40), ("A", 10)], tally.Reasons());
        Assert.Equal(Tally.MaxExamples, tally.Examples().Count);
        Assert.Equal(50, tally.Undecided);
    }
}
