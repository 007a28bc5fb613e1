using CsCheck;
using Xunit;
using static Moderation.Enforcement.Tests.Standing.Ledgers;

namespace Moderation.Enforcement.Tests.Standing;

public sealed class LedgerTests
{
    private static readonly LedgerEntry Removal = Entry(
        "x", Day(0), Strike(Day(0)),
        Measure(MeasureKind.Remove), Measure(MeasureKind.Label, Day(5)), Measure(MeasureKind.SuspendAccount, Day(3), fromLadder: true));

    private static string Reverted(LedgerEntry entry) =>
        string.Concat(entry.Measures.Select(m => m.RevertTime is null ? '.' : 'r')) + (entry.Strike?.RevertTime is null ? " ." : " r");

    [Theory]
    [InlineData(null, "rrr r")]
    [InlineData(1, "r.r r")]
    [InlineData(2, ".r. .")]
    [InlineData(3, "..r .")]
    public void Revert_takes_back_all_or_one_and_the_strike_with_what_gave_it(int? measure, string expected)
    {
        var reverted = Ledger.Revert(Removal, "d_later", Day(1), measure);

        Assert.Equal(expected, Reverted(reverted));
        Assert.All(reverted.Measures.Where(m => m.RevertTime is not null), m => Assert.Equal((Day(1), "d_later"), (m.RevertTime, m.RevertedBy)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Ledger.Revert(Removal, "d_later", Day(1), 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => Ledger.Revert(Removal, "d_later", Day(1), 0));
    }

    [Theory]
    [InlineData(1, false, "rrr r")]
    [InlineData(4, false, "rr. r")]
    [InlineData(9, false, "r.. r")]
    [InlineData(1, true, "rr. .")]
    public void Supersede_ends_what_is_still_open(int day, bool keepStrike, string expected)
    {
        Assert.Equal(expected, Reverted(Ledger.Supersede(Removal, "d_later", Day(day), keepStrike)));
    }

    [Fact]
    public void A_confirmed_strike_and_its_suspension_outlive_the_first_decision()
    {
        var confirmed = Ledger.Supersede(Commit([], "x", Strike(Day(0), severity: 4)), "d_later", Day(0.5), keepStrike: true);
        var later = Entry("y", Day(0.5), null, Measure(MeasureKind.Remove));
        var standing = StandingFold.Fold([confirmed, later], Day(0.6));

        Assert.Equal((2, Day(1)), (standing.Level, Assert.Single(standing.AccountMeasures).End));
        Assert.Equal("d_y", Assert.Single(standing.PostMeasures).DecisionId);
    }

    [Fact]
    public void A_single_revert_leaves_the_removal_that_gave_the_strike()
    {
        var two = Entry("x", Day(0), Strike(Day(0)), Measure(MeasureKind.Remove), Measure(MeasureKind.Remove, rule: "other"));

        var one = Ledger.Revert(two, "d_later", Day(1), 1);

        Assert.Equal("r. .", Reverted(one));
        Assert.Equal("rr r", Reverted(Ledger.Revert(one, "d_last", Day(2), 2)));
    }

    [Fact]
    public void Edits_made_twice_change_nothing()
    {
        Gen.Select(Any, Time, Time).Sample(
            (ledger, first, second) => ledger.All(entry =>
            {
                var reverted = Ledger.Revert(entry, "d_a", first);
                var superseded = Ledger.Supersede(entry, "d_a", first, keepStrike: false);
                return Same(reverted, Ledger.Revert(reverted, "d_b", second))
                    && Same(superseded, Ledger.Supersede(superseded, "d_a", first, keepStrike: false));
            }),
            iter: 1000, threads: 1);

        static bool Same(LedgerEntry a, LedgerEntry b) => a.Measures.SequenceEqual(b.Measures) && a.Strike == b.Strike;
    }
}
