namespace Moderation.Enforcement;

/// <summary>Switches replies and forwards off. A person's decision: a machine can't tell a pile-on from a debate.</summary>
public sealed class LimitInteractionMeasure : PostMeasure
{
    /// <inheritdoc/>
    public override MeasureKind Kind => MeasureKind.LimitInteraction;
    /// <inheritdoc/>
    public override int Strictness => 4;
    /// <inheritdoc/>
    public override bool IsAutomatic => false;
    /// <inheritdoc/>
    public override TransparencyRestriction Transparency { get; } =
        TransparencyRestriction.Visibility("DECISION_VISIBILITY_CONTENT_INTERACTION_RESTRICTED");
    /// <inheritdoc/>
    public override Effects Apply(Effects effects, EffectiveMeasure measure) =>
        effects with { ClosedToRepliesBy = effects.ClosedToRepliesBy.SetItem(measure.MeasureId, measure) };
    /// <inheritdoc/>
    public override Effects Revert(Effects effects, EffectiveMeasure measure) =>
        effects with { ClosedToRepliesBy = effects.ClosedToRepliesBy.Remove(measure.MeasureId) };
}
