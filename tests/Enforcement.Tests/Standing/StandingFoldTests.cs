using CsCheck;
using Xunit;
using static Moderation.Enforcement.Tests.Standing.Ledgers;

namespace Moderation.Enforcement.Tests.Standing;

public sealed class StandingFoldTests
{
    [Fact]
    public void Fold_equals_the_naive_model_for_any_ledger_and_time()
    {
        Gen.Select(Any, AnyNow).Sample(
            (ledger, now) => Text(StandingFold.Fold(ledger, now)) == Text(NaiveStanding.Fold(ledger, now)), iter: 4000, threads: 1);
    }

    [Fact]
    public void Fold_is_that_of_the_ledger_without_what_is_reverted()
    {
        Gen.Select(Any, AnyNow).Sample(
            (ledger, now) => Text(StandingFold.Fold(ledger, now)) == Text(StandingFold.Fold([.. NaiveStanding.StrikeOut(ledger, now)], now)),
            iter: 1500, threads: 1);
    }

    [Fact]
    public void Fold_does_not_depend_on_the_order_of_the_ledger()
    {
        Gen.Select(Any, AnyNow, Gen.Int).Sample(
            (ledger, now, seed) =>
            {
                var shuffled = ledger.ToArray();
                new Random(seed).Shuffle(shuffled);
                return Text(StandingFold.Fold(ledger, now)) == Text(StandingFold.Fold(shuffled, now));
            },
            iter: 1500, threads: 1);
    }

    [Fact]
    public void Revert_after_apply_is_the_identity()
    {
        Gen.Select(Any, AnyStrike, Time).Sample(
            (ledger, strike, now) =>
            {
                var applied = Commit(ledger, "zzzz", strike);
                var undone = ledger.Append(Ledger.Revert(applied, "d_later", now)).ToList();
                return Text(StandingFold.Fold(undone, now)) == Text(StandingFold.Fold(ledger, now));
            },
            iter: 1500, threads: 1);
    }

    [Fact]
    public void Fold_before_a_revert_is_as_it_was()
    {
        Gen.Select(Any.Where(l => l.Length > 0), Time, Gen.Int[0, 1000], Gen.Int[1, 1000]).Sample(
            (ledger, now, which, hours) =>
            {
                var reverted = ledger.SetItem(which % ledger.Length, Ledger.Revert(ledger[which % ledger.Length], "d_later", now.AddHours(hours)));
                return Text(StandingFold.Fold(ledger, now)) == Text(StandingFold.Fold(reverted, now));
            },
            iter: 1500, threads: 1);
    }

    [Fact]
    public void Fold_lets_no_measure_outlast_its_stored_end()
    {
        Gen.Select(Any, AnyNow).Sample(
            (ledger, now) =>
            {
                var standing = StandingFold.Fold(ledger, now);
                return standing.AccountMeasures.Concat(standing.PostMeasures).All(m =>
                {
                    var stored = ledger.Single(e => e.DecisionId == m.DecisionId).Measures[m.Number - 1];
                    return (stored.End is null || m.End <= stored.End) && (m.End is null || m.End > now) && m.Start <= now;
                });
            },
            iter: 1500, threads: 1);
    }

    [Fact]
    public void Overturning_an_earlier_strike_shortens_what_followed_from_it()
    {
        var ledger = Commit(Strike(Day(0)), Strike(Day(10)), Strike(Day(20)));
        Assert.Equal(Day(23), Assert.Single(StandingFold.Fold(ledger, Day(20.5)).AccountMeasures, m => m.Kind == MeasureKind.SuspendAccount).End);

        IReadOnlyList<LedgerEntry> one = [Ledger.Revert(ledger[0], "d_later", Day(20.5)), ledger[1], ledger[2]];
        IReadOnlyList<LedgerEntry> two = [one[0], Ledger.Revert(ledger[1], "d_later", Day(20.5)), ledger[2]];
        IReadOnlyList<LedgerEntry> own = [one[0], ledger[1], Ledger.Revert(ledger[2], "d_later", Day(20.5))];

        Assert.Equal(Day(21), Assert.Single(StandingFold.Fold(one, Day(20.5)).AccountMeasures, m => m.Kind == MeasureKind.SuspendAccount).End);
        Assert.DoesNotContain(StandingFold.Fold(one, Day(21)).AccountMeasures, m => m.Kind == MeasureKind.SuspendAccount);
        Assert.DoesNotContain(StandingFold.Fold(two, Day(20.5)).AccountMeasures, m => m.Kind == MeasureKind.SuspendAccount);
        Assert.DoesNotContain(StandingFold.Fold(own, Day(20.5)).AccountMeasures, m => m.DecisionId == "d_0002");
    }

