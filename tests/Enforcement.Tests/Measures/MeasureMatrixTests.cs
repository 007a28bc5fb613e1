using Xunit;

namespace Moderation.Enforcement.Tests.Measures;

public sealed class MeasureMatrixTests
{
    private const EvidenceBasis Everything = EvidenceBasis.TextScore | EvidenceBasis.MediaMatch | EvidenceBasis.ClaimMatch | EvidenceBasis.AccountFacts;

    [Theory]
    [InlineData(Decider.Automatic)]
    [InlineData(Decider.Person)]
    public void False_claims_are_only_answered_on_every_path(Decider by)
    {
        var allowed = TaxonomyNames.Measures.Where(m => MeasureMatrix.Check(HarmCategory.FalseClaim, m, EvidenceBasis.ClaimMatch, by) is null);

        Assert.Equal([MeasureKind.Label, MeasureKind.ReduceReach, MeasureKind.Review], allowed.Order());
        Assert.All(TaxonomyNames.Measures, m => Assert.NotNull(MeasureMatrix.Check(HarmCategory.FalseClaim, m, EvidenceBasis.TextScore, by)));
    }

    [Fact]
    public void Child_safety_rests_on_hash_lists_or_people()
    {
        static string? Line(EvidenceBasis basis, Decider by) =>
            MeasureMatrix.Check(HarmCategory.ChildSexualExploitation, MeasureKind.Remove, basis, by)?.Line;

        Assert.Null(Line(EvidenceBasis.MediaMatch, Decider.Automatic));
        Assert.Null(Line(EvidenceBasis.None, Decider.Person));
        Assert.Equal("NO_CLASSIFIER_FOR_CHILD_SEXUAL_EXPLOITATION", Line(EvidenceBasis.TextScore, Decider.Automatic));
        Assert.Equal("NO_CLASSIFIER_FOR_CHILD_SEXUAL_EXPLOITATION", Line(Everything, Decider.Automatic));
        Assert.Equal("NO_CLASSIFIER_FOR_CHILD_SEXUAL_EXPLOITATION", Line(EvidenceBasis.AccountFacts, Decider.Automatic));
    }

    [Fact]
    public void Machines_never_end_accounts_and_people_may()
    {
        Assert.All(TaxonomyNames.Categories, c => Assert.NotNull(MeasureMatrix.Check(c, MeasureKind.TerminateAccount, Everything, Decider.Automatic)));
        Assert.Null(MeasureMatrix.Check(HarmCategory.Violence, MeasureKind.TerminateAccount, EvidenceBasis.None, Decider.Person));
    }

    [Fact]
    public void Nothing_outside_of_the_enums_passes()
    {
        Assert.Equal("CATEGORY_REQUIRED", MeasureMatrix.Check(HarmCategory.Unspecified, MeasureKind.Label, Everything, Decider.Person)?.Line);
        Assert.Equal("CATEGORY_REQUIRED", MeasureMatrix.Check((HarmCategory)99, MeasureKind.Label, Everything, Decider.Person)?.Line);
        Assert.Equal("MEASURE_REQUIRED", MeasureMatrix.Check(HarmCategory.Hate, (MeasureKind)99, Everything, Decider.Person)?.Line);
        Assert.Equal("NO_MEASURE_WITHOUT_EVIDENCE", MeasureMatrix.Check(HarmCategory.Hate, MeasureKind.Label, EvidenceBasis.None, Decider.Automatic)?.Line);
    }

    [Fact]
    public void Every_name_leads_back_to_its_value()
    {
        Assert.All(TaxonomyNames.Categories, c => Assert.True(TaxonomyNames.TryCategory(TaxonomyNames.Of(c), out var back) && back == c));
        Assert.All(TaxonomyNames.Measures, m => Assert.True(TaxonomyNames.TryMeasure(TaxonomyNames.Of(m), out var back) && back == m));
        Assert.False(TaxonomyNames.TryCategory("UNSPECIFIED", out _));
        Assert.Equal(Enum.GetValues<MeasureKind>().Length - 1, TaxonomyNames.Measures.Length);
    }

