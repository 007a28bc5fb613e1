using Moderation.Enforcement.Audit;
using Moderation.Enforcement.Host.Audit;
using Moderation.ServiceDefaults.Redis;
using Xunit;

namespace Moderation.Enforcement.Tests.Audit;

/// <summary>The process dies between any two steps; the next one goes on from the store and the archive.</summary>
public sealed class KillTests : AuditFixture
{
    public static TheoryData<string> Steps() => [.. Enum.GetNames<AuditStep>()];

    public static TheoryData<string, int> Deaths()
    {
        var deaths = new TheoryData<string, int>();
        foreach (var step in Enum.GetNames<AuditStep>())
        {
            deaths.Add(step, 1);
            deaths.Add(step, 2);
        }

        return deaths;
    }

    [Theory]
    [MemberData(nameof(Deaths))]
    public async Task Death_at_a_step_loses_nothing_and_archives_nothing_twice(string step, int time)
    {
        var first = Start();
        var ids = new List<string>();
        await first.CommitManyAsync(0, 20, ids.Add);
        await first.Admin.AppendAsync(new Contracts.V1.AdminAuditEntry { Actor = "lead@test", Action = "bank.entry.add", Object = "bank/fraud/1" });
        var left = time;
        first.Steps.Passed = passed =>
        {
            if (passed.ToString() == step && Interlocked.Decrement(ref left) == 0)
            {
                first.Steps.Passed = _ => throw new KilledException(); // dead is dead: nothing runs on beside it either
                throw new KilledException();
            }
        };
        var died = await Record.ExceptionAsync(async () =>
        {
            await first.RoundAsync();
            await first.CommitAsync("late", "account-1"); // a second round, for steps that come once a round
            await first.RoundAsync();
        });
        Assert.IsType<KilledException>(died);

        await GoOnAsync(ids);
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Sigkill_at_a_step_loses_nothing_and_archives_nothing_twice(string step)
    {
        var ids = await SealingProcess.KillAtAsync(
            Enum.Parse<AuditStep>(step), Redis.ConnectionString, ArchiveDirectory, SigningKey, Time.GetUtcNow(), TestContext.Current.CancellationToken);
        Time.Advance(TimeSpan.FromMinutes(10)); // past where the dead one's clock stood
        await GoOnAsync([.. ids]);
    }

    // Another process decides more, and goes on from the store and the archive alone.
    private async Task GoOnAsync(List<string> ids)
    {
        Assert.Equal(20, ids.Count);
        var second = Start();
        await second.CommitManyAsync(20, 10, ids.Add);
        await second.RoundAsync();
        await second.RoundAsync();
        var archived = second.ArchivedIds();
        Assert.Equal(archived.Count, archived.Distinct().Count());
        Assert.Empty(ids.Except(archived));
        var report = await second.VerifyExportAsync(Signer);
        Assert.Empty(report.Findings);
        Assert.True(report.Entries >= 30);
        foreach (var shard in Enumerable.Range(0, AuditRig.Shards))
        {
            Assert.Equal(0, await second.Database.StreamLengthAsync(KeySpace.Audit(shard)));
            Assert.False(await second.Database.KeyExistsAsync(KeySpace.SettledPosts(shard)), "every owner was made small");
        }

        for (var i = 0; i < 30; i++)
        {
            var shard = second.Keys.ShardOf(AuditRig.Tenant, $"account-{i % 5}");
            Assert.Equal(i % 4 == 0, await second.Database.KeyExistsAsync(KeySpace.Post(shard, AuditRig.Tenant, $"post-{i}")));
            Assert.Equal($"account-{i % 5}", await second.Owners.FindAsync(AuditRig.Tenant, $"post-{i}"));
        }
    }

    [Fact]
    public async Task Lease_taken_by_another_keeps_the_first_from_sealing_even_with_a_seal_in_its_hand()
    {
        var (first, second) = (Start(), Start());
        await first.CommitAsync("post", "account");
        Seal? held = null;
        first.Steps.Passed = step =>
        {
            if (step == AuditStep.SealMade)
            {
                // It stands still for longer than its lease, and another takes over.
                Time.Advance(TimeSpan.FromMinutes(1));
                first.Steps.Passed = _ => { };
                Assert.NotNull(second.Sealer.SealAsync(CancellationToken.None).GetAwaiter().GetResult());
            }
        };
        Assert.Equal(0, await first.Sealer.SealAsync(CancellationToken.None));
        foreach (var chain in first.Store.Chains)
        {
            held ??= (await first.Store.SealsAsync(chain, 1, 10)).SingleOrDefault();
        }

        Assert.NotNull(held);
        Assert.Null(await first.Sealer.SealAsync(CancellationToken.None));
        Assert.Equal(AppendResult.Fenced, await first.Store.AppendAsync(held with { Number = 2, PreviousHash = held.Hash() }, fence: 1));
        Assert.Empty((await second.VerifyExportAsync(Signer)).Findings);
    }

    private sealed class KilledException : Exception;
}
