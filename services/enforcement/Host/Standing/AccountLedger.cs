using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Standing;

/// <summary>The ledger of an account at one version.</summary>
/// <param name="Entries">The decisions that restricted the account or its posts.</param>
/// <param name="Confirms">For a decision that confirms an earlier one's strike: that decision.</param>
/// <param name="Version">Changes with each change of the ledger; empty before the first.</param>
internal sealed record AccountLedger(IReadOnlyList<LedgerEntry> Entries, IReadOnlyDictionary<string, string> Confirms, string Version)
{
    public static AccountLedger Empty { get; } = new([], new Dictionary<string, string>(), "");

    /// <summary>The entry of a decision, or null.</summary>
    public LedgerEntry? Find(string decisionId) => Entries.FirstOrDefault(e => e.DecisionId == decisionId);

    /// <summary>A decision and those whose strike it confirms, the decision first.</summary>
    public IEnumerable<LedgerEntry> ChainOf(string decisionId)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var id = decisionId; id is { Length: > 0 } && seen.Add(id); id = Confirms.GetValueOrDefault(id))
        {
            if (Find(id) is { } entry)
            {
                yield return entry;
            }
        }
    }
}

/// <summary>Between the ledger of the core and its records.</summary>
internal static class LedgerMapping
{
    public static LedgerEntry ToEntry(string decisionId, LedgerRecord record) => new(
        decisionId,
        record.PostId,
        record.Revision,
        Time(record.TimeMs),
        record.ByPerson ? Decider.Person : Decider.Automatic,
        [.. record.Measures.Select(m => new LedgerMeasure(
            (MeasureKind)m.Kind, (HarmCategory)m.Category, m.RuleId, m.ClauseId, Optional(m.EndMs), Optional(m.RevertMs), m.RevertedBy, m.FromLadder, m.Feature))],
        record.Strike is { } s
            ? new Strike(s.RuleId, (HarmCategory)s.Category, s.Severity, Time(s.TimeMs), s.Fingerprint, Optional(s.RevertMs), s.RevertedBy)
            : null);

    public static LedgerRecord ToRecord(LedgerEntry entry, string? confirms) => new()
    {
        PostId = entry.PostId,
        Revision = entry.Revision,
        TimeMs = Milliseconds(entry.Time),
        ByPerson = entry.By == Decider.Person,
        Confirms = confirms ?? "",
        Measures =
        {
            entry.Measures.Select(m => new LedgerMeasureRecord
            {
                Kind = (Contracts.V1.MeasureKind)m.Kind,
                Category = (Contracts.V1.HarmCategory)m.Category,
                RuleId = m.RuleId,
                ClauseId = m.ClauseId,
                EndMs = Milliseconds(m.End),
                RevertMs = Milliseconds(m.RevertTime),
                RevertedBy = m.RevertedBy,
                FromLadder = m.FromLadder,
                Feature = m.Feature,
            }),
        },
        Strike = entry.Strike is { } s
            ? new StrikeRecord
            {
                RuleId = s.RuleId,
                Category = (Contracts.V1.HarmCategory)s.Category,
                Severity = s.Severity,
                TimeMs = Milliseconds(s.Time),
                Fingerprint = s.Fingerprint,
                RevertMs = Milliseconds(s.RevertTime),
                RevertedBy = s.RevertedBy,
            }
            : null,
    };

    private static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    private static DateTimeOffset? Optional(long ms) => ms == 0 ? null : Time(ms);

    private static long Milliseconds(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds() ?? 0;
}
