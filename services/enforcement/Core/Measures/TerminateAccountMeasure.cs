namespace Moderation.Enforcement;

/// <summary>Closes the account. A person's decision only.</summary>
public sealed class TerminateAccountMeasure : AccountMeasure
{
    /// <inheritdoc/>
    public override MeasureKind Kind => MeasureKind.TerminateAccount;
    /// <inheritdoc/>
    public override int Strictness => 10;
    /// <inheritdoc/>
    public override MeasureTerm Term => MeasureTerm.UntilReverted;
    /// <inheritdoc/>
    public override TransparencyRestriction Transparency { get; } = TransparencyRestriction.Account("DECISION_ACCOUNT_TERMINATED");
    /// <inheritdoc/>
    public override Effects Apply(Effects effects, EffectiveMeasure measure) =>
        effects with { TerminatedBy = effects.TerminatedBy.SetItem(measure.MeasureId, measure) };
    /// <inheritdoc/>
    public override Effects Revert(Effects effects, EffectiveMeasure measure) =>
        effects with { TerminatedBy = effects.TerminatedBy.Remove(measure.MeasureId) };
}
