using System.Collections.Immutable;

namespace Moderation.Enforcement;

/// <summary>Which breaker tripped.</summary>
public enum BreakerLevel
{
    /// <summary>One rule hit too large a share of the traffic.</summary>
    RuleShare,
    /// <summary>One rule acted too often in a day.</summary>
    RuleActions,
    /// <summary>One measure was taken too often in a day, by all rules together.</summary>
    MeasureActions,
}

/// <summary>What a breaker counts.</summary>
/// <param name="Posts">Posts decided in the window of the share.</param>
/// <param name="RuleHits">Of these, those that the rule hit.</param>
/// <param name="RuleActionsToday">Actions of the rule in this UTC day.</param>
/// <param name="MeasureActionsToday">Actions of each of its measures in this UTC day, by all rules.</param>
public sealed record BreakerCounts(
    long Posts, long RuleHits, long RuleActionsToday, ImmutableDictionary<MeasureKind, long> MeasureActionsToday);

/// <summary>Where breakers trip.</summary>
public sealed record BreakerLimits
{
    /// <summary>The greatest share of posts that one rule may hit, 0..1.</summary>
    public double RuleShare { get; init; } = 0.05;

    /// <summary>Posts in the window before a share says anything.</summary>
    public long LeastPosts { get; init; } = 1_000;

    /// <summary>Actions of one rule in a day.</summary>
    public long RuleActions { get; init; } = 5_000;

    /// <summary>Actions of a measure in a day; a measure that is not named has no limit.</summary>
    public ImmutableDictionary<MeasureKind, long> MeasureActions { get; init; } = ImmutableDictionary<MeasureKind, long>.Empty
        .Add(MeasureKind.Remove, 10_000).Add(MeasureKind.SuspendAccount, 500);
}

/// <summary>A breaker that tripped.</summary>
/// <param name="Level">Which one.</param>
/// <param name="Reason">What was counted, and the limit.</param>
public sealed record BreakerTrip(BreakerLevel Level, string Reason);

/// <summary>Lets a rule act in spite of a tripped breaker, until it ends by itself.</summary>
/// <param name="Approvers">The people who stand for it, at least two.</param>
/// <param name="Reason">Why.</param>
/// <param name="Start">From when on.</param>
/// <param name="End">Until when; at most 24 hours after the start.</param>
public sealed record BreakerOverride(ImmutableHashSet<string> Approvers, string Reason, DateTimeOffset Start, DateTimeOffset End)
{
    /// <summary>The longest override.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>All that is wrong with it; empty when it may be set.</summary>
    public ImmutableArray<string> Problems()
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        if (Approvers.Count < 2)
            problems.Add($"an override needs two people, not {Approvers.Count}");
        if (string.IsNullOrWhiteSpace(Reason))
            problems.Add("an override needs a reason");
        if (End <= Start || End - Start > Longest)
            problems.Add($"an override ends after its start and within {Longest.TotalHours:0} hours");
        return problems.ToImmutable();
    }

    /// <summary>Whether it stands now.</summary>
    public bool IsInForce(DateTimeOffset now) => Problems().IsEmpty && now >= Start && now < End;
}

/// <summary>The breakers. Pure: counts and time are arguments.</summary>
public static class Breaker
{
    /// <summary>The breakers that trip at these counts.</summary>
    public static ImmutableArray<BreakerTrip> Trips(BreakerCounts counts, BreakerLimits limits)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentNullException.ThrowIfNull(limits);
        var trips = ImmutableArray.CreateBuilder<BreakerTrip>();
        if (counts.Posts >= limits.LeastPosts && counts.RuleHits > limits.RuleShare * counts.Posts)
            trips.Add(new BreakerTrip(BreakerLevel.RuleShare, FormattableString.Invariant($"{counts.RuleHits} of {counts.Posts} posts; at most {limits.RuleShare:P1}")));
        if (counts.RuleActionsToday > limits.RuleActions)
            trips.Add(new BreakerTrip(BreakerLevel.RuleActions, $"{counts.RuleActionsToday} actions today; at most {limits.RuleActions}"));
        foreach (var (measure, actions) in counts.MeasureActionsToday.OrderBy(m => m.Key))
        {
            if (limits.MeasureActions.TryGetValue(measure, out var most) && actions > most)
                trips.Add(new BreakerTrip(BreakerLevel.MeasureActions, $"{actions} of {TaxonomyNames.Of(measure)} today; at most {most}"));
        }
        return trips.ToImmutable();
    }

    /// <summary>Where a rule stands after counting: suspended when a breaker trips and no override stands.</summary>
    public static RuleStage Apply(RuleStage stage, ImmutableArray<BreakerTrip> trips, BreakerOverride? given, DateTimeOffset now) =>
        stage is RuleStage.Partial or RuleStage.Live && trips.Length > 0 && given?.IsInForce(now) != true ? RuleStage.Suspended : stage;

    /// <summary>What a rule may do when a breaker has suspended it: it acts only while an override stands.</summary>
    public static RuleEffect Effect(RuleStage stage, bool isInShare, BreakerOverride? given, DateTimeOffset now) =>
        stage == RuleStage.Suspended && given?.IsInForce(now) == true ? RuleEffect.Act : RuleLifecycle.Effect(stage, isInShare);
}
