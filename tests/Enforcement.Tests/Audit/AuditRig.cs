using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Audit;
using Moderation.Enforcement.Host.Audit;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Standing;
using Moderation.ServiceDefaults.Audit;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Tests.Audit;

/// <summary>The parts of the audit as one process has them, over a real Redis and a real directory. Another one is what comes after a kill.</summary>
internal sealed class AuditRig : IAsyncDisposable
{
    public const string Tenant = "tenant";
    public const int Shards = 2;

    public AuditRig(string redis, string archive, AuditSigner signer, FakeTimeProvider time, Action<AuditOptions>? configure = null, int shards = Shards)
    {
        var values = new AuditOptions { ArchiveDirectory = archive, SealEntries = 7, SegmentEntries = 100 };
        configure?.Invoke(values);
        var options = Options.Create(values);
        Time = time;
        Keys = new KeySpace(shards);
        Connection = new RedisConnectionStore(
            Options.Create(new RedisOptions { ConnectionString = redis }), Keys, NullLogger<RedisConnectionStore>.Instance);
        Store = new AuditStore(Connection, Keys);
        AccountKeys = new AccountKeyStore(Connection, Keys);
        Owners = new PostOwnerStore(Connection, time);
        Settlements = new SettlementStore(Connection, Keys, Owners, time);
        Admin = new AdminAuditLedger(Connection, time);
        Slot = new ArchiveSlot(archive.Length > 0 ? new DirectoryArchive(archive, shards) : null);
        Export = new AuditExport(Slot, Store);
        Archived = new ArchivedDecisions(Slot, Store, AccountKeys, Keys);
        var retention = Options.Create(new RetentionOptions { OutboxLength = 100 });
        Decisions = new DecisionStore(Connection, Keys, new StandingLedger(Connection, Keys), Owners, Archived, retention, time);
        var leases = new AuditLeaseStore(Connection, new AuditReplica(Ulid.NewUlid().ToString()));
        Sealer = new AuditSealer(Store, leases, signer, new CheckpointAnnouncer(new ActionStore(Connection, retention, time), options), Steps, options, time, NullLogger<AuditSealer>.Instance);
        Archiver = new AuditArchiver(
            Slot, Store, leases, new SegmentSource(Store, Settlements, AccountKeys, NullLogger<SegmentSource>.Instance), new Settler(Settlements, Steps), signer,
            Steps, options, time, NullLogger<AuditArchiver>.Instance);
    }

    public RedisConnectionStore Connection { get; }

    public FakeTimeProvider Time { get; }

    public KeySpace Keys { get; }

    public AuditSteps Steps { get; } = new();

    public AuditStore Store { get; }

    public AccountKeyStore AccountKeys { get; }

    public PostOwnerStore Owners { get; }

    public SettlementStore Settlements { get; }

    public DecisionStore Decisions { get; }

    public AdminAuditLedger Admin { get; }

    public ArchiveSlot Slot { get; }

    public AuditExport Export { get; }

    public ArchivedDecisions Archived { get; }

    public AuditSealer Sealer { get; }

    public AuditArchiver Archiver { get; }

    public IDatabase Database => Connection.Multiplexer.GetDatabase();

    /// <summary>Seals, makes a checkpoint, lets the time pass that the archive waits for, and archives.</summary>
    public async Task RoundAsync()
    {
        await Sealer.SealAsync(CancellationToken.None);
        await Sealer.CheckpointAsync();
        Time.Advance(TimeSpan.FromMinutes(2));
        await Archiver.ArchiveAsync(CancellationToken.None);
    }

    /// <summary>Commits a decision about a post as ingest would have it after its intake.</summary>
    public async Task<Decision> CommitAsync(string post, string account, bool restrictive = false, long revision = 1)
    {
        var shard = Keys.ShardOf(Tenant, account);
        await Owners.BindAsync(Tenant, post, account);
        await Database.HashSetAsync(KeySpace.Post(shard, Tenant, post), $"c:{revision}", new string('a', 32));
        return await DecideAsync(post, account, restrictive, revision);
    }

    /// <summary>Commits decisions about posts of five accounts, each fourth with a measure, and tells their ids.</summary>
    public async Task CommitManyAsync(int first, int count, Action<string> decided)
    {
        for (var i = first; i < first + count; i++)
        {
            decided((await CommitAsync($"post-{i}", $"account-{i % 5}", restrictive: i % 4 == 0)).DecisionId);
        }
    }

    /// <summary>Commits a decision.</summary>
    public async Task<Decision> DecideAsync(string post, string account, bool restrictive, long revision)
    {
        var now = Time.GetUtcNow();
        var shard = Keys.ShardOf(Tenant, account);
        var decision = new Decision
        {
            DecisionId = KeySpace.MintId('d', shard, now),
            TenantId = Tenant,
            PostId = post,
            AccountId = account,
            Revision = revision,
            Cause = "submit",
            CreateTime = Timestamp.FromDateTimeOffset(now),
            PolicyVersion = "default@1",
            Automated = true,
            Outcome = restrictive ? DecisionOutcome.Measures : DecisionOutcome.NoAction,
        };
        if (restrictive)
        {
            decision.Measures.Add(new Measure { Kind = Contracts.V1.MeasureKind.Remove, Category = Contracts.V1.HarmCategory.Hate, RuleId = "r", ClauseId = "c" });
            decision.Notice = new Contracts.V1.Notice { Language = "en", Title = "Removed", Body = "Your post was removed." };
            decision.Statement = new StatementOfReasons { Language = "en", Redress = "Appeal." };
        }

        var inputs = new DecidePostRequest
        {
            TenantId = Tenant,
            Cause = "submit",
            Facts = new Contracts.V1.PostFacts { PostId = post, AccountId = account, Revision = revision, TextLength = 44 },
        };
        var pending = new PendingDecision(
            new DecisionRecord { Decision = decision, Inputs = inputs, Nonce = DecisionStore.NewNonce() }, PostView.Unseen, Decider.Person,
            new Dictionary<string, EvidenceBasis> { ["r"] = EvidenceBasis.TextScore });
        return (await Decisions.CommitAsync(pending)).Decision ?? throw new InvalidOperationException("The post moved on.");
    }

    /// <summary>Verifies what an export says.</summary>
    public async Task<AuditReport> VerifyExportAsync(AuditSigner signer, Checkpoint? trusted = null)
    {
        using var keys = new AuditKeyRing();
        keys.Add(signer.PublicKey);
        var verifier = new AuditVerifier(keys, trusted);
        await foreach (var line in Export.LinesAsync())
        {
            verifier.Read(AuditLine.Parse(line.ToJson()));
        }

        return verifier.Finish();
    }

    /// <summary>All decisions that the archive's entries are about, in the order in which they stand there.</summary>
    public IReadOnlyList<string> ArchivedIds()
    {
        var archive = Slot.Archive!; // asked of rigs with an archive
        return archive.Range() is not { } range ? [] :
        [
            .. Enumerable.Range((int)range.First, (int)(range.Last - range.First + 1)).SelectMany(n => archive.Lines(archive.Segment(n))).OfType<EntryLine>()
                .Where(l => l.Chain != AuditChains.Admin)
                .Select(l => AuditEntry.Parser.ParseFrom(ByteString.CopyFrom(l.Entry.Bytes.Span)).Committed.DecisionId),
        ];
    }

    public ValueTask DisposeAsync()
    {
        Archived.Dispose();
        return Connection.DisposeAsync();
    }
}
