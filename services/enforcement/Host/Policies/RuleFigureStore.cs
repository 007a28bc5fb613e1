using System.Globalization;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Policies;

/// <summary>
/// What rules hit and did. Counted in the commit of each decision, in the account's shard, so that nothing is counted twice or forgotten; read as
/// a sum over the shards, so that all replicas see the same.
/// </summary>
internal sealed class RuleFigureStore(RedisConnectionStore redis, KeySpace keys)
{
    /// <summary>How many days are kept.</summary>
    public const int DaysKept = 92;

    private static readonly TimeSpan HoursKept = TimeSpan.FromHours(30);

    /// <summary>The effects that count a decision that a rule made and that takes effect.</summary>
    public static IEnumerable<CommitEffect> Count(int shard, PolicyOutcome outcome, Decision decision, DateTimeOffset now)
    {
        var (hour, day) = (KeySpace.RuleHours(shard, Hour(now)), KeySpace.RuleDays(shard, Day(now)));
        yield return new CommitEffect("HINCRBY", hour, RuleCounts.Posts, 1);
        yield return new CommitEffect("HINCRBY", day, RuleCounts.Posts, 1);
        foreach (var rule in outcome.Fired.Select(f => f.RuleId).Distinct(StringComparer.Ordinal))
        {
            yield return new CommitEffect("HINCRBY", hour, RuleCounts.Hits(rule), 1);
            yield return new CommitEffect("HINCRBY", day, RuleCounts.Hits(rule), 1);
        }

        foreach (var rule in outcome.Observed)
        {
            yield return new CommitEffect("HINCRBY", day, RuleCounts.ShadowHits(rule.RuleId, rule.PolicyVersion), 1);
        }

        foreach (var acted in decision.Measures.Where(m => m.RuleId.Length > 0).GroupBy(m => m.RuleId, StringComparer.Ordinal))
        {
            yield return new CommitEffect("HINCRBY", day, RuleCounts.Actions(acted.Key), 1);
            foreach (var measure in acted.GroupBy(m => m.Kind))
            {
                yield return new CommitEffect("HINCRBY", day, RuleCounts.Measures(acted.Key, (MeasureKind)measure.Key), measure.Count());
            }
        }

        yield return new CommitEffect("PEXPIRE", hour, (long)HoursKept.TotalMilliseconds);
        yield return new CommitEffect("PEXPIRE", day, (long)TimeSpan.FromDays(DaysKept).TotalMilliseconds);
    }

    /// <summary>The sums of this hour and the one before.</summary>
    public Task<RuleCounts> LatestHoursAsync(DateTimeOffset now) => SumAsync([Hour(now), Hour(now.AddHours(-1))], KeySpace.RuleHours);

    /// <summary>The sums of the last days, today included; days are UTC.</summary>
    public Task<RuleCounts> DaysAsync(DateTimeOffset now, int days)
        => SumAsync([.. Enumerable.Range(0, Math.Clamp(days, 1, DaysKept)).Select(back => Day(now.AddDays(-back)))], KeySpace.RuleDays);

    private async Task<RuleCounts> SumAsync(string[] times, Func<int, string, string> keyOf)
    {
        var database = redis.Multiplexer.GetDatabase();
        var rows = await Task.WhenAll(
            from time in times
            from shard in Enumerable.Range(0, keys.ShardCount)
            select database.HashGetAllAsync(keyOf(shard, time)));
        return new RuleCounts(rows.SelectMany(r => r).GroupBy(r => r.Name.ToString(), StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Sum(r => (long)r.Value), StringComparer.Ordinal));
    }

    private static string Hour(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMddHH", CultureInfo.InvariantCulture);

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
}
