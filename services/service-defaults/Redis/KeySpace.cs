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
public sealed partial record KeySpace(int ShardCount)
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

    /// <summary>The ledger of an account (string): the records of its restrictive decisions one after another.</summary>
    public static string Ledger(int shard, string tenant, string account) => $"{{m:{shard}}}:ledger:{tenant}:{account}";

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

    /// <summary>What an entry was before each change (list of revisions), in the slot of its row.</summary>
    public static string BankHistory(int prefix, string entry) => $"{{bank:{prefix:x2}}}:history:{entry}";

    /// <summary>What reviewers say of the matches of an entry (hash): person and medium → opinion.</summary>
    public static string BankOpinions(int prefix, string entry) => $"{{bank:{prefix:x2}}}:opinions:{entry}";

    /// <summary>The media that an entry matched in an hour since 1970 (HyperLogLog), expiring.</summary>
    public static string BankFlood(int prefix, string entry, long hour) => $"{{bank:{prefix:x2}}}:flood:{entry}:{hour}";

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

    /// <summary>Tenants that were told a checkpoint (hash): tenant → the interval of the last, counted from 1970.</summary>
    public static string Announced(int shard) => $"{{m:{shard}}}:announced";

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
    /// <summary>
    /// Decisions of a tenant whose effects nobody has confirmed (sorted set): <see cref="CompactId"/> of the decision by its time, so that an entry
    /// takes some 30 bytes.
    /// </summary>
    public static string Unconfirmed(int shard, string tenant) => $"{{m:{shard}}}:unconfirmed:{tenant}";

    /// <summary>What was reported about the effects of a decision (hash): its record <c>r</c>, a version <c>v</c>, the day of the last reminder <c>t</c>.</summary>
    public static string Effects(int shard, string decision) => $"{{m:{shard}}}:effects:{decision}";

    /// <summary>Restrictive decisions of a rule (sorted set): <see cref="CompactId"/> of the decision by its time.</summary>
    public static string ByRule(int shard, string tenant, string rule) => $"{{m:{shard}}}:by-rule:{tenant}:{rule}";

    /// <summary>A bulk job (hash): its record, counts, and the job that undoes it.</summary>
    public static string BulkJob(int shard, string job) => $"{{m:{shard}}}:bulk:{job}";

    /// <summary>Decisions that a bulk job has still to decide about (sorted set), the latest first.</summary>
    public static string BulkTargets(int shard, string job) => $"{{m:{shard}}}:bulk-targets:{job}";

    /// <summary>What a bulk job made of decisions (list of results).</summary>
    public static string BulkResults(int shard, string job) => $"{{m:{shard}}}:bulk-results:{job}";

    /// <summary>Bulk jobs that are not done (set).</summary>
    public static string BulkOpen(int shard) => $"{{m:{shard}}}:bulk-open";

    /// <summary>An erasure (hash): its record.</summary>
    public static string Erasure(int shard, string erasure) => $"{{m:{shard}}}:erasure:{erasure}";

    /// <summary>Erasures that are not done (sorted set) by when to go on.</summary>
    public static string ErasuresOpen(int shard) => $"{{m:{shard}}}:erasures-open";

    /// <summary>Legal holds of a shard (hash): hold → record.</summary>
    public static string LegalHolds(int shard) => $"{{m:{shard}}}:legal-holds";

    /// <summary>Tenants that have reported effects (set): only they are reminded.</summary>
    public const string EffectReporters = "{effects}:reporters";

    /// <summary>What all keys of a shard begin with.</summary>
    public static string OfShard(int number) => $"{{m:{number}}}:";

    /// <summary>How far the sweep is (string).</summary>
    public const string Sweep = "{work}:sweep";

    /// <summary>Who does a work that only one replica should do (hash): holder, end.</summary>
    public static string WorkLease(string work) => $"{{work}}:lease:{work}";

    /// <summary>The 16 bytes in a minted id, for indexes that know its kind and shard.</summary>
    public static byte[] CompactId(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return Ulid.Parse(id.AsSpan(id.LastIndexOf('_') + 1)).ToByteArray();
    }

    /// <summary>The id of such bytes.</summary>
    public static string IdOf(char kind, int shard, byte[] compact) => $"{kind}_{shard}_{new Ulid(compact)}";

    /// <summary>An id that is the same for the same request, so that a repeated one finds what it made.</summary>
    /// <param name="kind">The kind of id.</param>
    /// <param name="shard">The shard that it carries.</param>
    /// <param name="request">What makes the request the same; parts can't run into each other.</param>
    public static string IdOfRequest(char kind, int shard, params ReadOnlySpan<string> request)
        => $"{kind}_{shard}_{new Ulid(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', request))).AsSpan(0, 16))}";

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

    /// <summary>The id of the live text model (string); absent until somebody switches.</summary>
    public const string TextModelLive = "{text-models}:live";

    /// <summary>The ids of the text models that are shadows (set).</summary>
    public const string TextModelShadows = "{text-models}:shadows";

    /// <summary>How often text models were switched (integer).</summary>
    public const string TextModelVersion = "{text-models}:version";

    /// <summary>Who switched text models (stream), entry id = version-0; never trimmed.</summary>
    public const string TextModelHistory = "{text-models}:history";

    /// <summary>How a shadow scored beside a live text model (hash of counters), by the versions of both.</summary>
    public static string TextModelFigures(string live, string shadow) => $"{{text-models}}:figures:{live}:{shadow}";

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

    // Few enough that a map of a small installation has fields to share its nodes, many enough to spread over a cluster.
    private static ulong SlotOf(string tenant, string name) => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"{tenant}\n{name}")) % 1024;
}