    [Theory]
    [InlineData(Decider.Automatic)]
    [InlineData(Decider.Person)]
    public void Child_sexual_exploitation_is_never_left_in_view(Decider by)
    {
        var allowed = TaxonomyNames.Measures
            .Where(m => MeasureMatrix.Check(HarmCategory.ChildSexualExploitation, m, EvidenceBasis.MediaMatch, by) is null)
            .Where(m => !MeasureMatrix.IsAccountMeasure(m));

        Assert.Equal([MeasureKind.HoldForReview, MeasureKind.Remove, MeasureKind.Review], allowed.Order());
        Assert.Equal("CHILD_SEXUAL_EXPLOITATION_IS_NOT_SHOWN",
            MeasureMatrix.Check(HarmCategory.ChildSexualExploitation, MeasureKind.AgeGate, EvidenceBasis.MediaMatch, by)?.Line);
    }

    [Theory]
    [InlineData(EvidenceBasis.AuthorityOrder, "ORDERS_ARE_DECIDED_BY_PEOPLE")]
    [InlineData(EvidenceBasis.AuthorityOrder | EvidenceBasis.TextScore, "ORDERS_ARE_DECIDED_BY_PEOPLE")]
    [InlineData(EvidenceBasis.Report, "REPORTS_ARE_DECIDED_BY_PEOPLE")]
    [InlineData(EvidenceBasis.Report | EvidenceBasis.TextScore, null)]
    public void Orders_and_reports_open_a_review_and_are_never_a_measure_by_themselves(EvidenceBasis basis, string? line)
    {
        Assert.All(MeasureCatalogue.All.Where(m => m.Kind != MeasureKind.TerminateAccount),
            m => Assert.Equal(line, MeasureMatrix.Check(HarmCategory.Hate, m.Kind, basis, Decider.Automatic)?.Line));
        Assert.Null(MeasureMatrix.Check(HarmCategory.Hate, MeasureKind.Review, basis, Decider.Automatic));
        Assert.Null(MeasureMatrix.Check(HarmCategory.Hate, MeasureKind.Remove, basis, Decider.Person));
    }

