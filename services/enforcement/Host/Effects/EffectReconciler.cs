using Microsoft.Extensions.Options;
using Moderation.Enforcement.Host.Work;
using Moderation.ServiceDefaults.Redis;
using Moderation.ServiceDefaults.Telemetry;

namespace Moderation.Enforcement.Host.Effects;

/// <summary>
/// Looks after what nobody has confirmed: counts it for alerts, announces it again once a day, and takes off the list what has settled by
/// itself, is gone or is too old. Tenants that have never reported an effect are left alone: they do not use it.
/// </summary>
internal sealed partial class EffectReconciler(
    EffectStore store, KeySpace keys, IOptions<EffectOptions> options, TimeProvider time, ILogger<EffectReconciler> logger) : IWork
{
    private const int Page = 100;

    // More than that in one shard means that the platform is down; the gauge says so, and the rest waits for the next run.
    private const int MostOfShard = 1000;

    public string Name => "effects";

    public TimeSpan Interval => TimeSpan.FromMinutes(1);

    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var (all, overdue, reminded, now) = (0L, 0L, 0, time.GetUtcNow());
        foreach (var tenant in await store.ReportersAsync())
        {
            for (var shard = 0; shard < keys.ShardCount && !cancellationToken.IsCancellationRequested; shard++)
            {
                reminded += await ReconcileAsync(tenant, shard, now);
            }

            var count = await store.CountAsync(tenant, now - options.Value.ConfirmWithin);
            (all, overdue) = (all + count.All, overdue + count.Overdue);
        }

        ModerationMeter.EffectsUnconfirmed.Record(all);
        ModerationMeter.EffectsOverdue.Record(overdue);
        if (reminded > 0)
        {
            LogReminded(reminded, overdue);
        }

        return false;
    }

    private async Task<int> ReconcileAsync(string tenant, int shard, DateTimeOffset now)
    {
        var reminded = 0;
        UnconfirmedEntry? after = null;
        for (var seen = 0; seen < MostOfShard;)
        {
            var page = await store.ListAsync(tenant, shard, after, now - options.Value.ConfirmWithin, Page);
            foreach (var entry in page)
            {
                reminded += await ReconcileAsync(tenant, shard, entry, now) ? 1 : 0;
            }

            if (page.Count < Page)
            {
                break;
            }

            (after, seen) = (page[^1], seen + page.Count);
        }

        return reminded;
    }

    private async Task<bool> ReconcileAsync(string tenant, int shard, UnconfirmedEntry entry, DateTimeOffset now)
    {
        var tooOld = DateTimeOffset.FromUnixTimeMilliseconds(entry.TimeMs) < now - options.Value.GiveUpAfter;
        var known = tooOld ? null : await store.FindAsync(entry.DecisionId);
        if (known is null || EffectRules.IsSettled(known.Effects))
        {
            if (tooOld)
            {
                LogGivenUp(entry.DecisionId);
            }

            await store.ForgetAsync(tenant, shard, entry.DecisionId);
            return false;
        }

        return await store.RemindAsync(known);
    }

    [LoggerMessage(LogLevel.Warning, "Announced {Count} decisions again that the platform has not confirmed; {Overdue} are overdue")]
    private partial void LogReminded(int count, long overdue);

    [LoggerMessage(LogLevel.Warning, "The platform never confirmed {DecisionId}; it is not announced any more")]
    private partial void LogGivenUp(string decisionId);
}
