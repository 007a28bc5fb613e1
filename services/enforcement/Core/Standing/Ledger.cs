using System.Collections.Immutable;

namespace Moderation.Enforcement;

/// <summary>
/// The edits of a ledger: reverts, and nothing else. What was reverted before keeps its first time and cause, so an edit that is made twice
/// changes nothing.
/// </summary>
public static class Ledger
{
    /// <summary>Takes a decision back: all its measures and its strike, or one measure.</summary>
    /// <param name="entry">The decision.</param>
    /// <param name="by">The decision that reverts it.</param>
    /// <param name="now">When.</param>
    /// <param name="measure">
    /// The number of the measure, from 1; null for all. The strike goes with the last measure that gives it, and with the strike what the
    /// ladder had put on top.
    /// </param>
    public static LedgerEntry Revert(LedgerEntry entry, string by, DateTimeOffset now, int? measure = null)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (measure is { } number && (number < 1 || number > entry.Measures.Length))
        {
            throw new ArgumentOutOfRangeException(
                nameof(measure), number, $"{entry.DecisionId} has {entry.Measures.Length} measures, counted from 1");
        }
        ImmutableArray<LedgerMeasure> measures = [.. entry.Measures.Select((m, i) => measure is null || measure == i + 1 ? Revert(m, by, now) : m)];
        var strikeStands = measures.Any(m => m.RevertTime is null && StrikeLadder.GivesStrike(m));
        return strikeStands || entry.Strike is null
            ? entry with { Measures = measures }
            : entry with { Measures = [.. measures.Select(m => m.FromLadder ? Revert(m, by, now) : m)], Strike = Revert(entry.Strike, by, now) };
    }

    /// <summary>Ends what a later decision replaces: the measures that are still open, and the strike.</summary>
    /// <param name="entry">The decision that is superseded.</param>
    /// <param name="by">The decision that supersedes it.</param>
    /// <param name="now">When.</param>
    /// <param name="keepStrike">
    /// The later decision confirms the strike: it stays, counted once and from its own time, and so does what followed from it. The later
    /// decision then gives none of its own.
    /// </param>
    public static LedgerEntry Supersede(LedgerEntry entry, string by, DateTimeOffset now, bool keepStrike)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry with
        {
            Measures = [.. entry.Measures.Select(m => m.IsOpen(now) && !(keepStrike && m.FromLadder) ? Revert(m, by, now) : m)],
            Strike = entry.Strike is { } strike && !keepStrike ? Revert(strike, by, now) : entry.Strike,
        };
    }

    /// <summary>
    /// Ends what a decision does to its post, because the author has changed the post: its measures about the account and its strike stand.
    /// </summary>
    /// <param name="entry">The decision about the earlier revision.</param>
    /// <param name="by">The decision about the later one.</param>
    /// <param name="now">When.</param>
    public static LedgerEntry EndPostMeasures(LedgerEntry entry, string by, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry with
        {
            Measures = [.. entry.Measures.Select(m => m.IsOpen(now) && !MeasureMatrix.IsAccountMeasure(m.Kind) ? Revert(m, by, now) : m)],
        };
    }

    private static LedgerMeasure Revert(LedgerMeasure measure, string by, DateTimeOffset now) =>
        measure.RevertTime is null ? measure with { RevertTime = now, RevertedBy = by } : measure;

    private static Strike Revert(Strike strike, string by, DateTimeOffset now) =>
        strike.RevertTime is null ? strike with { RevertTime = now, RevertedBy = by } : strike;
}
