using System.Collections.Immutable;

namespace Moderation.Enforcement;

/// <summary>
/// What holds for a post or an account. Each effect names the measures behind it by their ids, so that undoing one leaves an effect that
/// another still has.
/// </summary>
public sealed record Effects
{
    private static readonly ImmutableSortedDictionary<string, EffectiveMeasure> Nothing =
        ImmutableSortedDictionary.Create<string, EffectiveMeasure>(StringComparer.Ordinal);

    /// <summary>Nothing is restricted.</summary>
    public static Effects None { get; } = new();

    /// <summary>The post is shown with a label.</summary>
    public ImmutableSortedDictionary<string, EffectiveMeasure> LabelledBy { get; init; } = Nothing;
    /// <summary>The post is not recommended.</summary>
    public ImmutableSortedDictionary<string, EffectiveMeasure> NotRecommendedBy { get; init; } = Nothing;
    /// <summary>The post is shown to adults only.</summary>
    public ImmutableSortedDictionary<string, EffectiveMeasure> AdultsOnlyBy { get; init; } = Nothing;
    /// <summary>The post can't be answered or forwarded.</summary>
    public ImmutableSortedDictionary<string, EffectiveMeasure> ClosedToRepliesBy { get; init; } = Nothing;
    /// <summary>The post is not shown until a person has looked.</summary>
    public ImmutableSortedDictionary<string, EffectiveMeasure> HeldBy { get; init; } = Nothing;
    /// <summary>The post is removed.</summary>
    public ImmutableSortedDictionary<string, EffectiveMeasure> RemovedBy { get; init; } = Nothing;
    /// <summary>The account is warned.</summary>
    public ImmutableSortedDictionary<string, EffectiveMeasure> WarnedBy { get; init; } = Nothing;
    /// <summary>The account lacks a function; the measure says which.</summary>
    public ImmutableSortedDictionary<string, EffectiveMeasure> FeatureTakenBy { get; init; } = Nothing;
    /// <summary>The account is suspended.</summary>
    public ImmutableSortedDictionary<string, EffectiveMeasure> SuspendedBy { get; init; } = Nothing;
    /// <summary>The account is closed.</summary>
    public ImmutableSortedDictionary<string, EffectiveMeasure> TerminatedBy { get; init; } = Nothing;

    /// <summary>Whether others see the post.</summary>
    public bool IsVisible => HeldBy.IsEmpty && RemovedBy.IsEmpty;

    /// <summary>Whether the account can be used.</summary>
    public bool IsUsable => SuspendedBy.IsEmpty && TerminatedBy.IsEmpty;

    /// <summary>The functions that the account lacks.</summary>
    public ImmutableSortedSet<string> TakenFeatures => FeatureTakenBy.Values.Select(m => m.Feature).ToImmutableSortedSet(StringComparer.Ordinal);

    /// <summary>What the measures in force come to. The order does not matter.</summary>
    /// <param name="measures">The measures of one post, or of one account.</param>
    public static Effects Of(IEnumerable<EffectiveMeasure> measures)
    {
        ArgumentNullException.ThrowIfNull(measures);
        return measures.Aggregate(None, (effects, measure) => MeasureCatalogue.Of(measure.Kind).Apply(effects, measure));
    }
}
