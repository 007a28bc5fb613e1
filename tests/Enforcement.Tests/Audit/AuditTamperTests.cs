using Moderation.Contracts.V1;
using Moderation.Enforcement.Audit;
using Moderation.Enforcement.Host.Audit;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;
using Xunit;

namespace Moderation.Enforcement.Tests.Audit;

/// <summary>Whoever has Redis or the archive in hand, against the seals.</summary>
public sealed class AuditTamperTests : AuditFixture
{
    private const string Account = "account-1";

    [Fact]
    public async Task Redis_put_back_to_an_old_snapshot_shows_against_the_trusted_checkpoint()
    {
        var rig = Start(archive: false);
        await rig.CommitAsync("post-1", Account);
        await rig.RoundAsync();
        var snapshot = await DumpAsync(rig);
        await rig.CommitAsync("post-2", Account);
        await rig.CommitAsync("post-3", Account);
        await rig.RoundAsync();
        var trusted = await rig.Store.LatestCheckpointAsync();
        Assert.Empty((await rig.VerifyExportAsync(Signer, trusted)).Findings);

        foreach (var (key, value) in snapshot)
        {
            await rig.Database.KeyDeleteAsync(key);
            await rig.Database.KeyRestoreAsync(key, value);
        }

        Assert.Empty((await rig.VerifyExportAsync(Signer)).Findings);
        var finding = Assert.Single((await rig.VerifyExportAsync(Signer, trusted)).Findings);
        Assert.Equal((FindingKind.RolledBack, 2L), (finding.Kind, finding.Number));
    }

    [Fact]
    public async Task Entry_changed_in_redis_is_found_by_the_export_and_never_archived()
    {
        var rig = Start();
        await rig.CommitAsync("post-1", Account);
        await rig.CommitAsync("post-2", Account);
        await rig.Sealer.SealAsync(CancellationToken.None);
        var (shard, chain) = ChainOf(rig);
        var rows = await rig.Database.StreamRangeAsync(KeySpace.Audit(shard));
        await rig.Database.KeyDeleteAsync(KeySpace.Audit(shard));
        foreach (var row in rows)
        {
            var entry = AuditEntry.Parser.ParseFrom((byte[])row["a"]!);
            entry.Committed.PolicyVersion = row.Id == "2-0" ? "forged@1" : entry.Committed.PolicyVersion;
            await rig.Database.StreamAddAsync(KeySpace.Audit(shard), "a", Google.Protobuf.MessageExtensions.ToByteArray(entry), row.Id);
        }

        Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(0, await rig.Archiver.ArchiveAsync(CancellationToken.None));
        Assert.Equal(2, await rig.Database.StreamLengthAsync(KeySpace.Audit(shard)));
        var finding = Assert.Single((await rig.VerifyExportAsync(Signer)).Findings);
        Assert.Equal((FindingKind.Changed, chain, 2L), (finding.Kind, finding.Subject, finding.Number));
    }

    [Fact]
    public async Task Entry_dropped_from_redis_before_its_seal_stops_the_chain_instead_of_being_sealed_over()
    {
        var rig = Start();
        for (var i = 0; i < 3; i++)
        {
            await rig.CommitAsync($"post-{i}", Account);
        }

        var (shard, chain) = ChainOf(rig);
        await rig.Database.StreamDeleteAsync(KeySpace.Audit(shard), ["2-0"]);
        await rig.Sealer.SealAsync(CancellationToken.None);
        Assert.Equal(0, (await rig.Store.HeadAsync(chain)).Seal);
    }

