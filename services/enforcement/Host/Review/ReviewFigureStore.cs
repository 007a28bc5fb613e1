using System.Globalization;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Review;

/// <summary>
/// What people's verdicts say about rules, reviewers and what is missed. Counted in the commit of each verdict, in the account's shard and by
/// month, so nothing is counted twice or forgotten; read as a sum.
/// </summary>
internal sealed class ReviewFigureStore(RedisConnectionStore redis, KeySpace keys)
{
    public const string DoubleReviews = "double";
    public const string Agreements = "agreed";
    public const string Samples = "samples";
    public const string Missed = "missed";
    public const string Appeals = "appeals";
    public const string Overturned = "overturned";
    private const string Judged = "judged:";
    private const string Upheld = "upheld:";
    private const char OfPolicy = '|';
    private const int MonthsRead = 3;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(400);

    /// <summary>The effect that counts.</summary>
    public static CommitEffect Count(int shard, string tenant, DateTimeOffset now, string name, long by) => new("HINCRBY", KeyOf(shard, tenant, now), name, by);

    /// <summary>The effects that count a verdict that became a decision.</summary>
    public static IEnumerable<CommitEffect> OfVerdict(int shard, StoredTask task, DecisionRecord? about, Decision decision, DateTimeOffset now)
    {
        var tenant = task.Record.TenantId;
        foreach (var (rule, category) in about is { Decision.Automated: true } ? RulesOf(about) : [])
        {
            yield return Count(shard, tenant, now, Judged + rule, 1);
            if (decision.Measures.Any(m => m.Category == category))
            {
                yield return Count(shard, tenant, now, Upheld + rule, 1);
            }
        }

        if (task.Votes.Count == 1)
        {
            yield return Count(shard, tenant, now, DoubleReviews, 1);
            yield return Count(shard, tenant, now, Agreements, 1);
        }

        // A campaign also samples what was acted on; that says nothing about what is missed.
        if (task.Record.Kind == ReviewTaskKind.Sample && about is not { Decision.Measures.Count: > 0 })
        {
            yield return Count(shard, tenant, now, Samples, 1);
            yield return Count(shard, tenant, now, Missed, decision.Measures.Count > 0 ? 1 : 0);
        }

        if (task.Record.Kind == ReviewTaskKind.Appeal)
        {
            yield return Count(shard, tenant, now, Appeals, 1);
            yield return Count(shard, tenant, now, Overturned, decision.RevertedMeasures.Count > 0 && !Restated(about, decision) ? 1 : 0);
        }

        yield return new CommitEffect("PEXPIRE", KeyOf(shard, tenant, now), (long)Kept.TotalMilliseconds);
    }

    /// <summary>The sums of a tenant over this month and the two before.</summary>
    public async Task<IReadOnlyDictionary<string, long>> ReadAsync(string tenant, DateTimeOffset now)
    {
        var database = redis.Multiplexer.GetDatabase();
        var months = Enumerable.Range(0, MonthsRead).Select(back => now.AddMonths(-back));
        var rows = await Task.WhenAll(
            from month in months
            from shard in Enumerable.Range(0, keys.ShardCount)
            select database.HashGetAllAsync(KeyOf(shard, tenant, month)));
        return rows.SelectMany(r => r).GroupBy(r => r.Name.ToString(), StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Sum(r => (long)r.Value), StringComparer.Ordinal);
    }

    /// <summary>The rules among such sums.</summary>
    public static IEnumerable<RuleFigures> Rules(IReadOnlyDictionary<string, long> sums)
        => sums.Where(s => s.Key.StartsWith(Judged, StringComparison.Ordinal) && !s.Key.Contains(OfPolicy)).OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => new RuleFigures
        {
            RuleId = s.Key[Judged.Length..],
            Judged = s.Value,
            Upheld = sums.GetValueOrDefault(Upheld + s.Key[Judged.Length..]),
        });

    /// <summary>How often a rule's hits were judged, and how often people found the same harm.</summary>
    /// <param name="sums">The sums.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="policy">For a rule on its way the name of its version; else empty.</param>
    public static (long Judged, long Upheld) VerdictsOn(IReadOnlyDictionary<string, long> sums, string rule, string policy)
    {
        var name = NameOf(rule, policy);
        return (sums.GetValueOrDefault(Judged + name), sums.GetValueOrDefault(Upheld + name));
    }

    /// <summary>Whether the decision imposes again all that the other one did: then nothing was overturned.</summary>
    public static bool Restated(DecisionRecord? about, Decision decision)
        => about is not null && about.Decision.Measures.Where(m => !m.FromLadder).All(m => decision.Measures.Any(n => n.Kind == m.Kind && n.Category == m.Category));

    // A rule on its way is judged apart from the one of the same id that it changes, and also where it did nothing.
    private static IEnumerable<(string Rule, Contracts.V1.HarmCategory Category)> RulesOf(DecisionRecord about)
        => about.Decision.Reasons.Where(r => r.RuleId.Length > 0).Select(r => (NameOf(r.RuleId, r.PolicyVersion), r.Category))
            .Concat(about.ShadowHits.Select(h => (NameOf(h.RuleId, h.PolicyVersion), h.Category)));

    private static string NameOf(string rule, string policy) => policy.Length == 0 ? rule : rule + OfPolicy + policy;

    private static string KeyOf(int shard, string tenant, DateTimeOffset month)
        => KeySpace.ReviewFigures(shard, tenant, month.UtcDateTime.ToString("yyyyMM", CultureInfo.InvariantCulture));
}
