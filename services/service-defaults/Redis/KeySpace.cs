using System.Globalization;
using System.IO.Hashing;
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

    /// <summary>Post id → account id (string), set once.</summary>
    public static string PostOwner(string tenant, string post) => $"{{p:{tenant}:{post}}}";

    /// <summary>A request id → hash of its body (string), kept 7 days.</summary>
    public static string RequestId(string tenant, string request) => $"{{r:{tenant}:{request}}}";

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

    /// <summary>A decision (string) with its notice, its statement and what it rested on.</summary>
    public static string Decision(int shard, string decision) => $"{{m:{shard}}}:decision:{decision}";

    /// <summary>Events of a tenant in a shard (stream), entry id = sequence-0 with a gapless sequence.</summary>
    public static string Outbox(int shard, string tenant) => $"{{m:{shard}}}:outbox:{tenant}";

    /// <summary>The last sequence of that outbox (integer).</summary>
    public static string OutboxSequence(int shard, string tenant) => $"{{m:{shard}}}:outbox-seq:{tenant}";

    /// <summary>The audit entries of a shard (stream), entry id = sequence-0 with a gapless sequence.</summary>
    public static string Audit(int shard) => $"{{m:{shard}}}:audit";

    /// <summary>The last sequence of that audit (integer).</summary>
    public static string AuditSequence(int shard) => $"{{m:{shard}}}:audit-seq";

    /// <summary>Review tasks of a tenant's queue in a shard (sorted set) by rank, until they are done.</summary>
    public static string ReviewQueue(int shard, string tenant, string queue) => $"{{m:{shard}}}:review:{tenant}:{queue}";

    /// <summary>A review task (hash): its record, lease and verdicts.</summary>
    public static string ReviewTask(int shard, string task) => $"{{m:{shard}}}:task:{task}";

    /// <summary>The ledger of an account (hash): decision → record, and <c>v</c>, which counts its changes.</summary>
    public static string Standing(int shard, string tenant, string account) => $"{{m:{shard}}}:standing:{tenant}:{account}";

    /// <summary>The text of a decided post (string), for the people who review it or hear an appeal.</summary>
    public static string DecisionText(int shard, string decision) => $"{{m:{shard}}}:text:{decision}";

    /// <summary>The decisions that rest on a bank entry or claim (set).</summary>
    public static string ByEvidence(int shard, string evidence) => $"{{m:{shard}}}:by-evidence:{evidence}";

    /// <summary>An appeal (hash): its record and state.</summary>
    public static string Appeal(int shard, string appeal) => $"{{m:{shard}}}:appeal:{appeal}";

    /// <summary>The appeals against a decision (hash): measure number → appeal.</summary>
    public static string AppealsOf(int shard, string decision) => $"{{m:{shard}}}:appeals:{decision}";

    /// <summary>What verdicts say about rules and reviewers (hash of counters), by month as yyyyMM.</summary>
    public static string ReviewFigures(int shard, string tenant, string month) => $"{{m:{shard}}}:figures:{tenant}:{month}";

    /// <summary>The accounts that a person must not review (set): tenant/account.</summary>
    public static string Conflicts(string person) => $"{{people}}:conflicts:{person}";

    /// <summary>What stands for the post where a decision is about an account alone; no post of a platform has such an id.</summary>
    public static string AccountAsPost(string account) => "@" + account;

    /// <summary>Fingerprints of a medium (string), expiring.</summary>
    public static string Media(string tenant, string media) => $"{{f:{tenant}:{media}}}";

    /// <summary>A bank's rows with one of 256 prefixes (hash): bank/entry → row.</summary>
    public static string BankRows(int prefix) => $"{{bank:{prefix:x2}}}:rows";

    /// <summary>The entries of the text lists (hash): tenant/entry → row.</summary>
    public const string TextListEntries = "{text-lists}:entries";

    /// <summary>The version of the text lists (integer).</summary>
    public const string TextListVersion = "{text-lists}:version";

    /// <summary>The change stream of the text lists, entry id = version-0.</summary>
    public const string TextListChanges = "{text-lists}:changes";

    /// <summary>Who changed the text lists (stream), entry id = version-0; never trimmed.</summary>
    public const string TextListHistory = "{text-lists}:history";

    /// <summary>The fact-checks (hash): claim → row.</summary>
    public const string ClaimEntries = "{claims}:entries";

    /// <summary>The version of the fact-checks (integer).</summary>
    public const string ClaimVersion = "{claims}:version";

    /// <summary>Who changed the fact-checks (stream), entry id = version-0; never trimmed.</summary>
    public const string ClaimHistory = "{claims}:history";

    /// <summary>The doorbell that tells watchers of a tenant about new events (channel); the message is the shard.</summary>
    public static string OutboxBell(string tenant) => $"bell:outbox:{tenant}";
}
