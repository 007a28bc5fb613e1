using System.Collections.Immutable;

namespace Moderation.Enforcement;

/// <summary>
/// The standing of an account: the fold of its unreverted ledger at a time. What has been reverted counts as if it had never been, and what
/// has ended needs nobody to end it.
/// </summary>
public static class StandingFold
{
    /// <summary>How the account stands.</summary>
    /// <param name="ledger">Its ledger; the order does not matter.</param>
    /// <param name="now">The time. Decisions and reverts after it are left out, so a past time gives the standing of that time.</param>
    public static AccountStanding Fold(IReadOnlyList<LedgerEntry> ledger, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        if (ledger.Count == 0)
            return AccountStanding.Clear;
        var history = IncidentHistory.Of(ledger, until: now, now);
        var effective = ledger
            .Where(e => e.Time <= now)
            .OrderBy(e => e.Time)
            .ThenBy(e => e.DecisionId, StringComparer.Ordinal)
            .SelectMany(e => Effective(e, history, now))
            .ToLookup(m => MeasureMatrix.IsAccountMeasure(m.Kind));
        ImmutableArray<ActiveStrike> strikes = [.. history.Incidents.Where(i => i.CountsAt(now)).Select(i => Active(i, now))];
        return new AccountStanding(strikes.Sum(s => s.Weight), strikes, [.. effective[true]], [.. effective[false]]);
    }

    private static IEnumerable<EffectiveMeasure> Effective(LedgerEntry entry, IncidentHistory history, DateTimeOffset now)
    {
        for (var i = 0; i < entry.Measures.Length; i++)
        {
            var measure = entry.Measures[i];
            if (!measure.IsOpen(now))
                continue;
            var end = measure.FromLadder ? LadderEnd(entry, measure, history) : measure.End;
            if (end <= now)
                continue;
            yield return new EffectiveMeasure(
                entry.DecisionId, entry.PostId, measure.Kind, measure.Category, measure.ClauseId, entry.Time, end, measure.FromLadder, i + 1,
                measure.Feature);
        }
    }

    /// <summary>
    /// The stored end, or sooner by what the ladder says for the level that the entry's strike reached, counted with the strikes that stand now:
    /// overturning an earlier strike shortens what followed from it, and overturning its own ends it.
    /// </summary>
    private static DateTimeOffset LadderEnd(LedgerEntry entry, LedgerMeasure measure, IncidentHistory history)
    {
        var limit = entry.Time + StrikeLadder.LimitOf(measure.Kind, history.LevelReachedBy(entry.DecisionId), entry.Strike);
        return measure.End is { } stored && stored < limit ? stored : limit;
    }

    private static ActiveStrike Active(Incident incident, DateTimeOffset now)
    {
        var strikes = incident.ActiveAt(now).ToImmutableArray();
        var heaviest = strikes.OrderByDescending(s => s.Weight).ThenByDescending(s => s.Strike.Severity).ThenBy(s => s.Place).First();
        return new ActiveStrike(
            heaviest.Strike.RuleId, heaviest.Strike.Category, heaviest.Strike.Severity, heaviest.Weight, incident.Begin,
            strikes.Max(s => s.Strike.Expiry), [.. strikes.Select(s => s.DecisionId)]);
    }
}