    private static string? Line(
        MeasureKind kind, double? days = null, Decider by = Decider.Person, bool ladder = false, string feature = "",
        HarmCategory category = HarmCategory.Hate)
    {
        var start = new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);
        return MeasureMatrix.Check(new ProposedMeasure(
            category, kind, EvidenceBasis.TextScore, by, start, days is { } d ? start.AddDays(d) : null, ladder, feature))?.Line;
    }

    [Fact]
    public void Account_measures_follow_from_the_ladder_or_are_a_persons()
    {
        foreach (var measure in MeasureCatalogue.All)
        {
            var feature = measure.Features.FirstOrDefault("");
            double? days = measure.Term.End == EndRule.None ? null : 1;
            Assert.Null(Line(measure.Kind, days, Decider.Person, feature: feature));
            Assert.Equal(measure.Kind switch
            {
                MeasureKind.TerminateAccount => "MACHINES_DO_NOT_END_ACCOUNTS",
                MeasureKind.LimitInteraction => "A_PERSONS_MEASURE",
                _ when measure.IsAccountMeasure => "NO_RULE_ACTS_ON_ACCOUNTS",
                _ => null,
            }, Line(measure.Kind, days, Decider.Automatic, feature: feature));
            Assert.Equal(measure.Kind switch
            {
                MeasureKind.WarnAccount or MeasureKind.SuspendAccount => null,
                _ => "NOT_A_STEP_OF_THE_LADDER",
            }, Line(measure.Kind, days, Decider.Automatic, ladder: true, feature));
            Assert.Equal(measure.IsOfLadder ? null : "NOT_A_STEP_OF_THE_LADDER", Line(measure.Kind, days, Decider.Person, ladder: true, feature));
        }
        Assert.Equal("NO_STRIKES_FOR_THIS_HARM", Line(MeasureKind.WarnAccount, null, Decider.Automatic, ladder: true, category: HarmCategory.SelfHarm));
    }

    [Theory]
    [InlineData(HarmCategory.ChildSexualExploitation, EvidenceBasis.None, null)]
    [InlineData(HarmCategory.ChildSexualExploitation, EvidenceBasis.TextScore, null)]
    [InlineData(HarmCategory.Hate, EvidenceBasis.AuthorityOrder | EvidenceBasis.TextScore, "ORDERS_ARE_DECIDED_BY_PEOPLE")]
    [InlineData(HarmCategory.FalseClaim, EvidenceBasis.ClaimMatch, "FALSE_CLAIMS_ARE_ANSWERED")]
    public void The_ladder_follows_from_any_strike_but_one_that_an_order_led_to(HarmCategory category, EvidenceBasis basis, string? line) =>
        Assert.All([Decider.Automatic, Decider.Person], by => Assert.Equal(
            line, MeasureMatrix.Check(new ProposedMeasure(category, MeasureKind.WarnAccount, basis, by, DateTimeOffset.UnixEpoch, null, FromLadder: true))?.Line));

    [Theory]
    [InlineData(Decider.Automatic)]
    [InlineData(Decider.Person)]
    public void The_ladders_suspensions_end_within_seven_days(Decider by)
    {
        Assert.Equal("AUTOMATIC_SUSPENSIONS_END", Line(MeasureKind.SuspendAccount, null, by, ladder: true));
        Assert.Equal("AUTOMATIC_SUSPENSIONS_END", Line(MeasureKind.SuspendAccount, 7.01, by, ladder: true));
        Assert.Null(Line(MeasureKind.SuspendAccount, 7, by, ladder: true));
        Assert.Null(Line(MeasureKind.SuspendAccount, 400));
    }

    [Theory]
    [InlineData(MeasureKind.Remove, 5.0, "", "NO_END_ALLOWED")]
    [InlineData(MeasureKind.TerminateAccount, 5.0, "", "NO_END_ALLOWED")]
    [InlineData(MeasureKind.Label, 0.0, "", "END_NOT_AFTER_START")]
    [InlineData(MeasureKind.Label, -1.0, "", "END_NOT_AFTER_START")]
    [InlineData(MeasureKind.Label, 5.0, "posting", "NO_FEATURE_ALLOWED")]
    [InlineData(MeasureKind.RestrictFeature, null, "posting", "END_REQUIRED")]
    [InlineData(MeasureKind.RestrictFeature, 365.5, "posting", "END_TOO_LATE")]
    [InlineData(MeasureKind.RestrictFeature, 365.0, "posting", null)]
    [InlineData(MeasureKind.RestrictFeature, 5.0, "", "FEATURE_REQUIRED")]
    [InlineData(MeasureKind.RestrictFeature, 5.0, "breathing", "FEATURE_REQUIRED")]
    [InlineData(MeasureKind.Review, 5.0, "", "NOTHING_TO_END")]
    [InlineData(MeasureKind.Review, null, "", null)]
    public void Ends_and_functions_are_those_of_the_measure(MeasureKind kind, double? days, string feature, string? line) =>
        Assert.Equal(line, Line(kind, days, feature: feature));

    [Fact]
    public void Closing_an_account_or_suspending_it_without_an_end_needs_a_lead()
    {
        static bool NeedsLead(MeasureKind kind, DateTimeOffset? end) =>
            new ProposedMeasure(HarmCategory.Hate, kind, EvidenceBasis.None, Decider.Person, DateTimeOffset.UnixEpoch, end).NeedsLead;

        Assert.Equal([MeasureKind.SuspendAccount, MeasureKind.TerminateAccount],
            TaxonomyNames.Measures.Where(k => NeedsLead(k, null)).Order());
        Assert.False(NeedsLead(MeasureKind.SuspendAccount, DateTimeOffset.UnixEpoch.AddDays(90)));
    }
}
