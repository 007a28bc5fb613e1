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

    /// <summary>Taken in before with another content.</summary>
    Conflict,

    /// <summary>The post was withdrawn.</summary>
    Withdrawn,

    /// <summary>The post id belongs to another account.</summary>
    OtherAccount,
}

/// <summary>What became of a binding that is made once.</summary>
internal enum Binding
{
    /// <summary>It was made now.</summary>
    Created,

    /// <summary>It was there, with the same value.</summary>
    Same,

    /// <summary>It was there, with another value.</summary>
    Other,
}

/// <summary>The answer of intake.lua.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Id">The stream entry (new, pending) or the decision id (decided).</param>
/// <param name="Counters">The account's counters, this post included; only when new.</param>
internal sealed record IntakeResult(IntakeStatus Status, string Id, AccountCounters Counters);

/// <summary>What the post hash says.</summary>
internal sealed record StoredPost(int Shard, string Account, long Revision, PostState State, string? DecisionId);

/// <summary>An entry of an intake stream: durable, and not decided yet.</summary>
internal sealed record IntakeEntry(int Shard, string Id, IntakeRecord Record)
{
    public AccountCounters? Counters { get; init; }

    public long Revision => PostContent.Revision(Record.Post);
}

/// <summary>Posts between their intake and their decision.</summary>
internal sealed class IntakeStore(RedisConnectionStore redis, KeySpace keys, TimeProvider time)
{
    private static readonly EmbeddedScript Intake = EmbeddedScript.Load(typeof(IntakeStore).Assembly, "intake.lua");
    private static readonly EmbeddedScript Finish = EmbeddedScript.Load(typeof(IntakeStore).Assembly, "finish.lua");
    private static readonly EmbeddedScript Takeover = EmbeddedScript.Load(typeof(IntakeStore).Assembly, "takeover.lua");

    // Redis collects garbage by these; nothing is decided by them.
    private static readonly TimeSpan RequestIdsKept = TimeSpan.FromDays(7);
    private static readonly TimeSpan CountersKept = TimeSpan.FromDays(2);

    // Six months of appeals and thirty days more.
    private static readonly TimeSpan OwnersKept = TimeSpan.FromDays(214);

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>The shard of an account.</summary>
    public int ShardOf(string tenant, string account) => keys.ShardOf(tenant, account);

    /// <summary>The shard of a record.</summary>
    public int ShardOf(IntakeRecord record) => keys.ShardOf(record.TenantId, record.Post.AccountId);

    /// <summary>Binds a request id to the hash of its body.</summary>
    public async Task<Binding> BindRequestAsync(string tenant, string requestId, string contentHash)
        => BindingOf(await Database.StringSetAndGetAsync(KeySpace.RequestId(tenant, requestId), contentHash, RequestIdsKept, when: When.NotExists), contentHash);

    /// <summary>Takes a binding of a request id back: the request was refused, and nothing of it stays.</summary>
    public Task UnbindRequestAsync(string tenant, string requestId) => Database.KeyDeleteAsync(KeySpace.RequestId(tenant, requestId));

    /// <summary>Binds a post id to its account, and keeps the binding as long as its decisions can be appealed from now on.</summary>
    /// <returns>False when it is bound to another one.</returns>
    public async Task<bool> BindOwnerAsync(string tenant, string post, string account)
    {
        var key = KeySpace.PostOwner(tenant, post);
        var binding = BindingOf(await Database.StringSetAndGetAsync(key, account, OwnersKept, when: When.NotExists), account);
        if (binding == Binding.Same)
        {
            await Database.KeyExpireAsync(key, OwnersKept);
        }

        return binding != Binding.Other;
    }

    /// <summary>Takes a post in. When this returns, the post is as durable as the store's fsync.</summary>
    public async Task<IntakeResult> TakeInAsync(IntakeRecord record, string contentHash, string consumer)
    {
        var shard = ShardOf(record);
        var answer = (RedisResult[])(await Intake.RunAsync(
            Database,
            [KeySpace.Posts(shard), KeySpace.Post(shard, record.TenantId, record.Post.PostId), KeySpace.Counters(shard, record.TenantId, record.Post.AccountId)],
            [
                record.Post.AccountId, PostContent.Revision(record.Post), contentHash, record.ToByteArray(), KeySpace.IntakeGroup, consumer,
                time.GetUtcNow().ToUnixTimeMilliseconds(), (long)CountersKept.TotalSeconds,
            ]))!; // the script always answers an array
        return new IntakeResult(
            answer[0].ToString() switch
            {
                "new" => IntakeStatus.New,
                "pending" => IntakeStatus.Pending,
                "decided" => IntakeStatus.Decided,
                "conflict" => IntakeStatus.Conflict,
                "withdrawn" => IntakeStatus.Withdrawn,
                _ => IntakeStatus.OtherAccount,
            },
            answer[1].ToString(),
            new AccountCounters { Posts1M = (long)answer[2], Posts1H = (long)answer[3], Posts1D = (long)answer[4] });
    }

    /// <summary>Takes a decided entry out of the stream. Idempotent.</summary>
    public Task FinishAsync(IntakeEntry entry) => FinishAsync(entry, "decided");

    /// <summary>Moves an entry that keeps failing into quarantine, with its reason. Submitting the same revision again sends it again.</summary>
    public Task QuarantineAsync(IntakeEntry entry, string reason) => FinishAsync(entry, reason);

    /// <summary>What is known of a post, or null.</summary>
    public async Task<StoredPost?> FindAsync(string tenant, string post)
    {
        var account = await Database.StringGetAsync(KeySpace.PostOwner(tenant, post));
        if (account.IsNull)
        {
            return null;
        }

        var shard = keys.ShardOf(tenant, account.ToString());
        var key = KeySpace.Post(shard, tenant, post);
        var row = await Database.HashGetAsync(key, ["rev", "current", "withdraw_ms"]);
        if (row[0].IsNull)
        {
            return null;
        }

        var revision = (long)row[0];
        var more = await Database.HashGetAsync(key, [$"e:{revision}", $"q:{revision}"]);
        var state = !row[2].IsNull ? PostState.Withdrawn
            : !more[1].IsNull ? PostState.Quarantined
            : !more[0].IsNull || row[1].IsNull ? PostState.Pending
            : PostState.Decided;
        return new StoredPost(shard, account.ToString(), revision, state, row[1].IsNull ? null : row[1].ToString());
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
        var key = KeySpace.Post(ShardOf(tenant, post.AccountId), tenant, post.PostId);
        return await Database.HashGetAsync(key, $"c:{PostContent.Revision(post).ToString(CultureInfo.InvariantCulture)}") == contentHash;
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

    private static Binding BindingOf(RedisValue before, string wanted) => before.IsNull ? Binding.Created : before == wanted ? Binding.Same : Binding.Other;

    private Task<RedisResult> FinishAsync(IntakeEntry entry, string reason) => Finish.RunAsync(
        Database,
        [KeySpace.Posts(entry.Shard), KeySpace.Post(entry.Shard, entry.Record.TenantId, entry.Record.Post.PostId), KeySpace.Quarantine(entry.Shard)],
        [KeySpace.IntakeGroup, entry.Id, entry.Revision, reason]);

    private static IEnumerable<string> ConsumersOf(RedisResult? summary)
        => summary is null || summary.Length < 4 || summary[3].IsNull
            ? []
            : ((RedisResult[])summary[3]!).Select(c => c[0].ToString()); // not null: tested before
}
