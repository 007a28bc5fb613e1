using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Audit;
using Moderation.ServiceDefaults.Redis;
using Xunit;

namespace Moderation.Enforcement.Tests.Audit;

/// <summary>Checkpoints reach those who keep them outside.</summary>
public sealed class CheckpointAnnouncerTests : AuditFixture
{
    [Fact]
    public async Task Tenant_that_is_named_is_told_once_an_interval_whichever_replica_seals()
    {
        var (first, second) = (Start(Announce), Start(Announce));
        await first.CommitAsync("post", "account");
        await first.Sealer.SealAsync(CancellationToken.None);
        var told = await first.Sealer.CheckpointAsync();
        Assert.NotNull(told);
        Time.Advance(TimeSpan.FromMinutes(5)); // the lease of the first is over
        Assert.NotNull(await second.Sealer.CheckpointAsync());
        var only = Assert.Single(await EventsAsync(second));
        Assert.Equal("audit-checkpoint:1", only.EventId);
        Assert.Equal((1L, Convert.ToHexStringLower(told.Hash()), told.KeyId), (only.AuditCheckpoint.Number, only.AuditCheckpoint.Hash, only.AuditCheckpoint.KeyId));
        Assert.Equal(told.TimeMs, only.AuditCheckpoint.MakeTime.ToDateTimeOffset().ToUnixTimeMilliseconds());

        Time.Advance(TimeSpan.FromHours(1));
        await first.RoundAsync();
        Assert.Equal(["audit-checkpoint:1", "audit-checkpoint:3"], (await EventsAsync(first)).Select(e => e.EventId));
        Assert.Empty((await first.VerifyExportAsync(Signer)).Findings);
    }

    [Fact]
    public async Task Nobody_is_told_unless_named()
    {
        var rig = Start();
        await rig.Sealer.CheckpointAsync();
        Assert.Empty(await EventsAsync(rig));
    }

    private static void Announce(AuditOptions options) => options.AnnounceTo.Add(AuditRig.Tenant);

    private static async Task<IReadOnlyList<WatchDecisionsResponse>> EventsAsync(AuditRig rig)
        => [.. (await rig.Database.StreamRangeAsync(KeySpace.Outbox(0, AuditRig.Tenant)))
            .Select(e => WatchDecisionsResponse.Parser.ParseFrom((byte[])e[OutboxReader.EventField]!)) // each is written whole here
            .Where(e => e.EventCase == WatchDecisionsResponse.EventOneofCase.AuditCheckpoint)];
}
