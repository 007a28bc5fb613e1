using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Audit;
using Moderation.Enforcement.Tests.Audit;
using Moderation.Enforcement.Tests.Decisions;
using Moderation.Enforcement.Tests.Review;
using Moderation.ServiceDefaults.Redis;
using Xunit;

namespace Moderation.Enforcement.Tests.Policies;

/// <summary>The service with an archive, which another process fills.</summary>
public sealed class ArchivingFixture : EnforcementFixture
{
    public string Archive { get; } = Directory.CreateTempSubdirectory("moderation-archive-").FullName;

    protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
    {
        ["Audit:ArchiveDirectory"] = Archive,
        ["Review:SampleShare"] = "0", // what is reviewed does not settle
    };
}

/// <summary>A simulation over what the archiver has taken out of Redis: the same decisions come out as when they were made.</summary>
public sealed class ArchivedSimulationTests(ArchivingFixture service) : IClassFixture<ArchivingFixture>
{
    [Fact]
    public async Task Decisions_of_the_archive_come_out_as_they_were_made()
    {
        using var signer = AuditSigner.FromPem(AuditSigner.CreatePem());
        // Ahead of the service's clock: what was decided is old enough, and no lease of the service stands.
        var time = new FakeTimeProvider(service.Clock.GetUtcNow().AddMinutes(10));
        await using var rig = new AuditRig(service.Redis.ConnectionString, service.Archive, signer, time, shards: KeySpace.DefaultShardCount);
        var work = new Casework(service, "archived");
        var decisions = new List<Decision>();
        for (var i = 0; i < 12; i++)
        {
            var (post, account) = ($"post-{i}", $"account-{i % 4}");
            await rig.Owners.BindAsync("archived", post, account);
            await rig.Database.HashSetAsync(KeySpace.Post(rig.Keys.ShardOf("archived", account), "archived", post), "c:1", new string('a', 32));
            decisions.Add(await work.PostAsync(post, hate: i % 3 == 0 ? 0.6 : 0.1, account: account));
        }

        var before = await SimulateAsync();
        await rig.RoundAsync();
        Assert.Equal(decisions.Select(d => d.DecisionId).Order(StringComparer.Ordinal), rig.ArchivedIds().Order(StringComparer.Ordinal));
        var kept = 0;
        foreach (var decision in decisions)
        {
            kept += await rig.Database.KeyExistsAsync(KeySpace.Decision(rig.Keys.ShardOf("archived", decision.AccountId), decision.DecisionId)) ? 1 : 0;
        }

        Assert.Equal(4, kept); // those with a measure; the others are in the archive alone
        var after = await SimulateAsync();
        Assert.Equal((12, 12, 0, 0), (after.DecisionCount, after.EqualToRecordCount, after.UnequalToRecordCount, after.UnreadableCount));
        Assert.Equal(before.Rules.Select(r => (r.RuleId, r.HitCount, r.AccountCount)), after.Rules.Select(r => (r.RuleId, r.HitCount, r.AccountCount)));
        Assert.Equal(4, after.Rules.Single(r => r.RuleId == "hate.reach").HitCount);
        Assert.Equal((before.FirstTime, before.LastTime), (after.FirstTime, after.LastTime));
    }

    private async Task<SimulatePolicyResponse> SimulateAsync()
        => await new PolicyService.PolicyServiceClient(service.Invoker).SimulatePolicyAsync(
            new SimulatePolicyRequest { Version = 1 }, service.As("ada@test", Role.Policy));
}
