using System.Collections.Immutable;
using System.Globalization;

namespace Moderation.Enforcement;

/// <summary>How an account stands at a time, and why.</summary>
/// <param name="Level">The sum of the weights of its strikes.</param>
/// <param name="Strikes">What counts against it, one for each incident, oldest first.</param>
/// <param name="AccountMeasures">What restricts the account, oldest first.</param>
/// <param name="PostMeasures">What restricts its posts, oldest first.</param>
public sealed record AccountStanding(
    int Level, ImmutableArray<ActiveStrike> Strikes, ImmutableArray<EffectiveMeasure> AccountMeasures, ImmutableArray<EffectiveMeasure> PostMeasures)
{
    /// <summary>The standing of an account without a ledger.</summary>
    public static AccountStanding Clear { get; } = new(0, [], [], []);
}

/// <summary>An incident that counts: one strike, or several that count once.</summary>
/// <param name="RuleId">The rule of its heaviest strike; of the first among equals.</param>
/// <param name="Category">The harm of that strike.</param>
/// <param name="Severity">The severity of that strike.</param>
/// <param name="Weight">What it adds to the level.</param>
/// <param name="Time">When it began.</param>
/// <param name="Expiry">From when on nothing of it counts.</param>
/// <param name="DecisionIds">The decisions whose strikes form it and still count, oldest first.</param>
public sealed record ActiveStrike(
    string RuleId, HarmCategory Category, int Severity, int Weight, DateTimeOffset Time, DateTimeOffset Expiry, ImmutableArray<string> DecisionIds);

/// <summary>A measure in force.</summary>
/// <param name="DecisionId">The decision that imposed it.</param>
/// <param name="PostId">The post that the decision is about.</param>
/// <param name="Kind">What is done.</param>
/// <param name="Category">The harm that it answers.</param>
/// <param name="ClauseId">The public clause.</param>
/// <param name="Start">Since when.</param>
/// <param name="End">Until when; null: until it is reverted. For the ladder's measures at most the stored end.</param>
/// <param name="FromLadder">It followed from the published ladder.</param>
/// <param name="Number">Its place in the decision, from 1.</param>
/// <param name="Feature">For RESTRICT_FEATURE: the function taken; else empty.</param>
public sealed record EffectiveMeasure(
    string DecisionId, string PostId, MeasureKind Kind, HarmCategory Category, string ClauseId, DateTimeOffset Start, DateTimeOffset? End,
    bool FromLadder, int Number = 1, string Feature = "")
{
    /// <summary>Its id, by which one appeals against it: the decision's id, a point and its number.</summary>
    public string MeasureId => string.Create(CultureInfo.InvariantCulture, $"{DecisionId}.{Number}");
}
