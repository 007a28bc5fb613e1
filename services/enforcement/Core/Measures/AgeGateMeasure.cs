namespace Moderation.Enforcement;

/// <summary>Shows the post to adults only.</summary>
public sealed class AgeGateMeasure : PostMeasure
{
    /// <inheritdoc/>
    public override MeasureKind Kind => MeasureKind.AgeGate;
    /// <inheritdoc/>
    public override int Strictness => 3;
    /// <inheritdoc/>
    public override TransparencyRestriction Transparency { get; } = TransparencyRestriction.Visibility("DECISION_VISIBILITY_CONTENT_AGE_RESTRICTED");
    /// <inheritdoc/>
    public override Effects Apply(Effects effects, EffectiveMeasure measure) =>
        effects with { AdultsOnlyBy = effects.AdultsOnlyBy.SetItem(measure.MeasureId, measure) };
    /// <inheritdoc/>
    public override Effects Revert(Effects effects, EffectiveMeasure measure) =>
        effects with { AdultsOnlyBy = effects.AdultsOnlyBy.Remove(measure.MeasureId) };
}
