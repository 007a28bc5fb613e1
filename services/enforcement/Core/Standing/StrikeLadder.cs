using System.Collections.Immutable;

namespace Moderation.Enforcement;

/// <summary>What follows from a strike.</summary>
/// <param name="Kind">WARN_ACCOUNT or SUSPEND_ACCOUNT.</param>
/// <param name="Duration">For how long; null for a warning, and when a person has to decide.</param>
/// <param name="NeedsPerson">The limit of automatic suspensions leaves no room: nothing is imposed, and a person is asked.</param>
/// <param name="Level">The level that the strike brought the account to.</param>
public sealed record LadderStep(MeasureKind Kind, TimeSpan? Duration, bool NeedsPerson, int Level = 0);

/// <summary>A step of the ladder as published.</summary>
/// <param name="Level">The level from which it holds, up to the next step's.</param>
/// <param name="Kind">What follows.</param>
/// <param name="Duration">For how long; null for a warning.</param>
public sealed record PublishedStep(int Level, MeasureKind Kind, TimeSpan? Duration);

/// <summary>
/// What strikes weigh, how long they last and what follows from them. Authors can read it beforehand, so nothing here depends on a policy.
/// </summary>
public static class StrikeLadder
{
    /// <summary>Strikes of one rule within this time of the first are one incident.</summary>
    public static TimeSpan IncidentWindow { get; } = TimeSpan.FromHours(24);

    /// <summary>For how long automatic suspensions may last together within any <see cref="SuspensionWindow"/>.</summary>
    public static TimeSpan MaxAutomaticSuspension { get; } = TimeSpan.FromDays(7);

    /// <summary>See <see cref="MaxAutomaticSuspension"/>.</summary>
    public static TimeSpan SuspensionWindow { get; } = TimeSpan.FromDays(30);

    /// <summary>The steps, by level.</summary>
    public static ImmutableArray<PublishedStep> Steps { get; } =
    [
        new(1, MeasureKind.WarnAccount, null),
        new(2, MeasureKind.SuspendAccount, TimeSpan.FromDays(1)),
        new(3, MeasureKind.SuspendAccount, TimeSpan.FromDays(3)),
        new(4, MeasureKind.SuspendAccount, TimeSpan.FromDays(7)),
    ];

    /// <summary>What a strike of a severity adds to the level.</summary>
    public static int WeightOf(int severity) => severity switch { 2 or 3 => 1, 4 => 2, _ => 0 };

    /// <summary>What a strike adds to the level; none for harms that give no strike.</summary>
    public static int WeightOf(Strike strike)
    {
        ArgumentNullException.ThrowIfNull(strike);
        return GivesStrikes(strike.Category) ? WeightOf(strike.Severity) : 0;
    }

    /// <summary>For how long a strike of a severity counts.</summary>
    public static TimeSpan LifetimeOf(int severity) => severity switch
    {
        2 => TimeSpan.FromDays(90),
        3 => TimeSpan.FromDays(180),
        4 => TimeSpan.FromDays(365),
        _ => TimeSpan.Zero,
    };

    /// <summary>Whether a harm can give a strike: distress is answered with help and a false claim with a fact-check, never with a strike.</summary>
    public static bool GivesStrikes(HarmCategory category) =>
        category is not (HarmCategory.SelfHarm or HarmCategory.FalseClaim or HarmCategory.Unspecified);

    /// <summary>Whether a measure gives a strike: a removal, and an account measure that a person imposed.</summary>
    public static bool GivesStrike(LedgerMeasure measure)
    {
        ArgumentNullException.ThrowIfNull(measure);
        return GivesStrikes(measure.Category)
            && (measure.Kind == MeasureKind.Remove || (MeasureMatrix.IsAccountMeasure(measure.Kind) && !measure.FromLadder));
    }

    /// <summary>The strike that a decision gives; null when its measures give none.</summary>
    /// <param name="measures">Its measures, strictest first; the first that gives a strike names its rule and harm.</param>
    /// <param name="severity">1..4.</param>
    /// <param name="time">The time of the decision.</param>
    /// <param name="fingerprint">What the same content has in common; empty when there is none.</param>
    public static Strike? StrikeOf(IEnumerable<LedgerMeasure> measures, int severity, DateTimeOffset time, string fingerprint) =>
        WeightOf(severity) > 0 && measures.FirstOrDefault(GivesStrike) is { } measure
            ? new Strike(measure.RuleId.Length > 0 ? measure.RuleId : measure.ClauseId, measure.Category, severity, time, fingerprint, null, "")
            : null;

    /// <summary>
    /// What follows from a strike by itself; null when nothing does: it weighs nothing, or joins an incident. Where a person imposes an account
    /// measure in the same decision, theirs stands in its place.
    /// </summary>
    /// <param name="ledger">The ledger without the strike.</param>
    /// <param name="strike">The strike.</param>
    /// <param name="now">The time of the decision.</param>
    public static LadderStep? Next(IReadOnlyList<LedgerEntry> ledger, Strike strike, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(strike);
        var history = IncidentHistory.Of(ledger, until: strike.Time, now);
        if (!history.Add(strike, decisionId: ""))
            return null;
        var level = history.LevelAt(strike.Time);
        var step = StepAt(level);
        if (step.Duration is not { } duration)
            return new LadderStep(step.Kind, null, NeedsPerson: false, level);
        var room = SuspensionBudget.Fit(ledger, strike.Time, duration);
        return room > TimeSpan.Zero
            ? new LadderStep(step.Kind, room, NeedsPerson: false, level)
            : new LadderStep(step.Kind, null, NeedsPerson: true, level);
    }

    /// <summary>
    /// For how long a measure of the ladder holds at most when its strike brought the account to a level: a warning as long as the strike, a
    /// suspension as published. Zero: it does not follow.
    /// </summary>
    internal static TimeSpan LimitOf(MeasureKind kind, int level, Strike? strike) => (kind, strike, level) switch
    {
        (_, null, _) or (_, _, 0) => TimeSpan.Zero,
        (MeasureKind.WarnAccount, { } own, _) => LifetimeOf(own.Severity),
        (MeasureKind.SuspendAccount, _, _) => StepAt(level).Duration ?? TimeSpan.Zero,
        _ => TimeSpan.Zero,
    };

    private static PublishedStep StepAt(int level) => Steps.Last(s => s.Level <= level);
}