    [Fact]
    public async Task Account_erased_leaves_the_chain_whole_and_its_records_unreadable()
    {
        var rig = Start();
        var erased = await rig.CommitAsync("post-1", Account);
        var other = await rig.CommitAsync("post-2", "account-2");
        await rig.RoundAsync();
        var trusted = await rig.Store.LatestCheckpointAsync();
        var record = await rig.Archived.FindAsync(erased.DecisionId, CancellationToken.None);
        Assert.Equal(erased, record?.Decision);
        Assert.Null(await rig.Decisions.FindAsync("another-tenant", erased.DecisionId));
        var entry = rig.Slot.Archive!.EntriesFrom(AuditChains.OfShard(rig.Keys.ShardOf(AuditRig.Tenant, Account)), 1).First();
        Assert.Equal(AuditEntry.Parser.ParseFrom(entry.Bytes.ToArray()).Committed.ContentHash.ToByteArray(), Host.Decisions.StoredDecision.Hash(record!));

        Assert.True(await rig.AccountKeys.DestroyAsync(AuditRig.Tenant, Account));
        Assert.False(await rig.AccountKeys.DestroyAsync(AuditRig.Tenant, Account));
        Assert.Null(await rig.Archived.FindAsync(erased.DecisionId, CancellationToken.None));
        Assert.Equal(other, await rig.Decisions.FindAsync(AuditRig.Tenant, other.DecisionId));
        Assert.Empty((await rig.VerifyExportAsync(Signer, trusted)).Findings);

        // Nothing of the post, the account or the tenant is in the archive in the clear.
        foreach (var number in new[] { 1L })
        {
            using var text = new StreamReader(rig.Slot.Archive!.Open(rig.Slot.Archive.Manifest(number)!));
            var content = await text.ReadToEndAsync(TestContext.Current.CancellationToken);
            Assert.Contains("\"r\":", content, StringComparison.Ordinal);
            var entries = content.Split('\n').Where(l => l.Contains("\"a\":", StringComparison.Ordinal))
                .Select(l => System.Text.Json.JsonDocument.Parse(l).RootElement.GetProperty("a").GetBytesFromBase64());
            Assert.All(entries, e => Assert.DoesNotContain(Account, System.Text.Encoding.UTF8.GetString(e), StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Retention_drops_old_segments_and_the_rest_verifies()
    {
        var rig = Start();
        await rig.CommitAsync("post-1", Account);
        await rig.RoundAsync();
        Time.Advance(TimeSpan.FromDays(5 * 365 - 1));
        await rig.CommitAsync("post-2", Account);
        await rig.RoundAsync();
        Assert.Equal((1L, 2L), rig.Slot.Archive!.Range());
        Time.Advance(TimeSpan.FromDays(2));
        await rig.CommitAsync("post-3", Account);
        await rig.RoundAsync();
        Assert.Equal((2L, 3L), rig.Slot.Archive.Range());
        Assert.Empty((await rig.VerifyExportAsync(Signer, await rig.Store.LatestCheckpointAsync())).Findings);
    }

    [Fact]
    public async Task Export_without_an_archive_begins_where_the_store_does()
    {
        var rig = Start();
        await rig.CommitAsync("post-1", Account);
        await rig.RoundAsync();
        var bare = Start(archive: false);
        var decision = await bare.CommitAsync("post-2", Account);
        await bare.Sealer.SealAsync(CancellationToken.None);
        await bare.Sealer.CheckpointAsync();
        var report = await bare.VerifyExportAsync(Signer, await bare.Store.LatestCheckpointAsync());
        Assert.Empty(report.Findings);
        Assert.Equal(1, report.Entries);
        Assert.Equal(2, report.Heads.Single(h => h.Chain == AuditChains.OfShard(rig.Keys.ShardOf(AuditRig.Tenant, Account))).LastEntry);
        var absent = KeySpace.MintId('d', rig.Keys.ShardOf(AuditRig.Tenant, Account), decision.CreateTime.ToDateTimeOffset());
        Assert.Equal(ErrorReason.DecisionArchived, ServiceDefaults.Errors.RpcErrors.ReasonOf(await bare.Archived.AbsentAsync(absent)));
        Assert.Equal(ErrorReason.DecisionNotFound, ServiceDefaults.Errors.RpcErrors.ReasonOf(await rig.Archived.AbsentAsync(absent)));
    }

    private static (int Shard, string Chain) ChainOf(AuditRig rig)
    {
        var shard = rig.Keys.ShardOf(AuditRig.Tenant, Account);
        return (shard, AuditChains.OfShard(shard));
    }

    private static async Task<Dictionary<RedisKey, byte[]>> DumpAsync(AuditRig rig)
    {
        var dump = new Dictionary<RedisKey, byte[]>();
        foreach (var key in rig.Database.Multiplexer.GetServers().Single().Keys(pattern: "*"))
        {
            dump[key] = (await rig.Database.KeyDumpAsync(key))!; // the key was just listed
        }

        return dump;
    }
}
