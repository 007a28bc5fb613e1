using CsCheck;
using Xunit;

namespace Moderation.Enforcement.Tests.Measures;

public sealed class MeasureCatalogueTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);

    private static EffectiveMeasure InForce(MeasureKind kind, string decision, int number = 1) =>
        new(decision, "post", kind, HarmCategory.Hate, "hate", Start, null, false, number, MeasureCatalogue.Of(kind).Features.FirstOrDefault(""));

    /// <summary>All effects as text: the same for the same effects.</summary>
    private static string Text(Effects effects) => string.Join('\n', typeof(Effects).GetProperties()
        .Where(p => p.Name.EndsWith("By", StringComparison.Ordinal))
        .Select(p => $"{p.Name}: {string.Join(',', ((IEnumerable<KeyValuePair<string, EffectiveMeasure>>)p.GetValue(effects)!).Select(m => m.Key))}"));

    public static TheoryData<MeasureKind> Kinds() => [.. MeasureCatalogue.All.Select(m => m.Kind)];

    [Fact]
    public void Every_kind_that_restricts_has_exactly_one_measure_and_one_file()
    {
        var kinds = Enum.GetValues<MeasureKind>().Where(MeasureMatrix.IsRestrictive).ToList();
        var classes = typeof(IMeasure).Assembly.GetTypes().Where(t => t is { IsAbstract: false } && t.IsAssignableTo(typeof(IMeasure))).Select(t => t.Name);
        var folder = Testing.Repository.PathOf("services", "enforcement", "Core", "Measures");
        var files = Directory.EnumerateFiles(folder, "*.cs").Select(Path.GetFileNameWithoutExtension);

        Assert.Equal(kinds, MeasureCatalogue.All.Select(m => m.Kind));
        Assert.Equal(kinds.Select(k => k + "Measure").Order(), classes.Order());
        Assert.Equal([], kinds.Select(k => k + "Measure").Except(files));
        Assert.Null(MeasureCatalogue.Find(MeasureKind.Review));
        Assert.Throws<ArgumentOutOfRangeException>(() => MeasureCatalogue.Of(MeasureKind.Review));
    }

    [Fact]
    public void Kinds_and_harms_have_the_numbers_of_the_contract()
    {
        Assert.Equal(
            Enum.GetValues<Contracts.V1.MeasureKind>().Select(k => (k.ToString(), (int)k)),
            Enum.GetValues<MeasureKind>().Where(k => k != MeasureKind.Review).Select(k => (k.ToString(), (int)k)));
        Assert.Equal(
            Enum.GetValues<Contracts.V1.HarmCategory>().Select(c => (c.ToString(), (int)c)),
            Enum.GetValues<HarmCategory>().Select(c => (c.ToString(), (int)c)));
    }

    [Fact]
    public void Measures_differ_in_strictness_and_only_post_measures_are_rules()
    {
        Assert.Equal(MeasureCatalogue.All.Length, MeasureCatalogue.All.Select(m => m.Strictness).Distinct().Count());
        Assert.All(MeasureCatalogue.All, m => Assert.True(m.Strictness > 0 && !(m.IsAutomatic && m.IsAccountMeasure)));
        Assert.Equal([MeasureKind.WarnAccount, MeasureKind.SuspendAccount], MeasureCatalogue.All.Where(m => m.IsOfLadder).Select(m => m.Kind));
        Assert.All(StrikeLadder.Steps, s => Assert.True(MeasureCatalogue.Of(s.Kind).IsOfLadder));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Revert_after_apply_is_the_identity_and_leaves_what_another_measure_does(MeasureKind kind)
    {
        var measure = MeasureCatalogue.Of(kind);
        var (mine, others) = (InForce(kind, "d_mine"), InForce(kind, "d_other"));
        var before = Effects.Of(MeasureCatalogue.All.Select(m => InForce(m.Kind, "d_all")));
        var alone = measure.Apply(Effects.None, mine);

        Assert.NotEqual(Text(Effects.None), Text(alone));
        Assert.Equal(Text(Effects.None), Text(measure.Revert(alone, mine)));
        Assert.Equal(Text(before), Text(measure.Revert(measure.Apply(before, mine), mine)));
        Assert.Equal(Text(alone), Text(measure.Apply(alone, mine)));
        Assert.Equal(Text(measure.Apply(Effects.None, others)), Text(measure.Revert(measure.Apply(alone, others), mine)));
        Assert.Equal(Text(alone), Text(measure.Revert(alone, others)));
    }

    [Fact]
    public void Effects_do_not_depend_on_the_order_of_measures_and_reverts_undo_them_in_any_order()
    {
        var any =
            from kinds in Gen.OneOf([.. MeasureCatalogue.All.Select(m => m.Kind)]).Array[0, 12]
            from seed in Gen.Int
            from kept in Gen.Int[0, 12]
            select (measures: kinds.Select((k, i) => InForce(k, $"d_{i / 2}", i + 1)).ToList(), seed, kept);
        any.Sample(
            x =>
            {
                var shuffled = x.measures.ToArray();
                new Random(x.seed).Shuffle(shuffled);
                var kept = shuffled.Take(x.kept).ToList();
                var undone = shuffled.Skip(x.kept).Aggregate(Effects.Of(x.measures), (e, m) => MeasureCatalogue.Of(m.Kind).Revert(e, m));
                return Text(Effects.Of(shuffled)) == Text(Effects.Of(x.measures)) && Text(undone) == Text(Effects.Of(kept));
            },
            iter: 1000, threads: 1);
    }

    [Fact]
    public void Effects_say_what_others_see_and_what_the_account_can_do()
    {
        static Effects With(params MeasureKind[] kinds) => Effects.Of(kinds.Select((k, i) => InForce(k, "d", i + 1)));

        Assert.True(Effects.None is { IsVisible: true, IsUsable: true });
        Assert.True(With(MeasureKind.Label, MeasureKind.ReduceReach, MeasureKind.AgeGate, MeasureKind.LimitInteraction, MeasureKind.WarnAccount)
            is { IsVisible: true, IsUsable: true, LabelledBy.Count: 1, NotRecommendedBy.Count: 1, AdultsOnlyBy.Count: 1, ClosedToRepliesBy.Count: 1 });
        Assert.False(With(MeasureKind.HoldForReview).IsVisible);
        Assert.False(With(MeasureKind.Remove).IsVisible);
        Assert.False(With(MeasureKind.SuspendAccount).IsUsable);
        Assert.False(With(MeasureKind.TerminateAccount).IsUsable);
        Assert.Equal(["posting"], With(MeasureKind.RestrictFeature).TakenFeatures);
    }
}
