using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Work;
using Moderation.ServiceDefaults.Telemetry;

namespace Moderation.Enforcement.Host.Lifecycle;

/// <summary>
/// Erases accounts, a kind of record a step. When all kinds are done it looks again, and is done when nothing is left: what came in between is
/// found that way, and whoever goes on after a crash finds what is left.
/// </summary>
internal sealed partial class AccountErasure(
    ErasureStore store, AccountTrailStore trails, IEnumerable<IAccountHolding> holdings, LegalHoldStore holds, TimeProvider time,
    ILogger<AccountErasure> logger) : IWork
{
    private static readonly TimeSpan WaitForHold = TimeSpan.FromHours(1);
    private static readonly TimeSpan WaitForIntake = TimeSpan.FromSeconds(10);
    private readonly Dictionary<string, AccountTrail> _found = new(StringComparer.Ordinal);

    public string Name => "erasures";

    public TimeSpan Interval => TimeSpan.FromSeconds(5);

    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        if ((await store.DueAsync(1)) is not [var id] || await store.FindAsync(id) is not { } record || record.AccountId.Length == 0)
        {
            _found.Clear();
            return false;
        }

        var now = time.GetUtcNow();
        if (await holds.IsHeldAsync(record.TenantId, record.AccountId))
        {
            record.Erasure.State = ErasureState.Waiting;
            await store.SaveAsync(record, now + WaitForHold);
            return true;
        }

        record.Erasure.State = ErasureState.Running;
        if (!_found.TryGetValue(id, out var trail))
        {
            _found[id] = trail = await trails.FindAsync(record.TenantId, record.AccountId, cancellationToken);
        }

        if (holdings.FirstOrDefault(h => !record.DoneKinds.Contains(h.Kind)) is { } next)
        {
            await EraseAsync(record, next, trail, now);
            return true;
        }

        _found.Remove(id);
        if ((await trails.FindAsync(record.TenantId, record.AccountId, cancellationToken)).IsErased)
        {
            await store.FinishAsync(record);
            ModerationMeter.AccountsErased.Add(1);
            LogErased(id);
        }
        else
        {
            record.DoneKinds.Clear();
            await store.SaveAsync(record, now + WaitForIntake);
        }

        return true;
    }

    private async Task EraseAsync(ErasureRecord record, IAccountHolding holding, AccountTrail trail, DateTimeOffset now)
    {
        var erased = await holding.EraseAsync(trail);
        var counted = record.Erasure.Erased.FirstOrDefault(e => e.Kind == holding.Kind);
        if (counted is null)
        {
            record.Erasure.Erased.Add(new ErasedKind { Kind = holding.Kind, Count = erased.Count });
        }
        else
        {
            counted.Count += erased.Count;
        }

        if (record.Erasure.Kept.FirstOrDefault(k => k.Kind == holding.Kind) is { } before)
        {
            record.Erasure.Kept.Remove(before);
        }

        if (erased.Kept is { } kept)
        {
            record.Erasure.Kept.Add(kept);
        }

        if (erased.IsPending)
        {
            _found.Remove(record.Erasure.ErasureId); // what is pending will have become something else by then
            await store.SaveAsync(record, now + WaitForIntake);
            return;
        }

        record.DoneKinds.Add(holding.Kind);
        await store.SaveAsync(record, now);
    }

    [LoggerMessage(LogLevel.Information, "Erasure {ErasureId} is done")]
    private partial void LogErased(string erasureId);
}
