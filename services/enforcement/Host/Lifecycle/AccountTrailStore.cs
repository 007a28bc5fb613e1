using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Standing;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Lifecycle;

/// <summary>Finds what an account has left, by a walk through the keys of its shard.</summary>
internal sealed class AccountTrailStore(RedisConnectionStore redis, KeySpace keys, KeyWalkStore walk, StandingLedger ledgers)
{
    private const int Batch = 256;

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>Finds it.</summary>
    public async Task<AccountTrail> FindAsync(string tenant, string account, CancellationToken cancellationToken = default)
    {
        var shard = keys.ShardOf(tenant, account);
        var (postPrefix, taskPrefix, appealPrefix) = (KeySpace.Post(shard, tenant, ""), KeySpace.ReviewTask(shard, ""), KeySpace.Appeal(shard, ""));
        var (reportPrefix, orderPrefix, preservationPrefix) = (KeySpace.Report(shard, ""), KeySpace.Order(shard, ""), KeySpace.Preservation(shard, ""));
        var (posts, tasks, appeals) = (new List<TrailPost>(), new List<ReviewTaskRecord>(), new List<AppealRecord>());
        var (reports, orders, preservations) = (new List<ReportRecord>(), new List<AuthorityOrder>(), new List<PreservationRecord>());
        var batch = new List<Task>();
        // Posts, tasks and appeals say whose they are; decisions are named by them and by the ledger, and need not be unpacked to be found.
        await foreach (var key in walk.KeysAsync(KeySpace.OfShard(shard) + "*", cancellationToken))
        {
            if (key.StartsWith(postPrefix, StringComparison.Ordinal))
            {
                batch.Add(AddPostAsync(key, key[postPrefix.Length..], account, posts));
            }
            else if (key.StartsWith(taskPrefix, StringComparison.Ordinal))
            {
                batch.Add(AddAsync(key, ReviewTaskRecord.Parser, r => r.TenantId == tenant && r.AccountId == account, tasks));
            }
            else if (key.StartsWith(appealPrefix, StringComparison.Ordinal))
            {
                batch.Add(AddAsync(key, AppealRecord.Parser, r => r.TenantId == tenant && r.AccountId == account, appeals));
            }

            else if (key.StartsWith(reportPrefix, StringComparison.Ordinal))
            {
                batch.Add(AddAsync(key, ReportRecord.Parser, r => r.TenantId == tenant && r.AccountId == account, reports));
            }
            else if (key.StartsWith(orderPrefix, StringComparison.Ordinal))
            {
                batch.Add(AddAsync(key, AuthorityOrder.Parser, r => r.TenantId == tenant && r.AccountId == account, orders));
            }
            else if (key.StartsWith(preservationPrefix, StringComparison.Ordinal))
            {
                batch.Add(AddAsync(
                    key, PreservationRecord.Parser, r => r.Preservation.TenantId == tenant && r.Preservation.AccountId == account, preservations));
            }

            if (batch.Count == Batch)
            {
                await Task.WhenAll(batch);
                batch.Clear();
            }
        }

        await Task.WhenAll(batch);
        cancellationToken.ThrowIfCancellationRequested(); // half a trail would look like a whole one
        var ledger = await ledgers.ReadAsync(tenant, account);
        var decisions = posts.SelectMany(p => p.Fields).Where(f => f.Key.StartsWith("d:", StringComparison.Ordinal)).Select(f => f.Value)
            .Concat(ledger.Entries.Select(e => e.DecisionId)).Concat(tasks.Select(t => t.DecisionId))
            .Where(d => keys.ShardOfId(d, 'd') is not null).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        return new AccountTrail(
            tenant, account, shard, [.. posts.OrderBy(p => p.PostId, StringComparer.Ordinal).DistinctBy(p => p.PostId)], [.. decisions],
            [.. tasks.DistinctBy(t => t.TaskId)], [.. appeals.DistinctBy(a => a.Appeal.AppealId)], ledger,
            [.. reports.DistinctBy(r => r.ReportId)],
            new Dictionary<string, int>
            {
                ["order"] = orders.DistinctBy(o => o.OrderId).Count(),
                ["preservation"] = preservations.DistinctBy(p => p.Preservation.PreservationId).Count(),
            });
    }

    private async Task AddPostAsync(string key, string postId, string account, List<TrailPost> posts)
    {
        if (await Database.HashGetAsync(key, "account") == account)
        {
            var fields = (await Database.HashGetAllAsync(key)).ToDictionary(f => f.Name.ToString(), f => f.Value.ToString(), StringComparer.Ordinal);
            lock (posts)
            {
                posts.Add(new TrailPost(postId, fields));
            }
        }
    }

    private async Task AddAsync<T>(string key, Google.Protobuf.MessageParser<T> parser, Func<T, bool> isOf, List<T> found) where T : Google.Protobuf.IMessage<T>
    {
        var row = await Database.HashGetAsync(key, "r");
        if (!row.IsNull && parser.ParseFrom((byte[])row!) is var record && isOf(record))
        {
            lock (found)
            {
                found.Add(record);
            }
        }
    }
}
