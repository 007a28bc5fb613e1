using System.Collections.Immutable;
using System.Globalization;
using CsCheck;

namespace Moderation.Enforcement.Tests.Standing;

/// <summary>Ledgers for tests: named entries, and any that commits, reverts and supersedes could leave.</summary>
internal static class Ledgers
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static DateTimeOffset Hour(double hour) => Start.AddHours(hour);

    public static DateTimeOffset Day(double day) => Start.AddDays(day);

    public static Strike Strike(
        DateTimeOffset time, string rule = "fraud.link", int severity = 3, string fingerprint = "", HarmCategory category = HarmCategory.FraudSpam) =>
        new(rule, category, severity, time, fingerprint, null, "");

    public static LedgerMeasure Measure(
        MeasureKind kind, DateTimeOffset? end = null, bool fromLadder = false, HarmCategory category = HarmCategory.FraudSpam, string rule = "fraud.link") =>
        new(kind, category, rule, "fraud-spam", end, null, "", fromLadder, kind == MeasureKind.RestrictFeature ? "posting" : "");

    public static LedgerEntry Entry(string id, DateTimeOffset time, Strike? strike, params ReadOnlySpan<LedgerMeasure> measures) =>
        new("d_" + id, "post-" + id, 1, time, Decider.Automatic, [.. measures], strike);

    /// <summary>A removal with its strike, and what the ladder makes of it.</summary>
    public static LedgerEntry Commit(IReadOnlyList<LedgerEntry> ledger, string id, Strike strike)
    {
        var entry = Entry(id, strike.Time, strike, Measure(MeasureKind.Remove, category: strike.Category, rule: strike.RuleId));
        return StrikeLadder.Next(ledger, strike, strike.Time) is { NeedsPerson: false } step
            ? entry with { Measures = entry.Measures.Add(Measure(step.Kind, strike.Time + step.Duration, fromLadder: true, strike.Category, strike.RuleId)) }
            : entry;
    }

    public static IReadOnlyList<LedgerEntry> Commit(params ReadOnlySpan<Strike> strikes)
    {
        var ledger = new List<LedgerEntry>();
        foreach (var strike in strikes)
            ledger.Add(Commit(ledger, ledger.Count.ToString("D4", CultureInfo.InvariantCulture), strike));
        return ledger;
    }

    private static readonly Gen<string> Rule = Gen.OneOf("fraud.link", "fraud.link", "hate.words");
    private static readonly Gen<string> Fingerprint = Gen.Frequency((2, Gen.Const("")), (1, Gen.OneOf("f1", "f2")));
    private static readonly Gen<HarmCategory> Category = Gen.Frequency(
        (6, Gen.OneOf(HarmCategory.FraudSpam, HarmCategory.Hate)), (1, Gen.OneOf(HarmCategory.SelfHarm, HarmCategory.FalseClaim)));

    /// <summary>Minutes after the start, often close together, over four hundred days.</summary>
    public static readonly Gen<DateTimeOffset> Time = Gen.Frequency(
        (4, Gen.Int[0, 400 * 24 * 60]), (3, Gen.Int[0, 40 * 24 * 60]), (2, Gen.Int[0, 72 * 60]), (1, Gen.Int[0, 30].Select(d => d * 24 * 60)))
        .Select(minutes => Start.AddMinutes(minutes));

    /// <summary>A time to look at a ledger: mostly when most of it has happened.</summary>
    public static readonly Gen<DateTimeOffset> AnyNow = Gen.Frequency((1, Time), (1, Gen.Int[0, 500 * 24].Select(hours => Start.AddHours(hours))));

    public static readonly Gen<Strike> AnyStrike =
        Gen.Select(Time, Rule, Gen.Int[1, 4], Fingerprint, Category, (time, rule, severity, print, category) => Strike(time, rule, severity, print, category));

    private static readonly Gen<LedgerMeasure> AnyMeasure =
        from kind in Gen.Int[1, 9]
        from ends in Gen.Bool
        from hours in Gen.Int[1, 24 * 60]
        select Measure((MeasureKind)kind, ends ? Start.AddHours(hours) : null);

    private static readonly Gen<LedgerEntry> AnyEntry =
        from strike in AnyStrike
        from gives in Gen.Frequency((3, Gen.Const(true)), (1, Gen.Const(false)))
        from measures in AnyMeasure.Array[0, 3]
        from ladder in Gen.OneOf(MeasureKind.Unspecified, MeasureKind.WarnAccount, MeasureKind.SuspendAccount, MeasureKind.SuspendAccount)
        from days in Gen.Int[1, 7]
        select new LedgerEntry("", "", 1, strike.Time, Decider.Automatic,
        [
            .. measures,
            .. ladder == MeasureKind.Unspecified ? [] : new[] { Measure(ladder, ladder == MeasureKind.WarnAccount ? null : strike.Time.AddDays(days), true) },
        ], gives ? strike : null);

    /// <summary>What can happen to an entry afterwards.</summary>
    private static readonly Gen<Func<LedgerEntry, LedgerEntry>> Edit =
        from what in Gen.Int[0, 5]
        from hours in Gen.Int[0, 24 * 60]
        from number in Gen.Int[0, 9]
        select new Func<LedgerEntry, LedgerEntry>(entry => what switch
        {
            0 => Ledger.Revert(entry, "d_later", entry.Time.AddHours(hours)),
            1 when entry.Measures.Length > 0 => Ledger.Revert(entry, "d_later", entry.Time.AddHours(hours), (number % entry.Measures.Length) + 1),
            2 => Ledger.Supersede(entry, "d_later", entry.Time.AddHours(hours), keepStrike: number % 2 == 0),
            _ => entry,
        });

    /// <summary>Any ledger: entries at any times, some reverted, some superseded, some twice.</summary>
    public static readonly Gen<ImmutableArray<LedgerEntry>> Any =
        Gen.Select(AnyEntry, Edit, Edit, (entry, first, second) => second(first(entry))).Array[0, 14]
            .Select(entries => entries.Select((e, i) => e with { DecisionId = $"d_{i:D4}", PostId = $"post-{i % 3}" }).ToImmutableArray());

    /// <summary>A standing as text: the same for the same standing.</summary>
    public static string Text(AccountStanding standing) => string.Join('\n',
    [
        $"level {standing.Level}",
        .. standing.Strikes.Select(s => $"strike {s.RuleId} {s.Category} {s.Severity} {s.Weight} {s.Time:o} {s.Expiry:o} {string.Join(',', s.DecisionIds)}"),
        .. standing.AccountMeasures.Select(m => $"account {m}"),
        .. standing.PostMeasures.Select(m => $"post {m}"),
    ]);
}
