using System.Globalization;
using Google.Protobuf;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Ingest.Host.Intake;

/// <summary>What became of an intake.</summary>
internal enum IntakeStatus
{
    /// <summary>Taken in now; this replica decides it.</summary>
    New,

    /// <summary>Taken in before with the same content, not decided yet.</summary>
    Pending,

    /// <summary>Decided before.</summary>
    Decided,

    /// <summary>Decided before, without a measure, and moved to the archive.</summary>
    Settled,

    /// <summary>Taken in before with another content.</summary>
    Conflict,

    /// <summary>The post was withdrawn.</summary>
    Withdrawn,

    /// <summary>The post id belongs to another account.</summary>
    OtherAccount,
}

/// <summary>The answer of intake.lua.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Id">The stream entry (new, pending) or the decision id (decided).</param>
/// <param name="Counters">The account's counters, this post included; only when new.</param>
/// <param name="Settled">What is left of the decision; only when settled.</param>
internal sealed record IntakeResult(IntakeStatus Status, string Id, AccountCounters Counters, SettledDecision? Settled = null);

/// <summary>What the post hash says.</summary>
internal sealed record StoredPost(int Shard, string Account, long Revision, PostState State, string? DecisionId, SettledDecision? Settled = null);

/// <summary>An entry of an intake stream: durable, and not decided yet.</summary>
internal sealed record IntakeEntry(int Shard, string Id, IntakeRecord Record)
{
    public AccountCounters? Counters { get; init; }

    public long Revision => PostContent.Revision(Record.Post);
}

/// <summary>Posts between their intake and their decision.</summary>
internal sealed class IntakeStore(RedisConnectionStore redis, KeySpace keys, PostOwnerStore owners, TimeProvider time)
{
    private static readonly EmbeddedScript Intake = EmbeddedScript.Load(typeof(IntakeStore).Assembly, "intake.lua");
    private static readonly EmbeddedScript Finish = EmbeddedScript.Load(typeof(IntakeStore).Assembly, "finish.lua");
    private static readonly EmbeddedScript Takeover = EmbeddedScript.Load(typeof(IntakeStore).Assembly, "takeover.lua");
    private static readonly EmbeddedScript FindSettled = EmbeddedScript.Load(typeof(IntakeStore).Assembly, "find_settled.lua");

    // Redis collects garbage by these; nothing is decided by them.
    private static readonly TimeSpan CountersKept = TimeSpan.FromDays(60);
    private static readonly TimeSpan RestoredKept = TimeSpan.FromDays(7);

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>The shard of an account.</summary>
    public int ShardOf(string tenant, string account) => keys.ShardOf(tenant, account);

    /// <summary>The shard of a record.</summary>
    public int ShardOf(IntakeRecord record) => keys.ShardOf(record.TenantId, record.Post.AccountId);

    /// <summary>Takes a post in. When this returns, the post is as durable as the store's fsync.</summary>
    /// <param name="record">The post.</param>
    /// <param name="contentHash">Hash of what was submitted.</param>
    /// <param name="consumer">This replica.</param>
    /// <param name="firstSubmission">Nobody had submitted this post before this call.</param>
    public async Task<IntakeResult> TakeInAsync(IntakeRecord record, string contentHash, string consumer, bool firstSubmission)
    {
        var (shard, post, now) = (ShardOf(record), record.Post, time.GetUtcNow());
        var answer = (RedisResult[])(await Intake.RunAsync(
            Database,
            [
                KeySpace.Posts(shard), KeySpace.Post(shard, record.TenantId, post.PostId), KeySpace.Counters(shard, record.TenantId, post.AccountId),
                KeySpace.Settled(shard, KeySpace.GenerationOf(now)), KeySpace.Settled(shard, KeySpace.GenerationOf(now, 1)),
            ],
            [
                post.AccountId, PostContent.Revision(post), contentHash, record.ToByteArray(), KeySpace.IntakeGroup, consumer,
                now.ToUnixTimeMilliseconds(), (long)CountersKept.TotalSeconds, KeySpace.CompactField(record.TenantId, post.PostId),
                KeySpace.AccountMark(record.TenantId, post.AccountId), $"d_{shard}_", (long)RestoredKept.TotalMilliseconds, firstSubmission ? "1" : "0",
            ]))!; // the script always answers an array
        return new IntakeResult(
            answer[0].ToString() switch
            {
                "new" => IntakeStatus.New,
                "pending" => IntakeStatus.Pending,
                "decided" => IntakeStatus.Decided,
                "settled" => IntakeStatus.Settled,
                "conflict" => IntakeStatus.Conflict,
                "withdrawn" => IntakeStatus.Withdrawn,
                _ => IntakeStatus.OtherAccount,
            },
            answer[1].ToString(),
            CountersOf(answer),
            answer[0].ToString() == "settled"
                ? new SettledDecision(answer[1].ToString(), PostContent.Revision(post), (DecisionOutcome)(int)answer[2])
                : null);
    }

