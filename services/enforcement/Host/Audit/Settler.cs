using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Telemetry;

namespace Moderation.Enforcement.Host.Audit;

/// <summary>Lets those archived decisions leave the store that restrict nothing.</summary>
internal sealed class Settler(SettlementStore store, AuditSteps steps)
{
    private const int AtOnce = 256;

    /// <summary>Settles what may. Idempotent.</summary>
    public async Task SettleAsync(int shard, IEnumerable<Decision> decisions)
    {
        foreach (var batch in decisions.Where(SettlementStore.MaySettle).Chunk(AtOnce))
        {
            await Task.WhenAll(batch.Select(SettleAsync));
        }

        steps.Passed(AuditStep.DecisionsSettled);
        await store.SettleOwnersAsync(shard, () => steps.Passed(AuditStep.OwnerSettled));
    }

    private async Task SettleAsync(Decision decision)
    {
        var result = await store.SettleAsync(decision);
        ModerationMeter.DecisionsSettled.Add(1, new KeyValuePair<string, object?>("result", result));
        steps.Passed(AuditStep.DecisionSettled);
    }
}
