using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Work;

namespace Moderation.Enforcement.Host.Lifecycle;

/// <summary>Applies holds to what there is, again each day for what came since, and ends them when their time has come or they are released.</summary>
internal sealed class LegalHoldKeeper(LegalHoldStore holds, AccountTrailStore trails, TimeProvider time) : IWork
{
    // The shortest life of a record is 7 days, so once a day is soon enough.
    private static readonly TimeSpan ApplyEvery = TimeSpan.FromDays(1);

    public string Name => "legal-holds";

    public TimeSpan Interval => TimeSpan.FromSeconds(10);

    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var (all, now) = (await holds.AllAsync(), time.GetUtcNow());
        foreach (var hold in all)
        {
            var holding = LegalHoldStore.Holds(hold, now);
            if (holding && hold.ApplyTime is { } applied && applied.ToDateTimeOffset() + ApplyEvery > now)
            {
                continue;
            }

            var trail = await trails.FindAsync(hold.TenantId, hold.AccountId, cancellationToken);
            if (holding)
            {
                await holds.ApplyAsync(hold, trail);
            }
            else
            {
                await holds.EndAsync(hold, trail, all.Any(h => IsAnother(h, hold) && LegalHoldStore.Holds(h, now)));
            }
        }

        return false;
    }

    private static bool IsAnother(LegalHold one, LegalHold other) => one.HoldId != other.HoldId && one.TenantId == other.TenantId && one.AccountId == other.AccountId;
}
