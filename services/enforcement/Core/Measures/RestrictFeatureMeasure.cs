using System.Collections.Immutable;

namespace Moderation.Enforcement;

/// <summary>Takes one function from the account for a time.</summary>
public sealed class RestrictFeatureMeasure : AccountMeasure
{
    /// <inheritdoc/>
    public override MeasureKind Kind => MeasureKind.RestrictFeature;
    /// <inheritdoc/>
    public override int Strictness => 8;
    /// <inheritdoc/>
    public override MeasureTerm Term { get; } = new MeasureTerm(EndRule.Required, TimeSpan.FromDays(365));
    /// <inheritdoc/>
    public override ImmutableArray<string> Features { get; } = ["posting", "replying", "forwarding", "inviting"];
    /// <inheritdoc/>
    public override TransparencyRestriction Transparency { get; } = TransparencyRestriction.Provision("DECISION_PROVISION_PARTIAL_SUSPENSION");
    /// <inheritdoc/>
    public override Effects Apply(Effects effects, EffectiveMeasure measure) =>
        effects with { FeatureTakenBy = effects.FeatureTakenBy.SetItem(measure.MeasureId, measure) };
    /// <inheritdoc/>
    public override Effects Revert(Effects effects, EffectiveMeasure measure) =>
        effects with { FeatureTakenBy = effects.FeatureTakenBy.Remove(measure.MeasureId) };
}