    private static AccountCounters CountersOf(RedisResult[] answer) => answer[0].ToString() != "new" ? new AccountCounters() : new AccountCounters
    {
        Posts1M = (long)answer[2],
        Posts1H = (long)answer[3],
        Posts1D = (long)answer[4],
        Posts7D = (long)answer[5],
        Posts30D = (long)answer[6],
    };

    /// <summary>Takes a decided entry out of the stream. Idempotent.</summary>
    public Task FinishAsync(IntakeEntry entry) => FinishAsync(entry, "decided");

    /// <summary>Moves an entry that keeps failing into quarantine, with its reason. Submitting the same revision again sends it again.</summary>
    public Task QuarantineAsync(IntakeEntry entry, string reason) => FinishAsync(entry, reason);

    /// <summary>What is known of a post, or null.</summary>
    public async Task<StoredPost?> FindAsync(string tenant, string post)
    {
        if (await owners.FindAsync(tenant, post) is not { } account)
        {
            return null;
        }

        var shard = keys.ShardOf(tenant, account);
        var key = KeySpace.Post(shard, tenant, post);
        var row = await Database.HashGetAsync(key, ["rev", "current", "withdraw_ms"]);
        if (row[0].IsNull)
        {
            return await FindSettledAsync(shard, tenant, post) is { } settled
                ? new StoredPost(shard, account, settled.Revision, PostState.Decided, settled.Id, settled)
                : null;
        }

        var revision = (long)row[0];
        var more = await Database.HashGetAsync(key, [$"e:{revision}", $"q:{revision}", $"s:{row[1]}"]);
        var state = !row[2].IsNull ? PostState.Withdrawn
            : !more[1].IsNull ? PostState.Quarantined
            : !more[0].IsNull || row[1].IsNull ? PostState.Pending
            : PostState.Decided;
        return new StoredPost(
            shard, account, revision, state, row[1].IsNull ? null : row[1].ToString(),
            more[2].IsNull ? null : ParseSettled(row[1].ToString(), more[2].ToString()));
    }

    /// <summary>The decision of one revision as submitted, or null while there is none.</summary>
    public async Task<string?> FindDecisionAsync(string tenant, string post, string account, long revision)
    {
        var shard = keys.ShardOf(tenant, account);
        var id = await Database.HashGetAsync(KeySpace.Post(shard, tenant, post), $"d:{revision.ToString(CultureInfo.InvariantCulture)}:submit");
        return id.IsNull ? null : id.ToString();
    }

    /// <summary>Says that <paramref name="consumer"/> lives, and who else does.</summary>
    public async Task<IReadOnlyDictionary<string, DateTimeOffset>> BeatAsync(string consumer)
    {
        var now = time.GetUtcNow();
        await Database.HashSetAsync(KeySpace.IngestReplicas, consumer, now.ToUnixTimeMilliseconds());
        var rows = await Database.HashGetAllAsync(KeySpace.IngestReplicas);
        return rows.ToDictionary(r => r.Name.ToString(), r => DateTimeOffset.FromUnixTimeMilliseconds((long)r.Value));
    }

    /// <summary>Forgets consumers that are gone.</summary>
    public Task ForgetAsync(IEnumerable<string> consumers) => Database.HashDeleteAsync(KeySpace.IngestReplicas, [.. consumers.Select(c => (RedisValue)c)]);

    /// <summary>Who holds pending entries of which shards.</summary>
    public async Task<IReadOnlyList<(int Shard, string Consumer)>> PendingAsync()
    {
        var shards = Enumerable.Range(0, keys.ShardCount).ToList();
        var answers = await Task.WhenAll(shards.Select(PendingOfAsync));
        return [.. shards.SelectMany(s => ConsumersOf(answers[s]).Select(c => (s, c)))];
    }

