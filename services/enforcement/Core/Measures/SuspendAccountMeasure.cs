namespace Moderation.Enforcement;

/// <summary>Suspends the account: by the ladder for at most 7 days in any 30, longer or without an end by a person only.</summary>
public sealed class SuspendAccountMeasure : AccountMeasure
{
    /// <inheritdoc/>
    public override MeasureKind Kind => MeasureKind.SuspendAccount;
    /// <inheritdoc/>
    public override int Strictness => 9;
    /// <inheritdoc/>
    public override bool IsOfLadder => true;
    /// <inheritdoc/>
    public override MeasureTerm Term => MeasureTerm.Optional;
    /// <inheritdoc/>
    public override TransparencyRestriction Transparency { get; } = TransparencyRestriction.Account("DECISION_ACCOUNT_SUSPENDED");
    /// <inheritdoc/>
    public override Effects Apply(Effects effects, EffectiveMeasure measure) =>
        effects with { SuspendedBy = effects.SuspendedBy.SetItem(measure.MeasureId, measure) };
    /// <inheritdoc/>
    public override Effects Revert(Effects effects, EffectiveMeasure measure) =>
        effects with { SuspendedBy = effects.SuspendedBy.Remove(measure.MeasureId) };
}
