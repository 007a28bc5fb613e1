using System.Globalization;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Campaigns;

/// <summary>
/// What happened in the scope of campaigns. Counted in the commits of decisions and verdicts, in the account's shard, so that nothing is counted
/// twice or forgotten; read as a sum over the shards.
/// </summary>
internal sealed class CampaignFigureStore(RedisConnectionStore redis, KeySpace keys)
{
    public const string Caused = "caused";
    public const string Spared = "spared";
    public const string OverBudget = "over";
    public const string Sampled = "drawn";
    public const string Appeals = "appeals";
    public const string Overturned = "overturned";

    private static readonly TimeSpan Kept = TimeSpan.FromDays(400);

    /// <summary>Posts of a stratum.</summary>
    public static string Posts(CampaignStratumKind stratum) => Name("n", stratum);

    /// <summary>Posts of a stratum on which a person has decided as part of its sample.</summary>
    public static string Samples(CampaignStratumKind stratum) => Name("s", stratum);

    /// <summary>Of these, those with a harm of the campaign.</summary>
    public static string Found(CampaignStratumKind stratum) => Name("f", stratum);

    /// <summary>The effects that count a decision that a rule made and that takes effect.</summary>
    public static IEnumerable<CommitEffect> Count(int shard, Decision decision, IEnumerable<CampaignUse> uses)
    {
        foreach (var use in uses)
        {
            yield return Add(shard, decision, use, Posts(StratumOf(decision)));
            if (use.Caused || use.WouldCause)
            {
                yield return Add(shard, decision, use, Caused);
            }

            if (use.Spares)
            {
                yield return Add(shard, decision, use, Spared);
            }

            if (use.OverBudget)
            {
                yield return Add(shard, decision, use, OverBudget);
            }

            if (use.Sampled)
            {
                yield return Add(shard, decision, use, Sampled);
            }

            yield return Keep(shard, use);
        }
    }

    /// <summary>The effects that count a person's decision about what a rule decided in the scope of campaigns.</summary>
    /// <param name="shard">The account's shard.</param>
    /// <param name="kind">Why the person looked.</param>
    /// <param name="about">What was decided before; counted by its own day and part of the campaign.</param>
    /// <param name="decision">The person's decision.</param>
    /// <param name="campaigns">The campaigns that are open; what is closed for good counts no more.</param>
    public static IEnumerable<CommitEffect> OfVerdict(int shard, ReviewTaskKind kind, DecisionRecord? about, Decision decision, CampaignBook? campaigns)
    {
        if (about is not { Decision.Automated: true, Campaigns.Count: > 0 } || campaigns is null)
        {
            yield break;
        }

        foreach (var use in about.Campaigns)
        {
            if (campaigns.Find(use.CampaignId) is not { } campaign)
            {
                continue;
            }

            if (kind == ReviewTaskKind.Appeal)
            {
                if (!use.Caused)
                {
                    continue;
                }

                yield return Add(shard, about.Decision, use, Appeals);
                if (IsOverturned(about, decision))
                {
                    yield return Add(shard, about.Decision, use, Overturned);
                }
            }
            else if (IsOfSample(kind, StratumOf(about.Decision)))
            {
                yield return Add(shard, about.Decision, use, Samples(StratumOf(about.Decision)));
                if (decision.Measures.Any(m => campaign.Categories.Contains((HarmCategory)m.Category)))
                {
                    yield return Add(shard, about.Decision, use, Found(StratumOf(about.Decision)));
                }
            }

            yield return Keep(shard, use);
        }
    }

    /// <summary>The sums of a campaign: day (yyyyMMdd), part and figure → count.</summary>
    public async Task<CampaignCounts> ReadAsync(string campaign)
    {
        var database = redis.Multiplexer.GetDatabase();
        var rows = await Task.WhenAll(Enumerable.Range(0, keys.ShardCount).Select(s => database.HashGetAllAsync(KeySpace.CampaignDays(s, campaign))));
        var counts = new CampaignCounts();
        foreach (var row in rows.SelectMany(r => r))
        {
            var parts = row.Name.ToString().Split('/');
            counts.Add(parts[0], (CampaignPeriod)int.Parse(parts[1], CultureInfo.InvariantCulture), parts[2], (long)row.Value);
        }

        return counts;
    }

    /// <summary>What became of a post.</summary>
    public static CampaignStratumKind StratumOf(Decision decision)
        => decision.ReviewTaskId.Length > 0 ? CampaignStratumKind.Reviewed
            : decision.Measures.Count > 0 ? CampaignStratumKind.Acted
            : CampaignStratumKind.Left;

    // What a report or a rule on trial brings before a person is no random post, so it is no sample of those that were left alone.
    private static bool IsOfSample(ReviewTaskKind kind, CampaignStratumKind stratum) => stratum == CampaignStratumKind.Reviewed
        ? kind is ReviewTaskKind.Hold or ReviewTaskKind.Rule or ReviewTaskKind.Signal or ReviewTaskKind.Ladder
        : kind == ReviewTaskKind.Sample;

    private static bool IsOverturned(DecisionRecord about, Decision decision)
        => decision.RevertedMeasures.Count > 0 && !Review.ReviewFigureStore.Restated(about, decision);

    private static string Name(string what, CampaignStratumKind stratum) => string.Create(CultureInfo.InvariantCulture, $"{what}{(int)stratum}");

    private static CommitEffect Add(int shard, Decision decision, CampaignUse use, string figure) => new(
        "HINCRBY", KeySpace.CampaignDays(shard, use.CampaignId),
        string.Create(CultureInfo.InvariantCulture, $"{decision.CreateTime.ToDateTimeOffset().UtcDateTime:yyyyMMdd}/{(int)use.Period}/{figure}"), 1);

    private static CommitEffect Keep(int shard, CampaignUse use)
        => new("PEXPIRE", KeySpace.CampaignDays(shard, use.CampaignId), (long)Kept.TotalMilliseconds);
}

/// <summary>Sums of what happened in the scope of a campaign.</summary>
internal sealed class CampaignCounts
{
    private readonly Dictionary<(string Day, CampaignPeriod Period, string Figure), long> _sums = [];

    /// <summary>The days of a part, as yyyyMMdd.</summary>
    public IEnumerable<string> Days(CampaignPeriod period) => _sums.Keys.Where(k => k.Period == period).Select(k => k.Day).Distinct().Order(StringComparer.Ordinal);

    /// <summary>A sum over a part, or a day of it.</summary>
    public long Sum(CampaignPeriod period, string figure, string? day = null)
        => _sums.Where(s => s.Key.Period == period && s.Key.Figure == figure && (day is null || s.Key.Day == day)).Sum(s => s.Value);

    /// <summary>A sum over all parts.</summary>
    public long Sum(string figure) => _sums.Where(s => s.Key.Figure == figure).Sum(s => s.Value);

    public void Add(string day, CampaignPeriod period, string figure, long count)
        => _sums[(day, period, figure)] = _sums.GetValueOrDefault((day, period, figure)) + count;
}
