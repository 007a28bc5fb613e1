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
}
