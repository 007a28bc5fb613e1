using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Work;
using Moderation.ServiceDefaults.Telemetry;

namespace Moderation.Enforcement.Host.Policies;

/// <summary>
/// Sums up each second what all replicas counted, and suspends rules whose breaker trips. Between the count and the replicas' new state lie two
/// to three seconds, in which a rule goes on acting: that is the overshoot.
/// </summary>
internal sealed partial class BreakerWatch(
    RuleFigureStore figures, PolicyFollower follower, PolicyCatalogue catalogue, PolicyDesk desk, IOptions<BreakerOptions> options, TimeProvider time,
    ILogger<BreakerWatch> logger) : IWork
{
    /// <summary>Who the history names.</summary>
    public const string Actor = "enforcement";

    public string Name => "breakers";

    public TimeSpan Interval => TimeSpan.FromSeconds(1);

    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.Enabled)
        {
            return false;
        }

        var now = time.GetUtcNow();
        var (hours, today) = (await figures.LatestHoursAsync(now), await figures.DaysAsync(now, 1));
        await follower.FollowAsync(); // a rule that was suspended a moment ago must not trip again
        var byMeasure = today.ByMeasure();
        foreach (var rule in catalogue.Current.Staged.Rules.Where(r => r.Stage is RuleStage.Partial or RuleStage.Live).ToList())
        {
            var counts = new BreakerCounts(
                hours[RuleCounts.Posts], hours[RuleCounts.Hits(rule.Rule.Id)], today[RuleCounts.Actions(rule.Rule.Id)],
                byMeasure.RemoveRange(byMeasure.Keys.Except(today.MeasuresOf(rule.Rule.Id))));
            var trips = Breaker.Trips(counts, options.Value.Limits);
            if (Breaker.Apply(rule.Stage, trips, rule.Override, now) != RuleStage.Suspended)
            {
                continue;
            }

            var reason = string.Join("; ", trips.Select(t => t.Reason));
            if (await desk.SuspendAsync(rule.Rule.Id, rule.PolicyVersion, reason))
            {
                ModerationMeter.BreakersTripped.Add(1, new KeyValuePair<string, object?>("rule", rule.Rule.Id));
                LogTripped(rule.Rule.Id, rule.PolicyVersion, reason);
            }
        }

        return false;
    }

    [LoggerMessage(LogLevel.Warning, "A breaker tripped: {RuleId} of {PolicyVersion} stops acting and sends to review ({Reason})")]
    private partial void LogTripped(string ruleId, string policyVersion, string reason);
}
