namespace Moderation.Enforcement;

/// <summary>Warns the account. The ladder's warning lasts as long as its strike.</summary>
public sealed class WarnAccountMeasure : AccountMeasure
{
    /// <inheritdoc/>
    public override MeasureKind Kind => MeasureKind.WarnAccount;
    /// <inheritdoc/>
    public override int Strictness => 5;
    /// <inheritdoc/>
    public override bool IsOfLadder => true;
    /// <inheritdoc/>
    public override MeasureTerm Term => MeasureTerm.Optional;
    /// <inheritdoc/>
    public override TransparencyRestriction Transparency { get; } =
        TransparencyRestriction.OtherVisibility("A warning to the account; nothing was restricted.");
    /// <inheritdoc/>
    public override Effects Apply(Effects effects, EffectiveMeasure measure) =>
        effects with { WarnedBy = effects.WarnedBy.SetItem(measure.MeasureId, measure) };
    /// <inheritdoc/>
    public override Effects Revert(Effects effects, EffectiveMeasure measure) =>
        effects with { WarnedBy = effects.WarnedBy.Remove(measure.MeasureId) };
}
