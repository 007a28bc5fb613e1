using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Review;

/// <summary>A task as its hash says.</summary>
/// <param name="Record">What it is about.</param>
/// <param name="State">One of <see cref="TaskStates"/>.</param>
/// <param name="Holder">Who holds it; empty when nobody does.</param>
/// <param name="LeaseEnd">Until when.</param>
/// <param name="Token">The token of the latest lease.</param>
/// <param name="Votes">Verdicts given so far, the earliest first.</param>
/// <param name="DecisionId">The decision that it led to; empty while it is not done.</param>
/// <param name="DoneBy">Who gave the verdict that decided it.</param>
/// <param name="Barred">People who must not be handed it.</param>
internal sealed record StoredTask(
    ReviewTaskRecord Record, string State, string Holder, DateTimeOffset LeaseEnd, long Token, IReadOnlyList<ReviewVoteRecord> Votes, string DecisionId,
    string DoneBy, IReadOnlySet<string> Barred)
{
    public bool IsHeld(DateTimeOffset now) => Holder.Length > 0 && LeaseEnd > now;
}

/// <summary>
/// The review tasks, as reviewers take them. A tenant's queue lies in all shards, beside the accounts; whoever wants its head looks at the head
/// of each (64 short reads in one round trip), which no second copy of the queue can contradict.
/// </summary>
internal sealed class ReviewQueue(RedisConnectionStore redis, KeySpace keys)
{
    private const int HeadLength = 16;
    private const int DeepestPage = 64;
    private static readonly EmbeddedScript LeaseScript = EmbeddedScript.Load(typeof(ReviewQueue).Assembly, "lease_task.lua");
    private static readonly EmbeddedScript HoldScript = EmbeddedScript.Load(typeof(ReviewQueue).Assembly, "hold_task.lua");

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>A task, or null.</summary>
    public async Task<StoredTask?> FindAsync(string taskId)
        => keys.ShardOfId(taskId, 't') is { } shard ? Read(await Database.HashGetAllAsync(KeySpace.ReviewTask(shard, taskId))) : null;

    /// <summary>The tasks of some queues in the order of their rank, a page of each shard's at a time.</summary>
    public async IAsyncEnumerable<StoredTask> ReadAsync(string tenant, IReadOnlyCollection<string> queues, double afterRank = double.NegativeInfinity, string afterId = "")
    {
        for (var page = 0; page < DeepestPage; page++)
        {
            var heads = await Task.WhenAll(
                from shard in Enumerable.Range(0, keys.ShardCount)
                from queue in queues
                select HeadAsync(shard, tenant, queue, afterRank, page));
            // Below the last row of a full head there may be more of that shard, so what ranks behind it waits for the next page.
            var full = heads.Where(h => h.Length == HeadLength).Select(h => h[^1].Score).DefaultIfEmpty(double.PositiveInfinity).Min();
            var rows = heads.SelectMany(h => h).OrderBy(r => r.Score).ThenBy(r => r.Element.ToString(), StringComparer.Ordinal)
                .Where(r => r.Score > afterRank || (r.Score == afterRank && string.CompareOrdinal(r.Element.ToString(), afterId) > 0))
                .ToList();
            var ready = rows.Where(r => r.Score <= full).ToList();
            foreach (var chunk in ready.Chunk(HeadLength))
            {
                foreach (var task in await Task.WhenAll(chunk.Select(r => FindAsync(r.Element.ToString()))))
                {
                    if (task is not null)
                    {
                        yield return task;
                    }
                }
            }

            if (double.IsPositiveInfinity(full))
            {
                yield break;
            }

            if (ready.Count > 0)
            {
                (afterRank, afterId, page) = (ready[^1].Score, ready[^1].Element.ToString(), -1);
            }
        }
    }

    /// <summary>Hands a task to a person.</summary>
    /// <returns>The token; null when it can't be had.</returns>
    public async Task<long?> LeaseAsync(string taskId, string person, bool isLead, DateTimeOffset now, DateTimeOffset until)
    {
        var answer = (RedisResult[])(await LeaseScript.RunAsync(
            Database, [KeyOf(taskId)], [person, now.ToUnixTimeMilliseconds(), until.ToUnixTimeMilliseconds(), isLead ? "1" : "0"]))!; // always an array
        return answer[0].ToString() == "leased" ? (long)answer[1] : null;
    }

    /// <summary>Keeps a lease until a time, or gives the task back when that is null.</summary>
    /// <returns>True, false when the lease is lost, null when there is no such task.</returns>
    public async Task<bool?> HoldAsync(string taskId, string person, long token, DateTimeOffset now, DateTimeOffset? until)
        => (int)await HoldScript.RunAsync(
            Database, [KeyOf(taskId)], [person, token, now.ToUnixTimeMilliseconds(), until?.ToUnixTimeMilliseconds() ?? 0]) switch
        {
            -1 => null,
            var held => held == 1,
        };

    /// <summary>The accounts that a person must not review, as tenant/account.</summary>
    public async Task<IReadOnlySet<string>> ConflictsAsync(string person)
        => (await Database.SetMembersAsync(KeySpace.Conflicts(person))).Select(m => m.ToString()).ToHashSet(StringComparer.Ordinal);

    /// <summary>Records that a person must not review an account.</summary>
    public Task DeclareConflictAsync(string person, string tenant, string account) => Database.SetAddAsync(KeySpace.Conflicts(person), $"{tenant}/{account}");

    /// <summary>How many tasks of a queue wait.</summary>
    public async Task<long> CountAsync(string tenant, string queue)
        => (await Task.WhenAll(Enumerable.Range(0, keys.ShardCount).Select(s => Database.SortedSetLengthAsync(KeySpace.ReviewQueue(s, tenant, queue))))).Sum();

    private Task<SortedSetEntry[]> HeadAsync(int shard, string tenant, string queue, double afterRank, int page)
        => Database.SortedSetRangeByScoreWithScoresAsync(
            KeySpace.ReviewQueue(shard, tenant, queue), afterRank, double.PositiveInfinity, skip: (long)page * HeadLength, take: HeadLength);

    private string KeyOf(string taskId) => KeySpace.ReviewTask(keys.ShardOfId(taskId, 't') ?? 0, taskId);

    private static StoredTask? Read(HashEntry[] rows)
    {
        var fields = rows.ToDictionary(r => r.Name.ToString(), r => r.Value, StringComparer.Ordinal);
        if (!fields.TryGetValue("r", out var record))
        {
            return null;
        }

        return new StoredTask(
            ReviewTaskRecord.Parser.ParseFrom((byte[])record!), // a field that is there is not null
            Text("s"),
            Text("h"),
            DateTimeOffset.FromUnixTimeMilliseconds((long)fields.GetValueOrDefault("u", 0)),
            (long)fields.GetValueOrDefault("f", 0),
            [.. fields.Where(f => f.Key.StartsWith("v:", StringComparison.Ordinal)).OrderBy(f => f.Key, StringComparer.Ordinal)
                .Select(f => ReviewVoteRecord.Parser.ParseFrom((byte[])f.Value!))],
            Text("d"),
            Text("by"),
            fields.Keys.Where(k => k.StartsWith("x:", StringComparison.Ordinal)).Select(k => k[2..]).ToHashSet(StringComparer.Ordinal));

        string Text(string name) => fields.GetValueOrDefault(name).ToString();
    }
}
