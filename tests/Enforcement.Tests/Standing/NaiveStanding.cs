using System.Collections.Immutable;

namespace Moderation.Enforcement.Tests.Standing;

/// <summary>
/// The rules of standing as one would tell them, without an index: what was reverted is struck out of the ledger first, and every level is
/// counted anew from all strikes before it.
/// </summary>
internal static class NaiveStanding
{
    private sealed record Given(string Id, Strike Strike, int Incident, bool Begins);

    public static AccountStanding Fold(IEnumerable<LedgerEntry> ledger, DateTimeOffset now)
    {
        var clean = StrikeOut(ledger, now).Where(e => e.Time <= now).OrderBy(e => e.Time).ThenBy(e => e.DecisionId, StringComparer.Ordinal).ToList();
        var given = Group(clean);
        var account = new List<EffectiveMeasure>();
        var post = new List<EffectiveMeasure>();
        foreach (var entry in clean)
        {
            foreach (var (measure, number) in entry.Measures.Select((m, i) => (m, i + 1)).Where(x => x.m.Kind != MeasureKind.Unspecified))
            {
                var end = measure.End;
                if (measure.FromLadder)
                {
                    var own = given.FindIndex(g => g.Id == entry.DecisionId);
                    var level = own >= 0 && given[own].Begins ? Level(given.Take(own + 1), entry.Time) : 0;
                    var days = (measure.Kind, level) switch
                    {
                        (_, 0) => 0,
                        (MeasureKind.WarnAccount, _) => (Expiry(given[own].Strike) - entry.Time).Days,
                        (_, 1) => 0,
                        (_, 2) => 1,
                        (_, 3) => 3,
                        _ => 7,
                    };
                    end = new[] { end ?? DateTimeOffset.MaxValue, entry.Time.AddDays(days) }.Min();
                }
                if (end is null || end > now)
                {
                    ((int)measure.Kind >= 7 ? account : post).Add(new EffectiveMeasure(
                        entry.DecisionId, entry.PostId, measure.Kind, measure.Category, measure.ClauseId, entry.Time, end, measure.FromLadder, number,
                        measure.Feature));
                }
            }
        }
        var strikes = given.GroupBy(g => g.Incident).Select(g => Active([.. g], now)).OfType<ActiveStrike>().ToImmutableArray();
        return new AccountStanding(Level(given, now), strikes, [.. account], [.. post]);
    }

    /// <summary>The ledger as if what is reverted at a time had never been. Struck measures leave a gap, so that the others keep their numbers.</summary>
    public static IEnumerable<LedgerEntry> StrikeOut(IEnumerable<LedgerEntry> ledger, DateTimeOffset now) => ledger.Select(e => e with
    {
        Strike = e.Strike is { } s && (s.RevertTime is null || s.RevertTime > now) ? s with { RevertTime = null, RevertedBy = "" } : null,
        Measures = [.. e.Measures.Select(m => m.RevertTime is null || m.RevertTime > now
            ? m with { RevertTime = null, RevertedBy = "" } : new LedgerMeasure(0, 0, "", "", Ledgers.Start.AddYears(-1), null, "", false))],
    });

    private static int Weight(Strike s) => s.Category is HarmCategory.SelfHarm or HarmCategory.FalseClaim ? 0 : new[] { 0, 0, 1, 1, 2 }[s.Severity];

    private static DateTimeOffset Expiry(Strike s) => s.Time.AddDays(new[] { 0, 0, 90, 180, 365 }[s.Severity]);

    private static List<Given> Group(List<LedgerEntry> clean)
    {
        var given = new List<Given>();
        foreach (var entry in clean.Where(e => e.Strike is { } s && Weight(s) > 0))
        {
            var strike = entry.Strike!;
            bool Counts(int incident) => given.Any(g => g.Incident == incident && Expiry(g.Strike) > strike.Time);
            var join = given.LastOrDefault(g => strike.Fingerprint.Length > 0 && g.Strike.Fingerprint == strike.Fingerprint);
            if (join is null || !Counts(join.Incident))
            {
                join = given.LastOrDefault(g => g.Begins && g.Strike.RuleId == strike.RuleId && strike.Time <= g.Strike.Time.AddHours(24));
                if (join is not null && !Counts(join.Incident))
                    join = null;
            }
            given.Add(new Given(entry.DecisionId, strike, join?.Incident ?? given.Count, join is null));
        }
        return given;
    }

    private static int Level(IEnumerable<Given> given, DateTimeOffset at) =>
        given.Where(g => Expiry(g.Strike) > at).GroupBy(g => g.Incident).Sum(g => g.Max(x => Weight(x.Strike)));

    private static ActiveStrike? Active(List<Given> incident, DateTimeOffset now)
    {
        var alive = incident.Where(g => Expiry(g.Strike) > now).ToList();
        if (alive.Count == 0)
            return null;
        var heavy = alive.MaxBy(g => g.Strike.Severity)!.Strike;
        return new ActiveStrike(
            heavy.RuleId, heavy.Category, heavy.Severity, Weight(heavy), incident[0].Strike.Time, alive.Max(g => Expiry(g.Strike)),
            [.. alive.Select(g => g.Id)]);
    }
}
