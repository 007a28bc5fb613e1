using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Lifecycle;

/// <summary>What a post leaves beside its decisions, and loses when its author takes it back or changes it.</summary>
internal sealed class PostTraceStore(
    RedisConnectionStore redis, KeySpace keys, DecisionStore decisions, LegalHoldStore holds, PostFingerprintStore fingerprints, TimeProvider time)
{
    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>The media that a decision was about.</summary>
    public static IReadOnlyList<string> MediaOf(DecisionRecord record) => [.. (record.Inputs?.Facts ?? record.Verdict?.Facts)?.MediaIds ?? []];

    /// <summary>
    /// Drops fingerprints. Another post may have the same media: it is matched within seconds of its submission, and where it is not, its media are
    /// uploaded again.
    /// </summary>
    public async Task DropFingerprintsAsync(string tenant, IEnumerable<string> mediaIds)
        => await Task.WhenAll(mediaIds.Distinct(StringComparer.Ordinal).Select(m => Database.KeyDeleteAsync(KeySpace.Media(tenant, m))));

    /// <summary>
    /// Drops what an earlier revision leaves: fingerprints of media that the post has no more, and, where there was no measure, the text, which
    /// was kept for a task that is closed now. The text of a restricted revision stays for its appeal.
    /// </summary>
    public async Task DropEarlierAsync(DecisionRecord earlier, IEnumerable<string> mediaLeft)
    {
        var decision = earlier.Decision;
        if (await holds.IsHeldAsync(decision.TenantId, decision.AccountId))
        {
            return;
        }

        var (before, left) = (MediaOf(earlier), mediaLeft.ToList());
        await DropFingerprintsAsync(decision.TenantId, before.Except(left));
        if (before.Count > 0 && left.Count == 0)
        {
            // With media of its own the revision has replaced them.
            await fingerprints.ForgetAsync(decision.TenantId, decision.AccountId, decision.PostId, time.GetUtcNow());
        }

        if (decision.Measures.Count == 0)
        {
            await Database.KeyDeleteAsync(KeySpace.DecisionText(keys.ShardOf(decision.TenantId, decision.AccountId), decision.DecisionId));
        }
    }

    /// <summary>
    /// Drops what a withdrawn post leaves: texts of all its decisions, and fingerprints. Where an appeal is open its text stays, or nobody could
    /// hear it; it goes with the decision.
    /// </summary>
    public async Task DropAsync(string tenant, string account, string post)
    {
        if (await holds.IsHeldAsync(tenant, account))
        {
            return;
        }

        await fingerprints.ForgetAsync(tenant, account, post, time.GetUtcNow());
        var shard = keys.ShardOf(tenant, account);
        var ids = (await Database.HashGetAllAsync(KeySpace.Post(shard, tenant, post)))
            .Where(f => f.Name.ToString().StartsWith("d:", StringComparison.Ordinal)).Select(f => f.Value.ToString());
        foreach (var id in ids.Distinct(StringComparer.Ordinal))
        {
            if (await decisions.FindRecordAsync(id) is { } record)
            {
                await DropFingerprintsAsync(tenant, MediaOf(record));
            }

            if (!await IsAppealedAsync(shard, id))
            {
                await Database.KeyDeleteAsync(KeySpace.DecisionText(shard, id));
            }
        }
    }

    private async Task<bool> IsAppealedAsync(int shard, string decision)
    {
        var appeals = await Database.HashGetAllAsync(KeySpace.AppealsOf(shard, decision));
        var states = await Task.WhenAll(appeals.Select(a => Database.HashGetAsync(KeySpace.Appeal(shard, a.Value.ToString()), "s")));
        return states.Any(s => s == "open");
    }
}
