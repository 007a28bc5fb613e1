namespace Moderation.Enforcement;

/// <summary>Shows the post with a label: a content warning, where to find help, or the fact-check.</summary>
public sealed class LabelMeasure : PostMeasure
{
    /// <inheritdoc/>
    public override MeasureKind Kind => MeasureKind.Label;
    /// <inheritdoc/>
    public override int Strictness => 1;
    /// <inheritdoc/>
    public override TransparencyRestriction Transparency { get; } = TransparencyRestriction.Visibility("DECISION_VISIBILITY_CONTENT_LABELLED");
    /// <inheritdoc/>
    public override Effects Apply(Effects effects, EffectiveMeasure measure) =>
        effects with { LabelledBy = effects.LabelledBy.SetItem(measure.MeasureId, measure) };
    /// <inheritdoc/>
    public override Effects Revert(Effects effects, EffectiveMeasure measure) =>
        effects with { LabelledBy = effects.LabelledBy.Remove(measure.MeasureId) };
}
