using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Bulk;

/// <summary>
/// Bulk jobs. All of a job lies in one shard; the decisions that it makes lie in the shards of their accounts, and each is made once because its
/// cause names the job.
/// </summary>
internal sealed class BulkJobStore(RedisConnectionStore redis, KeySpace keys, ActionStore actions, TimeProvider time)
{
    private const string Taken = "taken";
    private const int Chunk = 1000;
    private static readonly EmbeddedScript Settle = EmbeddedScript.Load(typeof(BulkJobStore).Assembly, "settle_target.lua");

    // Longer than the decisions that it made can be appealed.
    internal static readonly TimeSpan Kept = TimeSpan.FromDays(400);

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>The id of the job of a request; the same request has the same.</summary>
    public string IdOf(string tenant, string requestId) => KeySpace.IdOfRequest('b', keys.ShardOf(tenant, "bulk"), tenant, "bulk", requestId);

    /// <summary>A job with its counts, or null.</summary>
    public async Task<BulkJobRecord?> FindAsync(string jobId)
    {
        if (keys.ShardOfId(jobId, 'b') is not { } shard)
        {
            return null;
        }

        var row = await Database.HashGetAsync(KeySpace.BulkJob(shard, jobId), ["r", "decided", "skipped", "undone_by"]);
        if (row[0].IsNull)
        {
            return null;
        }

        var record = BulkJobRecord.Parser.ParseFrom((byte[])row[0]!);
        record.Job.DecidedCount = (int)row[1];
        record.Job.SkippedCount = (int)row[2];
        record.Job.UndoneByJobId = row[3].ToString();
        return record;
    }

    /// <summary>Starts a job on these decisions. It runs from the moment that its record is there, so a crash before that leaves nothing but a list that expires.</summary>
    /// <param name="record">The job.</param>
    /// <param name="targets">The decisions, in the order in which to go.</param>
    /// <returns>False when it was started before, or when the job that it undoes is being undone by another one.</returns>
    public async Task<bool> StartAsync(BulkJobRecord record, IReadOnlyList<string> targets)
    {
        var job = record.Job;
        var shard = keys.ShardOfId(job.JobId, 'b')!.Value; // its id was minted here
        var (key, list) = (KeySpace.BulkJob(shard, job.JobId), KeySpace.BulkTargets(shard, job.JobId));
        foreach (var (chunk, number) in targets.Chunk(Chunk).Select((c, i) => (c, i)))
        {
            await Database.SortedSetAddAsync(list, [.. chunk.Select((t, i) => new SortedSetEntry(t, (number * Chunk) + i))]);
        }

        await Database.KeyExpireAsync(list, Kept);
        List<CommitGuard> guards = [new(Taken, GuardKind.Equal, key, "r", "")];
        List<CommitEffect> effects =
        [
            new("HSET", key, "r", record.ToByteArray()),
            new("PEXPIRE", key, (long)Kept.TotalMilliseconds),
            new("SADD", KeySpace.BulkOpen(shard), job.JobId),
        ];
        if (job.UndoesJobId.Length > 0)
        {
            // Jobs of a tenant share a shard.
            var undone = KeySpace.BulkJob(shard, job.UndoesJobId);
            guards.Add(new CommitGuard(Taken, GuardKind.Equal, undone, "undone_by", ""));
            effects.Add(new CommitEffect("HSET", undone, "undone_by", job.JobId));
        }

        var action = new ActionRecorded
        {
            Action = "bulk.started",
            ObjectId = job.JobId,
            Actor = job.Creator,
            TenantId = job.TenantId,
            ContentHash = record.RequestHash,
        };
        return await actions.RecordAsync(shard, action, null, guards, effects) is null;
    }

    /// <summary>Jobs that are not done.</summary>
    public async Task<IReadOnlyList<string>> OpenAsync()
    {
        var sets = await Task.WhenAll(Enumerable.Range(0, keys.ShardCount).Select(s => Database.SetMembersAsync(KeySpace.BulkOpen(s))));
        return [.. sets.SelectMany(s => s).Select(m => m.ToString()).Order(StringComparer.Ordinal)];
    }

    /// <summary>The next decisions of a job.</summary>
    public async Task<IReadOnlyList<string>> NextAsync(string jobId, int count)
        => [.. (await Database.SortedSetRangeByRankAsync(KeySpace.BulkTargets(ShardOf(jobId), jobId), 0, count - 1)).Select(m => m.ToString())];

    /// <summary>Notes what became of a decision, once.</summary>
    public Task SettleAsync(string jobId, BulkResult result)
    {
        var shard = ShardOf(jobId);
        return Settle.RunAsync(
            Database,
            [KeySpace.BulkJob(shard, jobId), KeySpace.BulkTargets(shard, jobId), KeySpace.BulkResults(shard, jobId)],
            [result.DecisionId, result.ToByteArray(), result.Skip == BulkSkip.Unspecified ? "decided" : "skipped"]);
    }

    /// <summary>Ends a job of which nothing is left.</summary>
    public async Task FinishAsync(BulkJobRecord record)
    {
        var ended = record.Clone();
        ended.Job.State = BulkState.Done;
        ended.Job.EndTime = Timestamp.FromDateTimeOffset(time.GetUtcNow());
        var (shard, job) = (ShardOf(ended.Job.JobId), ended.Job);
        var key = KeySpace.BulkJob(shard, job.JobId);
        CommitEffect[] effects =
        [
            new("HSET", key, "r", ended.ToByteArray(), "s", "done"),
            new("PEXPIRE", key, (long)Kept.TotalMilliseconds),
            new("PEXPIRE", KeySpace.BulkResults(shard, job.JobId), (long)Kept.TotalMilliseconds),
            new("SREM", KeySpace.BulkOpen(shard), job.JobId),
        ];
        var action = new ActionRecorded { Action = "bulk.done", ObjectId = job.JobId, Actor = "enforcement", TenantId = job.TenantId };
        await actions.RecordAsync(shard, action, null, [new(Taken, GuardKind.NotEqual, key, "s", "done")], effects);
    }

    /// <summary>What a job made of decisions, from a place on.</summary>
    public async Task<IReadOnlyList<BulkResult>> ResultsAsync(string jobId, long start, int count)
    {
        var rows = await Database.ListRangeAsync(KeySpace.BulkResults(ShardOf(jobId), jobId), start, start + count - 1);
        return [.. rows.Select(r => BulkResult.Parser.ParseFrom((byte[])r!))]; // an element is never nil
    }

    private int ShardOf(string jobId) => keys.ShardOfId(jobId, 'b') ?? throw new ArgumentException("It is no id of a bulk job.", nameof(jobId));
}
