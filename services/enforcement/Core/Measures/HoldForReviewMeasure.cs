namespace Moderation.Enforcement;

/// <summary>Hides the post until a person has looked at it; the person's decision supersedes it.</summary>
public sealed class HoldForReviewMeasure : PostMeasure
{
    /// <inheritdoc/>
    public override MeasureKind Kind => MeasureKind.HoldForReview;
    /// <inheritdoc/>
    public override int Strictness => 6;
    /// <inheritdoc/>
    public override TransparencyRestriction Transparency { get; } = TransparencyRestriction.Visibility("DECISION_VISIBILITY_CONTENT_DISABLED");
    /// <inheritdoc/>
    public override Effects Apply(Effects effects, EffectiveMeasure measure) =>
        effects with { HeldBy = effects.HeldBy.SetItem(measure.MeasureId, measure) };
    /// <inheritdoc/>
    public override Effects Revert(Effects effects, EffectiveMeasure measure) =>
        effects with { HeldBy = effects.HeldBy.Remove(measure.MeasureId) };
}
