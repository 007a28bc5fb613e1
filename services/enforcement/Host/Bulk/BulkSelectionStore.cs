using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Standing;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Bulk;

/// <summary>
/// Finds decisions by what they rest on, by rule and time, or by account, each by an index that the commit writes: the audit stream moves to
/// the archive long before decisions end, and a scan of all keys costs more than the whole installation's lead should have to wait for.
/// </summary>
internal sealed class BulkSelectionStore(RedisConnectionStore redis, KeySpace keys, DecisionStore decisions, StandingLedger ledgers)
{
    private const int Chunk = 64;

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>Decisions of a tenant that a selection finds, the latest first.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="selection">The selection, checked.</param>
    /// <param name="most">How many to read at most; one more than a cap shows that the cap is exceeded.</param>
    public async Task<IReadOnlyList<DecisionRecord>> FindAsync(string tenant, BulkSelection selection, int most)
    {
        var ids = selection.ByCase switch
        {
            BulkSelection.ByOneofCase.Evidence => await ByEvidenceAsync(selection.Evidence),
            BulkSelection.ByOneofCase.Rule => await ByRuleAsync(tenant, selection.Rule, most),
            _ => [.. (await ledgers.ReadAsync(tenant, selection.AccountId)).Entries.Select(e => e.DecisionId)],
        };
        var found = new List<DecisionRecord>();
        foreach (var chunk in ids.OrderByDescending(UlidOf, StringComparer.Ordinal).Chunk(Chunk))
        {
            var records = await Task.WhenAll(chunk.Select(decisions.FindRecordAsync));
            found.AddRange(records.OfType<DecisionRecord>().Where(r => r.Decision.TenantId == tenant && (r.Decision.Automated || !selection.AutomatedOnly)));
            if (found.Count >= most)
            {
                break;
            }
        }

        return [.. found.Take(most)];
    }

    // The index by evidence is the installation's: other tenants' decisions fall out when they are read.
    private async Task<List<string>> ByEvidenceAsync(string evidence)
    {
        var sets = await Task.WhenAll(Shards().Select(s => Database.SetMembersAsync(KeySpace.ByEvidence(s, evidence))));
        return [.. sets.SelectMany(s => s).Select(m => m.ToString())];
    }

    private async Task<List<string>> ByRuleAsync(string tenant, BulkRule rule, int most)
    {
        var (start, end) = (rule.StartTime.ToDateTimeOffset().ToUnixTimeMilliseconds(), rule.EndTime.ToDateTimeOffset().ToUnixTimeMilliseconds());
        var sets = await Task.WhenAll(Shards().Select(s => Database.SortedSetRangeByScoreAsync(
            KeySpace.ByRule(s, tenant, rule.RuleId), start, end, Exclude.Stop, StackExchange.Redis.Order.Descending, take: most)));
        return [.. sets.SelectMany((rows, shard) => rows.Select(r => KeySpace.IdOf('d', shard, (byte[])r!)))];
    }

    private IEnumerable<int> Shards() => Enumerable.Range(0, keys.ShardCount);

    private static string UlidOf(string id) => id[(id.LastIndexOf('_') + 1)..];
}
