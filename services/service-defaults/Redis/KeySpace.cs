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

    /// <summary>An API key (hash): tenant, scopes, hashes of its secrets and when the old one ends, creation, end, last day of use.</summary>
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

    /// <summary>Review tasks that ended, and whose reports and orders have not been told yet (set).</summary>
    public static string ClosedTasks(int shard) => $"{{m:{shard}}}:tasks-closed";

    /// <summary>What waits for a verdict about a post, or about what stands for one (hash): report or order → the task it is attached to.</summary>
    public static string Waiting(int shard, string tenant, string post) => $"{{m:{shard}}}:waiting:{tenant}:{post}";

    /// <summary>A report (hash): its record, and how it ended.</summary>
    public static string Report(int shard, string report) => $"{{m:{shard}}}:report:{report}";

    /// <summary>A tenant's reports in a shard (sorted set, all scores 0): their ULIDs.</summary>
    public static string Reports(int shard, string tenant) => $"{{m:{shard}}}:reports:{tenant}";

    /// <summary>The reports about a post (sorted set, all scores 0): their ULIDs.</summary>
    public static string ReportsOf(int shard, string tenant, string post) => $"{{m:{shard}}}:reports-of:{tenant}:{post}";

    /// <summary>The latest report of a reporter about a post (hash). Ids hold no slash, so no two pairs share a key.</summary>
    public static string ReportedBy(int shard, string tenant, string post, string reporter) => $"{{m:{shard}}}:reported:{tenant}:{post}/{reporter}";

    /// <summary>The decided reports of a reporter, and those among them that led to a measure (sorted sets by time).</summary>
    public static (string Decided, string Acted) Reporter(string tenant, string reporter)
        => ($"{{reporter:{tenant}:{reporter}}}:decided", $"{{reporter:{tenant}:{reporter}}}:acted");

    /// <summary>The trusted flaggers of a tenant (hash), in the shard of the tenant itself.</summary>
    public static string TrustedFlaggers(int shard, string tenant) => $"{{m:{shard}}}:flaggers:{tenant}";

    /// <summary>An order of an authority (hash): its record.</summary>
    public static string Order(int shard, string order) => $"{{m:{shard}}}:order:{order}";

    /// <summary>A tenant's orders in a shard (sorted set, all scores 0): their ULIDs.</summary>
    public static string Orders(int shard, string tenant) => $"{{m:{shard}}}:orders:{tenant}";

    /// <summary>The orders about a post, or about what stands for one (hash): digest of authority and reference → order.</summary>
    public static string OrderReferences(int shard, string tenant, string post) => $"{{m:{shard}}}:order-references:{tenant}:{post}";

    /// <summary>What was counted of a tenant's orders in a shard (hash): year/country/category/outcome → count.</summary>
    public static string OrderCounts(int shard, string tenant) => $"{{m:{shard}}}:order-counts:{tenant}";

    /// <summary>A preservation record (hash): the record, and how its report to the authority's receiver stands.</summary>
    public static string Preservation(int shard, string preservation) => $"{{m:{shard}}}:preservation:{preservation}";

    /// <summary>A tenant's preservation records in a shard (sorted set, all scores 0): their ULIDs.</summary>
    public static string Preservations(int shard, string tenant) => $"{{m:{shard}}}:preservations:{tenant}";

    /// <summary>Reports to the authority's receiver that are not taken yet (sorted set): preservation by when to try, Unix milliseconds.</summary>
    public static string AuthorityReports(int shard) => $"{{m:{shard}}}:authority-reports";

    /// <summary>The shard where a tenant keeps what belongs to none of its accounts.</summary>
    public int ShardOfTenant(string tenant) => ShardOf(tenant, "");

    /// <summary>Fingerprints of a medium (string), expiring.</summary>
    public static string Media(string tenant, string media) => $"{{f:{tenant}:{media}}}";

    /// <summary>A bank's rows with one of 256 prefixes (hash): bank/entry → row.</summary>
    public static string BankRows(int prefix) => $"{{bank:{prefix:x2}}}:rows";

    /// <summary>The doorbell that tells watchers of a tenant about new events (channel); the message is the shard.</summary>
    public static string OutboxBell(string tenant) => $"bell:outbox:{tenant}";

    /// <summary>Tenants for which something was decided (set).</summary>
    public const string Tenants = "{tenants}";

    /// <summary>Tells deliverers that a webhook was made, changed or removed (channel); the message is the tenant.</summary>
    public const string WebhookBell = "bell:webhooks";

    /// <summary>Webhooks of a tenant (hash): id → record.</summary>
    public static string Webhooks(string tenant) => $"{{w:{tenant}}}:webhooks";

    /// <summary>Who delivers a lane of an endpoint (hash): owner, token, until_ms.</summary>
    public static string DeliveryLease(string tenant, string endpoint, int lane) => $"{{w:{tenant}}}:lease:{endpoint}:{lane}";

    /// <summary>How far an endpoint is (hash): shard → sequence; v counts changes of what is held that its lanes did not make.</summary>
    public static string DeliveryCursor(string tenant, string endpoint) => $"{{w:{tenant}}}:cursor:{endpoint}";

    /// <summary>How an endpoint fares (hash): ok_ms; while it fails, since when (fail_ms), the last try (try_ms) and why (fault).</summary>
    public static string DeliveryHealth(string tenant, string endpoint) => $"{{w:{tenant}}}:health:{endpoint}";

    /// <summary>Events of a shard that an endpoint is to be tried with again (hash): sequence → record.</summary>
    public static string DeliveryHeld(string tenant, string endpoint, int shard) => $"{{w:{tenant}}}:held:{endpoint}:{shard}";

    /// <summary>Events that an endpoint did not take (stream).</summary>
    public static string DeadLetters(string tenant, string endpoint) => $"{{w:{tenant}}}:dead:{endpoint}";

    /// <summary>The ids of a tenant's API keys (sorted set, all of score 0). A key's own id has no colon, so the two never meet.</summary>
    public static string ApiKeysOf(string tenant) => $"{{k:of:{tenant}}}";
}
