using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Standing;

namespace Moderation.Enforcement.Host.Lifecycle;

/// <summary>
/// The ledger. While a measure about the account is in force, what keeps it in force stays: its kind, harm, clause and end. Posts, strikes and
/// fingerprints go.
/// </summary>
internal sealed class LedgerHoldingStore(StandingLedger ledgers, TimeProvider time) : IAccountHolding
{
    public string Kind => "ledger";

    public IAsyncEnumerable<HeldRecord> ReadAsync(AccountTrail trail, CancellationToken cancellationToken)
        => trail.Ledger.Entries.ToAsyncEnumerable().Select(e => HeldRecord.Of(Kind, LedgerMapping.ToRecord(e, trail.Ledger.Confirms.GetValueOrDefault(e.DecisionId))));

    public async Task<HoldingErased> EraseAsync(AccountTrail trail)
    {
        while (true)
        {
            var (ledger, now) = (await ledgers.ReadAsync(trail.TenantId, trail.AccountId), time.GetUtcNow());
            var stay = Minimal(ledger, now);
            var last = stay.Exists(e => e.Ends.Any(m => m is null)) ? null : stay.SelectMany(e => e.Ends).Max();
            if (await ledgers.RewriteAsync(
                trail.TenantId, trail.AccountId, ledger.Version, [.. stay.Select(e => (e.DecisionId, e.Record))], LedgerLifetime.Of(last - now)))
            {
                return new HoldingErased(
                    ledger.Entries.Count - stay.Count,
                    Kept: stay.Count == 0 ? null : new KeptKind
                    {
                        Kind = Kind,
                        Count = stay.Count,
                        Reason = KeptReason.ActiveMeasure,
                        EndTime = last is { } until ? Timestamp.FromDateTimeOffset(until) : null,
                    });
            }
        }
    }

    // The ladder's measures depend on strikes; without these they would end, so they stay as what they amount to now.
    private static List<(string DecisionId, LedgerRecord Record, IReadOnlyList<DateTimeOffset?> Ends)> Minimal(AccountLedger ledger, DateTimeOffset now)
        => [.. StandingFold.Fold(ledger.Entries, now).AccountMeasures.Where(m => m.Kind != MeasureKind.WarnAccount).GroupBy(m => m.DecisionId).Select(group =>
        {
            var entry = new LedgerEntry(
                group.Key, "", 0, group.First().Start, Decider.Automatic,
                [.. group.Select(m => new LedgerMeasure(m.Kind, m.Category, "", m.ClauseId, m.End, null, "", FromLadder: false, m.Feature))], null);
            return (group.Key, LedgerMapping.ToRecord(entry, null), (IReadOnlyList<DateTimeOffset?>)[.. group.Select(m => m.End)]);
        })];
}
