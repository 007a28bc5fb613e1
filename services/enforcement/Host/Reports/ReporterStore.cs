using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Reports;

/// <summary>What became of each reporter's latest decided reports. Reporters are in no account's shard: whom they report is anyone.</summary>
internal sealed class ReporterStore(RedisConnectionStore redis)
{
    private static readonly EmbeddedScript Count = EmbeddedScript.Load(typeof(ReporterStore).Assembly, "count_report.lua");
    private static readonly TimeSpan Kept = TimeSpan.FromDays(400);

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>How reliable a reporter has been.</summary>
    public async Task<ReporterReliability> ReadAsync(string tenant, string reporter)
    {
        var (decided, acted) = KeySpace.Reporter(tenant, reporter);
        var counts = await Task.WhenAll(Database.SortedSetLengthAsync(acted), Database.SortedSetLengthAsync(decided));
        return new ReporterReliability((int)Math.Min(counts[0], counts[1]), (int)counts[1]);
    }

    /// <summary>Counts a decided report; the same again changes nothing.</summary>
    public Task CountAsync(string tenant, string reporter, string reportId, bool wasActed, DateTimeOffset now)
    {
        var (decided, acted) = KeySpace.Reporter(tenant, reporter);
        return Count.RunAsync(
            Database,
            [decided, acted],
            [reportId, now.ToUnixTimeMilliseconds(), wasActed ? "1" : "0", ReporterReliability.Window, (long)Kept.TotalMilliseconds]);
    }
}
