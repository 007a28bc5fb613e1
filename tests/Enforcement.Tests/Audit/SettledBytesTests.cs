using System.Diagnostics;
using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.Ingest.Host.Intake;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;
using Xunit;

namespace Moderation.Enforcement.Tests.Audit;

/// <summary>What a post without a measure costs once it has settled, over all that Redis holds.</summary>
public sealed class SettledBytesTests(ITestOutputHelper output) : AuditFixture
{
    private const int Posts = 20_000;
    private const int PostsOfAnAccount = 10;

    [Fact]
    public async Task Post_without_a_measure_costs_less_than_200_bytes_in_all_keys_together()
    {
        var rig = Start(o => (o.SealEntries, o.SegmentEntries) = (1000, 10_000));
        var intake = new IntakeStore(rig.Connection, rig.Keys, rig.Owners, Time);
        var requests = new RequestIdStore(rig.Connection, Time);
        await SubmitAsync(rig, intake, requests, -1); // scripts, streams and buffers are there
        await rig.RoundAsync();
        var before = await UsedAsync(rig);
        for (var i = 0; i < Posts; i += 500)
        {
            await Task.WhenAll(Enumerable.Range(i, 500).Select(n => SubmitAsync(rig, intake, requests, n)));
        }

        var whole = await UsedAsync(rig);
        await rig.RoundAsync();
        var settled = await UsedAtRestAsync(rig);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"used_memory a post: {(whole - before) / (double)Posts:F0} before, {(settled - before) / (double)Posts:F0} settled"));
        foreach (var (kind, keys, bytes) in await ByKindAsync(rig))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind,-28} {keys,7} keys {bytes / (double)Posts,8:F1} B a post"));
        }

        Assert.Equal(0, (await ByKindAsync(rig)).Where(k => k.Kind is "post" or "decision" or "owner").Sum(k => k.Keys));
        Assert.InRange((settled - before) / (double)Posts, 1, 200);
        Assert.Equal("account-7", await rig.Owners.FindAsync(AuditRig.Tenant, "post-number-75"));
        var again = await intake.TakeInAsync(Record(75), Hash(75), "consumer", firstSubmission: false);
        Assert.Equal(IntakeStatus.Settled, again.Status);
    }

    private async Task SubmitAsync(AuditRig rig, IntakeStore intake, RequestIdStore requests, int number)
    {
        var record = Record(number);
        await requests.BindAsync(AuditRig.Tenant, $"request-number-{number}", Hash(number));
        await rig.Owners.BindAsync(AuditRig.Tenant, record.Post.PostId, record.Post.AccountId);
        var taken = await intake.TakeInAsync(record, Hash(number), "consumer", firstSubmission: true);
        Assert.Equal(IntakeStatus.New, taken.Status);
        await rig.DecideAsync(record.Post.PostId, record.Post.AccountId, restrictive: false, revision: 1);
        await intake.FinishAsync(new IntakeEntry(intake.ShardOf(record), taken.Id, record));
    }

    private IntakeRecord Record(int number) => new()
    {
        TenantId = AuditRig.Tenant,
        Post = new Post { PostId = $"post-number-{number}", AccountId = $"account-{Math.Abs(number) / PostsOfAnAccount}", Text = "Fresh bread." },
        IntakeTime = Timestamp.FromDateTimeOffset(Time.GetUtcNow()),
    };

    private static string Hash(int number) => ((uint)number).ToString("x32", CultureInfo.InvariantCulture);

    // Redis frees what was unlinked, and shrinks its tables, in its own time.
    private static async Task<long> UsedAtRestAsync(AuditRig rig)
    {
        var (least, started) = (await UsedAsync(rig), Stopwatch.GetTimestamp());
        for (var unchanged = 0; unchanged < 20_000 && Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20); unchanged++)
        {
            if (await UsedAsync(rig) is var now && now < least)
            {
                (least, unchanged) = (now, 0);
            }
        }

        return least;
    }

    private static async Task<long> UsedAsync(AuditRig rig)
    {
        var memory = await rig.Database.Multiplexer.GetServers().Single().InfoAsync("memory");
        return long.Parse(memory.SelectMany(s => s).Single(l => l.Key == "used_memory").Value, CultureInfo.InvariantCulture);
    }

    private static async Task<List<(string Kind, int Keys, long Bytes)>> ByKindAsync(AuditRig rig)
    {
        var keys = rig.Database.Multiplexer.GetServers().Single().Keys(pattern: "*", pageSize: 5000).ToList();
        var sizes = await Task.WhenAll(keys.Select(async k => (Kind: KindOf(k.ToString()), Bytes: (long)await rig.Database.ExecuteAsync("MEMORY", "USAGE", k, "SAMPLES", "0"))));
        return [.. sizes.GroupBy(s => s.Kind).Select(g => (g.Key, g.Count(), g.Sum(s => s.Bytes))).OrderByDescending(g => g.Item3)];
    }

    private static string KindOf(string key) => key.StartsWith("{r:", StringComparison.Ordinal) ? "request ids" : key.Split(':') is [_, _, var kind, ..] ? kind : key;
}