    /// <summary>Whether this very revision was taken in before, decided or not.</summary>
    public async Task<bool> IsKnownAsync(string tenant, Post post, string contentHash)
    {
        var shard = ShardOf(tenant, post.AccountId);
        var revision = PostContent.Revision(post);
        var known = await Database.HashGetAsync(
            KeySpace.Post(shard, tenant, post.PostId), $"c:{revision.ToString(CultureInfo.InvariantCulture)}");
        // Of a post that had settled, only the first half of the hash is left; whether it is the same is told by intake.lua.
        return known.IsNull
            ? await FindSettledAsync(shard, tenant, post.PostId, revision.ToString(CultureInfo.InvariantCulture)) is not null
            : contentHash.StartsWith(known.ToString(), StringComparison.Ordinal);
    }

    /// <summary>The ids of up to <paramref name="count"/> entries of a shard that <paramref name="consumer"/> holds, oldest first.</summary>
    public async Task<IReadOnlyList<string>> PendingIdsAsync(int shard, string consumer, int count)
    {
        var rows = await Database.StreamPendingMessagesAsync(KeySpace.Posts(shard), KeySpace.IntakeGroup, count, consumer);
        return [.. rows.Select(r => r.MessageId.ToString())];
    }

    /// <summary>One entry, or null when it is finished meanwhile.</summary>
    public async Task<IntakeEntry?> ReadEntryAsync(int shard, string id)
    {
        var rows = await Database.StreamRangeAsync(KeySpace.Posts(shard), id, id, 1);
        return rows.Length == 0 ? null : new IntakeEntry(shard, id, IntakeRecord.Parser.ParseFrom((byte[])rows[0]["r"]!)); // each entry has a record
    }

    /// <summary>Claims up to <paramref name="count"/> entries that <paramref name="from"/> left in a shard.</summary>
    public async Task<IReadOnlyList<IntakeEntry>> TakeOverAsync(int shard, string from, string to, int count)
    {
        var taken = (RedisValue[])(await Takeover.RunAsync(Database, [KeySpace.Posts(shard)], [KeySpace.IntakeGroup, from, to, count]))!; // always an array
        return [.. taken.Chunk(2).Select(pair => new IntakeEntry(shard, pair[0].ToString(), IntakeRecord.Parser.ParseFrom((byte[])pair[1]!)))]; // no nil inside
    }

    private async Task<RedisResult?> PendingOfAsync(int shard)
    {
        try
        {
            return await Database.ExecuteAsync("XPENDING", (RedisKey)KeySpace.Posts(shard), KeySpace.IntakeGroup);
        }
        catch (RedisServerException none) when (none.Message.StartsWith("NOGROUP", StringComparison.Ordinal))
        {
            return null;
        }
    }

    private async Task<SettledDecision?> FindSettledAsync(int shard, string tenant, string post, string revision = "")
    {
        var now = time.GetUtcNow();
        var answer = await FindSettled.RunAsync(
            Database,
            [KeySpace.Settled(shard, KeySpace.GenerationOf(now)), KeySpace.Settled(shard, KeySpace.GenerationOf(now, 1))],
            [KeySpace.CompactField(tenant, post), $"d_{shard}_", revision]);
        return answer.IsNull ? null : new SettledDecision(answer[2].ToString(), (long)answer[0], (DecisionOutcome)(int)answer[1]);
    }

    // revision:outcome, as settled_post.lua writes it.
    private static SettledDecision ParseSettled(string id, string field)
    {
        var parts = field.Split(':');
        return new SettledDecision(
            id, long.Parse(parts[0], CultureInfo.InvariantCulture), (DecisionOutcome)int.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    private Task<RedisResult> FinishAsync(IntakeEntry entry, string reason) => Finish.RunAsync(
        Database,
        [KeySpace.Posts(entry.Shard), KeySpace.Post(entry.Shard, entry.Record.TenantId, entry.Record.Post.PostId), KeySpace.Quarantine(entry.Shard)],
        [KeySpace.IntakeGroup, entry.Id, entry.Revision, reason]);

    private static IEnumerable<string> ConsumersOf(RedisResult? summary)
        => summary is null || summary.Length < 4 || summary[3].IsNull
            ? []
            : ((RedisResult[])summary[3]!).Select(c => c[0].ToString()); // not null: tested before
}
