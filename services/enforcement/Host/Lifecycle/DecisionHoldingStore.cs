using System.Runtime.CompilerServices;
using System.Text.Json;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Lifecycle;

/// <summary>Decisions with notices, statements, texts, what was reported about their effects, and the indexes that name them.</summary>
internal sealed class DecisionHoldingStore(RedisConnectionStore redis, DecisionStore decisions, PostTraceStore traces) : IAccountHolding
{
    private IDatabase Database => redis.Multiplexer.GetDatabase();

    public string Kind => "decision";

    public async IAsyncEnumerable<HeldRecord> ReadAsync(AccountTrail trail, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var id in trail.Decisions)
        {
            if (await decisions.FindRecordAsync(id) is not { } record)
            {
                continue;
            }

            yield return HeldRecord.Of(Kind, ForItsSubject(record.Decision));
            if ((record.Inputs?.Facts ?? record.Verdict?.Facts) is { } facts)
            {
                yield return HeldRecord.Of("facts", facts);
            }

            if (await decisions.FindTextAsync(id) is { Length: > 0 } text)
            {
                yield return new HeldRecord("text", JsonSerializer.Serialize(new { decisionId = id, text }));
            }

            if ((byte[]?)await Database.HashGetAsync(KeySpace.Effects(trail.Shard, id), "r") is { } reported)
            {
                yield return HeldRecord.Of("effects", EffectsRecord.Parser.ParseFrom(reported));
            }
        }
    }

    public async Task<HoldingErased> EraseAsync(AccountTrail trail)
    {
        var count = 0L;
        foreach (var id in trail.Decisions)
        {
            if (await decisions.FindRecordAsync(id) is { } record)
            {
                await LeaveIndexesAsync(trail, record);
                await traces.DropFingerprintsAsync(trail.TenantId, PostTraceStore.MediaOf(record));
            }

            await Database.SortedSetRemoveAsync(KeySpace.Unconfirmed(trail.Shard, trail.TenantId), KeySpace.CompactId(id));
            await Database.KeyDeleteAsync([KeySpace.DecisionText(trail.Shard, id), KeySpace.Effects(trail.Shard, id)]);
            count += await Database.KeyDeleteAsync(KeySpace.Decision(trail.Shard, id)) ? 1 : 0; // the last, because the rest is found by it
        }

        return new HoldingErased(count);
    }

    private async Task LeaveIndexesAsync(AccountTrail trail, DecisionRecord record)
    {
        var decision = record.Decision;
        foreach (var evidence in decision.Reasons.SelectMany(r => r.Evidence).Select(EvidenceId.Of).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            await Database.SetRemoveAsync(KeySpace.ByEvidence(trail.Shard, evidence), decision.DecisionId);
        }

        foreach (var rule in decision.Measures.Select(m => m.RuleId).Where(r => r.Length > 0).Distinct(StringComparer.Ordinal))
        {
            await Database.SortedSetRemoveAsync(KeySpace.ByRule(trail.Shard, trail.TenantId, rule), KeySpace.CompactId(decision.DecisionId));
        }
    }

    // How it was recognised would teach evasion; why is in the statement.
    private static Decision ForItsSubject(Decision decision)
    {
        var shown = decision.Clone();
        foreach (var reason in shown.Reasons)
        {
            reason.Evidence.Clear();
        }

        return shown;
    }
}
