using CsCheck;
using Xunit;
using static Moderation.Enforcement.Tests.Standing.Ledgers;

namespace Moderation.Enforcement.Tests.Standing;

public sealed class StrikeLadderTests
{
    [Fact]
    public void Next_climbs_the_published_steps()
    {
        // 60 days apart, so that the limit of suspensions does not cut in.
        var ledger = Commit(Strike(Day(0), severity: 4, rule: "a"));
        var first = ledger[0].Measures[1];
        var warned = StrikeLadder.Next([], Strike(Day(0)), Day(0));
        var third = StrikeLadder.Next(ledger, Strike(Day(60)), Day(60));
        var fourth = StrikeLadder.Next(ledger, Strike(Day(60), severity: 4), Day(60));

        Assert.Equal(new LadderStep(MeasureKind.WarnAccount, null, false, 1), warned);
        Assert.Equal((MeasureKind.SuspendAccount, Day(1)), (first.Kind, first.End));
        Assert.Equal(new LadderStep(MeasureKind.SuspendAccount, TimeSpan.FromDays(3), false, 3), third);
        Assert.Equal(new LadderStep(MeasureKind.SuspendAccount, TimeSpan.FromDays(7), false, 4), fourth);
        Assert.Equal(TimeSpan.FromDays(7), StrikeLadder.Steps.Max(s => s.Duration));
    }

    [Fact]
    public void Next_gives_no_step_to_a_strike_that_joins_an_incident_or_weighs_nothing()
    {
        var ledger = Commit(Strike(Hour(0), fingerprint: "f"));

        Assert.Null(StrikeLadder.Next(ledger, Strike(Hour(20)), Hour(20)));
        Assert.Null(StrikeLadder.Next(ledger, Strike(Day(9), rule: "hate.words", fingerprint: "f"), Day(9)));
        Assert.Null(StrikeLadder.Next(ledger, Strike(Day(9), severity: 1), Day(9)));
        Assert.NotNull(StrikeLadder.Next(ledger, Strike(Hour(25)), Hour(25)));
    }

    [Fact]
    public void Next_counts_an_incident_of_several_strikes_once()
    {
        var ledger = Commit(Strike(Hour(0)), Strike(Hour(5)), Strike(Hour(10)));

        Assert.Equal(new LadderStep(MeasureKind.SuspendAccount, TimeSpan.FromDays(1), false, 2), StrikeLadder.Next(ledger, Strike(Day(5)), Day(5)));
    }

    [Fact]
    public void Next_forgets_what_was_reverted()
    {
        var ledger = Commit(Strike(Day(0)), Strike(Day(2)));
        IReadOnlyList<LedgerEntry> reverted = [Ledger.Revert(ledger[0], "d_later", Day(3)), ledger[1]];

        Assert.Equal(3, StrikeLadder.Next(ledger, Strike(Day(4)), Day(4))?.Level);
        Assert.Equal(2, StrikeLadder.Next(reverted, Strike(Day(4)), Day(4))?.Level);
    }

    [Fact]
    public void Next_cuts_a_suspension_to_what_fits_and_then_asks_a_person()
    {
        // Levels 2, 3, 4, 5: one day, three days, then three of seven, then nothing.
        var ledger = Commit(Strike(Day(0), severity: 4), Strike(Day(2)), Strike(Day(6)));
        var none = StrikeLadder.Next(ledger, Strike(Day(12)), Day(12));
        var later = StrikeLadder.Next(ledger, Strike(Day(31)), Day(31));

        Assert.Equal([Day(1), Day(5), Day(9)], ledger.Select(e => e.Measures[1].End));
        Assert.Equal(new LadderStep(MeasureKind.SuspendAccount, null, NeedsPerson: true, 5), none);
        // Four from day 31 on: the window that ends with them begins at day 5 and has the three from day 6.
        Assert.Equal(TimeSpan.FromDays(4), later?.Duration);
    }

    [Fact]
    public void Next_counts_a_reverted_suspension_for_as_long_as_it_was_in_force()
    {
        var ledger = Commit(Strike(Day(0), severity: 4), Strike(Day(2), severity: 4));
        IReadOnlyList<LedgerEntry> reverted = [ledger[0], Ledger.Revert(ledger[1], "d_later", Day(4))];

        Assert.Equal(Day(8), ledger[1].Measures[1].End);
        // One day and two days were served: four are left of seven, of which level 3 takes three.
        var step = StrikeLadder.Next(reverted, Strike(Day(5)), Day(5));
        var top = StrikeLadder.Next(reverted, Strike(Day(5), severity: 4), Day(5));
        Assert.Equal((3, TimeSpan.FromDays(3)), (step?.Level, step?.Duration));
        Assert.Equal((4, TimeSpan.FromDays(4)), (top?.Level, top?.Duration));
    }

    [Fact]
    public void Next_leaves_peoples_suspensions_out_of_the_limit()
    {
        var person = Entry("p", Day(0), null, Measure(MeasureKind.SuspendAccount, Day(25))) with { By = Decider.Person };

        Assert.Equal(TimeSpan.FromDays(1), StrikeLadder.Next([person], Strike(Day(1), severity: 4), Day(1))?.Duration);
    }

    [Fact]
    public void Automatic_suspensions_never_exceed_seven_days_in_any_thirty()
    {
        // Commits at any times and in any order, with reverts between them.
        Gen.Select(AnyStrike, Gen.Int[0, 3], Gen.Int[0, 200]).Array[0, 30].Sample(
            steps =>
            {
                var ledger = new List<LedgerEntry>();
                foreach (var (strike, what, hours) in steps)
                {
                    ledger.Add(Commit(ledger, $"{ledger.Count:D4}", strike));
                    var last = ledger.Count - 1;
                    if (what == 0)
                        ledger[last / 2] = Ledger.Revert(ledger[last / 2], "d_later", ledger[last / 2].Time.AddHours(hours));
                }
                var longest = Longest(ledger);
                Assert.True(longest <= TimeSpan.FromDays(7), $"{longest} in 30 days");
            },
            iter: 1500, threads: 1);
    }

    [Fact]
    public void Automatic_suspensions_reach_the_limit()
    {
        // The property above would hold for a ladder that never suspends.
        Assert.Equal(TimeSpan.FromDays(7), Longest(Commit([.. Enumerable.Range(0, 20).Select(i => Strike(Day(i * 2), severity: 4))])));
    }

    /// <summary>
    /// The most that the ladder's suspensions last within 30 days, each counted for itself: by trying every window that begins or ends at an edge.
    /// </summary>
    private static TimeSpan Longest(IReadOnlyList<LedgerEntry> ledger)
    {
        var served = ledger
            .SelectMany(e => e.Measures.Where(m => m.FromLadder && m.Kind == MeasureKind.SuspendAccount)
                .Select(m => (From: e.Time.UtcTicks, To: Math.Min(m.End!.Value.UtcTicks, (m.RevertTime ?? DateTimeOffset.MaxValue).UtcTicks))))
            .ToList();
        var window = TimeSpan.FromDays(30).Ticks;
        var begins = served.SelectMany(s => new[] { s.From, s.To, s.From - window, s.To - window });
        return TimeSpan.FromTicks(begins
            .Select(begin => served.Sum(s => Math.Max(0, Math.Min(s.To, begin + window) - Math.Max(s.From, begin))))
            .DefaultIfEmpty(0)
            .Max());
    }
}
