using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Audit;

/// <summary>Lets decisions that restrict nothing leave the store once the archive has them.</summary>
internal sealed class SettlementStore(RedisConnectionStore redis, KeySpace keys, PostOwnerStore owners, TimeProvider time)
{
    private static readonly EmbeddedScript Settle = EmbeddedScript.Load(typeof(SettlementStore).Assembly, "settle.lua");

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>Whether a decision may leave: a rule made it, it has no measure and took none back, opened no review task, and is the answer to a submission.</summary>
    public static bool MaySettle(Decision decision) => decision is
    {
        Automated: true, Measures.Count: 0, RevertedMeasures.Count: 0, ReviewTaskId.Length: 0, Cause: "submit", Outcome: DecisionOutcome.NoAction or DecisionOutcome.Superseded,
    };

    /// <summary>The records of stored decisions, in the same order; null where there is none any more.</summary>
    public async Task<IReadOnlyList<DecisionRecord?>> ReadAsync(int shard, IEnumerable<string> decisions)
    {
        var packed = await Task.WhenAll(decisions.Select(id => Database.StringGetAsync(KeySpace.Decision(shard, id))));
        return [.. packed.Select(p => p.IsNull ? null : StoredDecision.Unpack((byte[])p!))]; // not null: tested before
    }

    /// <summary>Lets one decision leave.</summary>
    /// <returns>What became of it: settled, shrunk or kept.</returns>
    public async Task<string> SettleAsync(Decision decision)
    {
        var (tenant, post, account) = (decision.TenantId, decision.PostId, decision.AccountId);
        var shard = keys.ShardOf(tenant, account);
        var answer = await Settle.RunAsync(
            Database,
            [
                KeySpace.Post(shard, tenant, post), KeySpace.Decision(shard, decision.DecisionId),
                KeySpace.Settled(shard, KeySpace.WrittenGenerationOf(time.GetUtcNow())), KeySpace.SettledPosts(shard),
            ],
            [
                decision.DecisionId, decision.Revision, (int)decision.Outcome, account, KeySpace.AccountMark(tenant, account),
                KeySpace.CompactField(tenant, post), CompactMaps.KeptMs, decision.CreateTime.ToDateTimeOffset().ToUnixTimeMilliseconds(), $"{tenant}\n{post}",
            ]);
        return answer.ToString();
    }

    /// <summary>Makes the owners of a shard's settled posts small: they live in other slots, so this is a step of its own, and the list remembers it.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="settled">Called for each.</param>
    public async Task SettleOwnersAsync(int shard, Action settled)
    {
        foreach (var batch in (await Database.HashGetAllAsync(KeySpace.SettledPosts(shard))).Chunk(256))
        {
            await Task.WhenAll(batch.Select(async row =>
            {
                var (post, account) = (row.Name.ToString().Split('\n'), row.Value.ToString().Split('\n'));
                await owners.SettleAsync(
                    post[0], post[1], account[0],
                    DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(account[1], System.Globalization.CultureInfo.InvariantCulture)));
                settled();
                await Database.HashDeleteAsync(KeySpace.SettledPosts(shard), row.Name);
            }));
        }
    }
}
