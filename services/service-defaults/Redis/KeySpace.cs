using System.Globalization;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;

namespace Moderation.ServiceDefaults.Redis;

/// <summary>
/// The name of every key in Redis. An account lives in one shard, a shard is one hash tag, so all that a decision touches sits in one
/// slot. Ids are validated before they come here and hold no braces, so no id can move a key to another slot.
/// </summary>
/// <param name="ShardCount">Number of shards, fixed at installation.</param>
public sealed record KeySpace(int ShardCount)
{
    /// <summary>The number of shards unless the installation says otherwise.</summary>
    public const int DefaultShardCount = 64;

    /// <summary>The consumer group of the intake streams.</summary>
    public const string IntakeGroup = "ingest";

    /// <summary>Facts fixed at installation (hash): <c>shard_count</c>.</summary>
    public const string Installation = "{installation}";

    /// <summary>Heartbeats of ingest replicas (hash): consumer → Unix milliseconds.</summary>
    public const string IngestReplicas = "{ingest}:replicas";

    /// <summary>The change stream of the banks (stream), entry id = version-0.</summary>
    public const string BankChanges = "{banks}:changes";

    /// <summary>The version of the banks (integer).</summary>
    public const string BankVersion = "{banks}:version";

    /// <summary>The shard of an account: XxHash3(tenant, account) mod ShardCount.</summary>
    public int ShardOf(string tenant, string account)
        => (int)(XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"{tenant}\n{account}")) % (ulong)ShardCount);

    /// <summary>The shard inside a minted id such as <c>d_17_01J…</c>; null when it is none of ours.</summary>
    public int? ShardOfId(string id, char kind)
    {
        ArgumentNullException.ThrowIfNull(id);
        var parts = id.Split('_');
        return parts.Length == 3 && parts[0].Length == 1 && parts[0][0] == kind && Ulid.TryParse(parts[2], out _)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var shard) && shard < ShardCount
            ? shard
            : null;
    }

    /// <summary>Mints an id that carries its shard.</summary>
    public static string MintId(char kind, int shard, DateTimeOffset now) => $"{kind}_{shard}_{Ulid.NewUlid(now)}";

    /// <summary>Post id → account id and the time of the latest submission (string); see <see cref="PostOwnerStore"/>.</summary>
    public static string Owner(string tenant, string post) => $"{{p:{SlotOf(tenant, post)}}}:owner:{tenant}:{post}";

    /// <summary>Owners of settled posts, in the slot of <see cref="Owner"/> (compact map): field of (tenant, post) → account id.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="post">The post.</param>
    /// <param name="generation">The generation, see <see cref="GenerationOf"/>.</param>
    public static string SettledOwners(string tenant, string post, string generation) => $"{{p:{SlotOf(tenant, post)}}}:owners:{generation}";

    /// <summary>Request ids (compact map): field of (tenant, request) → the first bytes of the hash of its body.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="request">The request id.</param>
    /// <param name="generation">The generation, see <see cref="GenerationOf"/>.</param>
    public static string RequestIds(string tenant, string request, string generation) => $"{{r:{SlotOf(tenant, request)}}}:{generation}";

    /// <summary>An API key (hash): tenant, hash of the secret.</summary>
    public static string ApiKey(string keyId) => $"{{k:{keyId}}}";

    /// <summary>The intake stream of a shard.</summary>
    public static string Posts(int shard) => $"{{m:{shard}}}:posts";

    /// <summary>Entries that kept failing, with their reason (stream).</summary>
    public static string Quarantine(int shard) => $"{{m:{shard}}}:quarantine";

    /// <summary>A post (hash): account, latest revision, and per revision its content hash, pending entry and decisions.</summary>
    public static string Post(int shard, string tenant, string post) => $"{{m:{shard}}}:post:{tenant}:{post}";

    /// <summary>Counters of an account (hash).</summary>
    public static string Counters(int shard, string tenant, string account) => $"{{m:{shard}}}:counters:{tenant}:{account}";

    /// <summary>A decision (hash): body, notice, statement, inputs.</summary>
    public static string Decision(int shard, string decision) => $"{{m:{shard}}}:decision:{decision}";

    /// <summary>Events of a tenant in a shard (stream), entry id = sequence-0 with a gapless sequence.</summary>
    public static string Outbox(int shard, string tenant) => $"{{m:{shard}}}:outbox:{tenant}";

    /// <summary>The last sequence of that outbox (integer).</summary>
    public static string OutboxSequence(int shard, string tenant) => $"{{m:{shard}}}:outbox-seq:{tenant}";

    /// <summary>The audit entries of a shard (stream), entry id = sequence-0 with a gapless sequence.</summary>
    public static string Audit(int shard) => $"{{m:{shard}}}:audit";

    /// <summary>The last sequence of that audit (integer).</summary>
    public static string AuditSequence(int shard) => $"{{m:{shard}}}:audit-seq";

    /// <summary>Open review tasks of a shard (sorted set) by rank.</summary>
    public static string Review(int shard) => $"{{m:{shard}}}:review";

    /// <summary>The records of those tasks (hash): task id → record.</summary>
    public static string ReviewTasks(int shard) => $"{{m:{shard}}}:tasks";

    /// <summary>Fingerprints of a medium (string), expiring.</summary>
    public static string Media(string tenant, string media) => $"{{f:{tenant}:{media}}}";

    /// <summary>A bank's rows with one of 256 prefixes (hash): bank/entry → row.</summary>
    public static string BankRows(int prefix) => $"{{bank:{prefix:x2}}}:rows";

    /// <summary>
    /// The length of a generation of the compact maps that forget. What is there is kept for about one of them at least, which has to be more than 7 days,
    /// and for two at most.
    /// </summary>
    public static readonly TimeSpan Generation = TimeSpan.FromDays(8);

    /// <summary>The generation of <paramref name="now"/>, as the names of keys have it.</summary>
    /// <param name="now">The time.</param>
    /// <param name="before">How many generations earlier.</param>
    public static string GenerationOf(DateTimeOffset now, int before = 0)
        => ((now.ToUnixTimeMilliseconds() / (long)Generation.TotalMilliseconds) - before).ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// The generation into which a service writes what another reads: a while behind, so that a reader whose clock is slow does not miss it.
    /// </summary>
    public static string WrittenGenerationOf(DateTimeOffset now) => GenerationOf(now - TimeSpan.FromHours(1));

    /// <summary>The field of a compact map for two names: bytes that are as good as random, so that its nodes fill evenly and no two names meet.</summary>
    public static byte[] CompactField(string first, string second) => SHA256.HashData(Encoding.UTF8.GetBytes($"{first}\n{second}"))[..10];

    /// <summary>By what a settled post knows its account again: 6 bytes of a hash.</summary>
    public static byte[] AccountMark(string tenant, string account) => CompactField(tenant, account)[..6];

    /// <summary>What settled posts of a shard leave behind (compact map): field of (tenant, post) → account, revisions, contents, decisions.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="generation">The generation, see <see cref="GenerationOf"/>.</param>
    public static string Settled(int shard, string generation) => $"{{m:{shard}}}:settled:{generation}";

    /// <summary>Settled posts whose owner is still to be made small (hash): tenant and post → account and time of the decision.</summary>
    public static string SettledPosts(int shard) => $"{{m:{shard}}}:settled-posts";

    /// <summary>Keys of the accounts of a shard, under which the archive has their records (compact map): pseudonym → key. Removed with the account.</summary>
    public static string AccountKeys(int shard) => $"{{m:{shard}}}:account-keys";

    /// <summary>The seals of a shard's audit (stream), entry id = number-0.</summary>
    public static string Seals(int shard) => $"{{m:{shard}}}:seals";

    /// <summary>The highest fence by which the seals of a shard were written (integer).</summary>
    public static string SealFence(int shard) => $"{{m:{shard}}}:seal-fence";

    /// <summary>The audit of changes of policy, banks, lists, keys and roles (stream), entry id = sequence-0 with a gapless sequence.</summary>
    public const string AdminAudit = "{audit:admin}:audit";

    /// <summary>The last sequence of that audit (integer).</summary>
    public const string AdminAuditSequence = "{audit:admin}:audit-seq";

    /// <summary>The seals of that audit (stream), entry id = number-0.</summary>
    public const string AdminSeals = "{audit:admin}:seals";

    /// <summary>The highest fence by which those seals were written (integer).</summary>
    public const string AdminSealFence = "{audit:admin}:seal-fence";

    /// <summary>Checkpoints over all chains (stream), entry id = number-0.</summary>
    public const string Checkpoints = "{audit}:checkpoints";

    /// <summary>The highest fence by which checkpoints were written (integer).</summary>
    public const string CheckpointFence = "{audit}:checkpoint-fence";

    /// <summary>Public keys that signed so far (hash): key id → SubjectPublicKeyInfo.</summary>
    public const string AuditKeys = "{audit}:keys";

    /// <summary>The secret that turns accounts into the pseudonyms of the archive (string, 32 bytes).</summary>
    public const string PseudonymSecret = "{audit}:pseudonym-secret";

    /// <summary>A lease of the audit (hash): holder, fence, end.</summary>
    public static string AuditLease(string work) => $"{{audit}}:lease:{work}";

    /// <summary>The doorbell that tells watchers of a tenant about new events (channel); the message is the shard.</summary>
    public static string OutboxBell(string tenant) => $"bell:outbox:{tenant}";

    // Few enough that a map of a small installation has fields to share its nodes, many enough to spread over a cluster.
    private static ulong SlotOf(string tenant, string name) => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"{tenant}\n{name}")) % 1024;
}
