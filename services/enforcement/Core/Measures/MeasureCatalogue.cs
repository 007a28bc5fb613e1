using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Moderation.Enforcement;

/// <summary>All measures. One line here for each file beside it; a test compares them with <see cref="MeasureKind"/>.</summary>
public static class MeasureCatalogue
{
    /// <summary>The measures, by their number.</summary>
    public static ImmutableArray<IMeasure> All { get; } =
    [
        new LabelMeasure(),
        new ReduceReachMeasure(),
        new AgeGateMeasure(),
        new LimitInteractionMeasure(),
        new HoldForReviewMeasure(),
        new RemoveMeasure(),
        new WarnAccountMeasure(),
        new RestrictFeatureMeasure(),
        new SuspendAccountMeasure(),
        new TerminateAccountMeasure(),
    ];

    private static readonly FrozenDictionary<MeasureKind, IMeasure> ByKind = All.ToFrozenDictionary(m => m.Kind);

    /// <summary>The measure of a kind; null for REVIEW, which restricts nothing, and for what is no kind.</summary>
    public static IMeasure? Find(MeasureKind kind) => ByKind.GetValueOrDefault(kind);

    /// <summary>The measure of a kind that restricts.</summary>
    public static IMeasure Of(MeasureKind kind) =>
        Find(kind) ?? throw new ArgumentOutOfRangeException(nameof(kind), kind, "no measure that restricts");
}