    [Fact]
    public void A_persons_measures_stand_as_stored_whatever_becomes_of_the_level()
    {
        var strike = Strike(Day(0));
        var entry = Entry("p", Day(0), strike, Measure(MeasureKind.SuspendAccount, Day(30)), Measure(MeasureKind.Remove)) with { By = Decider.Person };
        var expired = StandingFold.Fold([entry], Day(29));
        var voided = StandingFold.Fold([entry with { Strike = strike with { RevertTime = Day(1), RevertedBy = "d_later" } }], Day(29));

        Assert.Equal(Day(30), Assert.Single(expired.AccountMeasures).End);
        Assert.Equal((0, Day(30)), (voided.Level, Assert.Single(voided.AccountMeasures).End));
        Assert.Empty(StandingFold.Fold([entry], Day(30)).AccountMeasures);
        Assert.Equal("d_p.2", Assert.Single(voided.PostMeasures).MeasureId);
    }

    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(2, 1, 90)]
    [InlineData(3, 1, 180)]
    [InlineData(4, 2, 365)]
    public void Strikes_weigh_and_expire_by_severity(int severity, int weight, int days)
    {
        var ledger = Commit(Strike(Day(0), severity: severity));

        Assert.Equal(weight, StandingFold.Fold(ledger, Day(0)).Level);
        Assert.Equal(weight, StandingFold.Fold(ledger, Day(days).AddTicks(-1)).Level);
        Assert.Equal(0, StandingFold.Fold(ledger, Day(days)).Level);
        Assert.All(StandingFold.Fold(ledger, Day(0)).Strikes, s => Assert.Equal(Day(days), s.Expiry));
    }

    [Theory]
    [InlineData(HarmCategory.SelfHarm)]
    [InlineData(HarmCategory.FalseClaim)]
    public void Distress_and_false_claims_give_no_strike(HarmCategory category)
    {
        Assert.Null(StrikeLadder.StrikeOf([Measure(MeasureKind.Remove, category: category)], 4, Day(0), ""));
        Assert.Null(StrikeLadder.Next([], Strike(Day(0), severity: 4, category: category), Day(0)));
        Assert.Equal(0, StandingFold.Fold([Entry("x", Day(0), Strike(Day(0), severity: 4, category: category))], Day(0)).Level);
    }

    [Fact]
    public void Strikes_come_from_removals_and_peoples_account_measures_only()
    {
        var gives = Enum.GetValues<MeasureKind>().Where(k => StrikeLadder.StrikeOf([Measure(k)], 3, Day(0), "") is not null);

        Assert.Equal(
            [MeasureKind.Remove, MeasureKind.WarnAccount, MeasureKind.RestrictFeature, MeasureKind.SuspendAccount, MeasureKind.TerminateAccount], gives);
        Assert.Null(StrikeLadder.StrikeOf([Measure(MeasureKind.SuspendAccount, Day(1), fromLadder: true)], 3, Day(0), ""));
        Assert.Null(StrikeLadder.StrikeOf([Measure(MeasureKind.Remove)], 1, Day(0), ""));
        Assert.Equal("fraud-spam", StrikeLadder.StrikeOf([Measure(MeasureKind.Remove, rule: "")], 3, Day(0), "")?.RuleId);
    }

    [Fact]
    public void One_incident_counts_once()
    {
        static int Level(params Strike[] strikes) => StandingFold.Fold(Commit(strikes), Day(20)).Level;

        Assert.Equal(1, Level(Strike(Hour(0)), Strike(Hour(12)), Strike(Hour(24))));
        Assert.Equal(2, Level(Strike(Hour(0)), Strike(Hour(24.1))));
        Assert.Equal(2, Level(Strike(Hour(0)), Strike(Hour(1), rule: "hate.words")));
        Assert.Equal(1, Level(Strike(Hour(0), fingerprint: "f"), Strike(Day(9), rule: "hate.words", fingerprint: "f")));
        Assert.Equal(2, Level(Strike(Hour(0)), Strike(Hour(5), severity: 4)));
        Assert.Equal(2, Level(Strike(Hour(0), severity: 4), Strike(Hour(5))));
    }

    [Fact]
    public void An_incident_that_has_expired_takes_nothing_in()
    {
        var ledger = Commit(Strike(Day(0), severity: 2, fingerprint: "f"), Strike(Day(90), fingerprint: "f"));
        var joined = Commit(Strike(Day(0), severity: 2, fingerprint: "f"), Strike(Day(89), fingerprint: "f"));

        Assert.Equal(Day(90), Assert.Single(StandingFold.Fold(ledger, Day(91)).Strikes).Time);
        Assert.Equal(MeasureKind.WarnAccount, Assert.Single(StandingFold.Fold(ledger, Day(91)).AccountMeasures).Kind);
        Assert.Equal(Day(0), Assert.Single(StandingFold.Fold(joined, Day(91)).Strikes).Time);
        Assert.Empty(StandingFold.Fold(joined, Day(91)).AccountMeasures);
    }

    [Fact]
    public void A_ladders_warning_lasts_as_long_as_its_strike()
    {
        var ledger = Commit(Strike(Day(0), severity: 2));

        Assert.Equal(Day(90), Assert.Single(StandingFold.Fold(ledger, Day(89)).AccountMeasures).End);
        Assert.Empty(StandingFold.Fold(ledger, Day(90)).AccountMeasures);
    }

    [Fact]
    public void An_incident_says_why_and_until_when()
    {
        var standing = StandingFold.Fold(Commit(Strike(Hour(0), severity: 2), Strike(Hour(5), severity: 3)), Day(2));

        var strike = Assert.Single(standing.Strikes);
        Assert.Equal(("fraud.link", 3, 1, Hour(0), Hour(5).AddDays(180)), (strike.RuleId, strike.Severity, strike.Weight, strike.Time, strike.Expiry));
        Assert.Equal(["d_0000", "d_0001"], strike.DecisionIds);
    }
}
