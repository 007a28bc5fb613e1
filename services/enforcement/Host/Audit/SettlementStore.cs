using Google.Protobuf;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Audit;

/// <summary>Lets decisions that restrict nothing leave the store once the archive has them.</summary>
internal sealed class SettlementStore(RedisConnectionStore redis, KeySpace keys, PostOwnerStore owners, TimeProvider time)
{
    private static readonly EmbeddedScript Settle = EmbeddedScript.Load(typeof(SettlementStore).Assembly, "settle.lua");

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>Whether a decision may leave: it has no measure, opened no review task, and is the answer to a submission.</summary>
    public static bool MaySettle(Decision decision) => decision is
    {
        Measures.Count: 0, ReviewTaskId.Length: 0, Cause: "submit", Outcome: DecisionOutcome.NoAction or DecisionOutcome.Superseded,
    };

    /// <summary>The fields of stored decisions, in the same order; empty where there is none any more.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<ArchivedField>>> ReadAsync(int shard, IEnumerable<string> decisions)
    {
        var rows = await Task.WhenAll(decisions.Select(id => Database.HashGetAllAsync(KeySpace.Decision(shard, id))));
        return [.. rows.Select(r => r.Select(Field).ToList())];
    }

    private static ArchivedField Field(HashEntry field)
        => new() { Name = field.Name.ToString(), Value = ByteString.CopyFrom((byte[])field.Value!) }; // a field has a value

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
