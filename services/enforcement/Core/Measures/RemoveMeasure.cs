namespace Moderation.Enforcement;

/// <summary>Removes the post. It has no end: an overturn restores it.</summary>
public sealed class RemoveMeasure : PostMeasure
{
    /// <inheritdoc/>
    public override MeasureKind Kind => MeasureKind.Remove;
    /// <inheritdoc/>
    public override int Strictness => 7;
    /// <inheritdoc/>
    public override MeasureTerm Term => MeasureTerm.UntilReverted;
    /// <inheritdoc/>
    public override TransparencyRestriction Transparency { get; } = TransparencyRestriction.Visibility("DECISION_VISIBILITY_CONTENT_REMOVED");
    /// <inheritdoc/>
    public override Effects Apply(Effects effects, EffectiveMeasure measure) =>
        effects with { RemovedBy = effects.RemovedBy.SetItem(measure.MeasureId, measure) };
    /// <inheritdoc/>
    public override Effects Revert(Effects effects, EffectiveMeasure measure) =>
        effects with { RemovedBy = effects.RemovedBy.Remove(measure.MeasureId) };
}
