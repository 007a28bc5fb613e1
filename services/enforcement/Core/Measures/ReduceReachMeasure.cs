namespace Moderation.Enforcement;

/// <summary>Takes the post out of recommendations; followers, and people with a link, still see it.</summary>
public sealed class ReduceReachMeasure : PostMeasure
{
    /// <inheritdoc/>
    public override MeasureKind Kind => MeasureKind.ReduceReach;
    /// <inheritdoc/>
    public override int Strictness => 2;
    /// <inheritdoc/>
    public override TransparencyRestriction Transparency { get; } = TransparencyRestriction.Visibility("DECISION_VISIBILITY_CONTENT_DEMOTED");
    /// <inheritdoc/>
    public override Effects Apply(Effects effects, EffectiveMeasure measure) =>
        effects with { NotRecommendedBy = effects.NotRecommendedBy.SetItem(measure.MeasureId, measure) };
    /// <inheritdoc/>
    public override Effects Revert(Effects effects, EffectiveMeasure measure) =>
        effects with { NotRecommendedBy = effects.NotRecommendedBy.Remove(measure.MeasureId) };
}
