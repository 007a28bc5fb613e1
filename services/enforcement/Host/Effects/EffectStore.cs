using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Standing;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Effects;

/// <summary>An entry of the list of what is unconfirmed.</summary>
/// <param name="DecisionId">The decision.</param>
/// <param name="TimeMs">When it was decided, Unix milliseconds.</param>
internal readonly record struct UnconfirmedEntry(string DecisionId, long TimeMs);

/// <summary>What is known of the effects of a decision.</summary>
/// <param name="Record">The decision.</param>
/// <param name="Reported">What was reported.</param>
/// <param name="Version">The version of that; empty before the first report.</param>
/// <param name="RemindedDay">The day of the last reminder, as yyyyMMdd; empty before the first.</param>
/// <param name="Effects">Both together.</param>
internal sealed record KnownEffects(DecisionRecord Record, EffectsRecord Reported, string Version, string RemindedDay, IReadOnlyList<Effect> Effects);

/// <summary>
/// Effects as platforms report them. Each decision that asks for something enters the list of the unconfirmed in its own commit, and leaves it
/// when everything is confirmed.
/// </summary>
internal sealed class EffectStore(
    RedisConnectionStore redis, KeySpace keys, DecisionStore decisions, StandingLedger ledgers, ActionStore actions, IOptions<RetentionOptions> retention,
    TimeProvider time)
{
    private const string Moved = "moved";
    private readonly ConcurrentDictionary<string, bool> _reporters = new();

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>The effect by which a commit enters its decision into the list; none when it asks the platform for nothing.</summary>
    public static IEnumerable<CommitEffect> Enter(Decision decision, int shard)
    {
        if (decision.Measures.Count + decision.RevertedMeasures.Count > 0)
        {
            yield return new CommitEffect(
                "ZADD", KeySpace.Unconfirmed(shard, decision.TenantId), decision.CreateTime.ToDateTimeOffset().ToUnixTimeMilliseconds(),
                KeySpace.CompactId(decision.DecisionId));
        }
    }

    /// <summary>What is known of the effects of a decision, or null when it is not known.</summary>
    public async Task<KnownEffects?> FindAsync(string decisionId)
    {
        var record = await decisions.FindRecordAsync(decisionId);
        if (record is null)
        {
            return null;
        }

        var decision = record.Decision;
        var shard = keys.ShardOf(decision.TenantId, decision.AccountId);
        var row = await Database.HashGetAsync(KeySpace.Effects(shard, decisionId), ["r", "v", "t"]);
        var reported = row[0].IsNull ? new EffectsRecord() : EffectsRecord.Parser.ParseFrom((byte[])row[0]!);
        var ledger = await ledgers.ReadAsync(decision.TenantId, decision.AccountId);
        return new KnownEffects(record, reported, row[1].ToString(), row[2].ToString(), EffectRules.Of(decision, reported, ledger, time.GetUtcNow()));
    }

    /// <summary>Takes reports. The same again change nothing.</summary>
    public async Task<IReadOnlyList<Effect>> ReportAsync(string tenant, string key, string decisionId, IReadOnlyList<EffectReport> reports)
    {
        await EnterReporterAsync(tenant);
        while (true)
        {
            var known = await FindAsync(decisionId);
            if (known is null || known.Record.Decision.TenantId != tenant)
            {
                throw RpcErrors.Create(ErrorReason.DecisionNotFound, ("decision_id", decisionId));
            }

            RequireEffects(known, reports);
            var (now, reported) = (time.GetUtcNow(), known.Reported.Clone());
            var changed = false;
            foreach (var report in reports)
            {
                changed |= EffectRules.Merge(reported, report, now);
            }

            if (!changed)
            {
                return known.Effects;
            }

            var decision = known.Record.Decision;
            var shard = keys.ShardOf(tenant, decision.AccountId);
            var ledger = await ledgers.ReadAsync(tenant, decision.AccountId);
            var effects = EffectRules.Of(decision, reported, ledger, now);
            var action = new ActionRecorded
            {
                Action = "effect.reported",
                ObjectId = decisionId,
                Actor = key,
                TenantId = tenant,
                ContentHash = ByteString.CopyFrom(SHA256.HashData(reported.ToByteArray())),
            };
            var row = KeySpace.Effects(shard, decisionId);
            if (await actions.RecordAsync(shard, action, null, [new(Moved, GuardKind.Equal, row, "v", known.Version)], [.. Writes(shard, decision, reported, effects, now)]) is null)
            {
                return effects;
            }
        }
    }

    /// <summary>Tenants that have reported effects.</summary>
    public async Task<IReadOnlyList<string>> ReportersAsync() => [.. (await Database.SetMembersAsync(KeySpace.EffectReporters)).Select(m => m.ToString())];

    /// <summary>Entries of a shard's list that are as old as <paramref name="until"/> or older, the oldest first.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="shard">The shard.</param>
    /// <param name="after">Only what comes after this entry in the list.</param>
    /// <param name="until">The youngest.</param>
    /// <param name="count">How many at most.</param>
    public async Task<IReadOnlyList<UnconfirmedEntry>> ListAsync(string tenant, int shard, UnconfirmedEntry? after, DateTimeOffset until, int count)
    {
        var key = KeySpace.Unconfirmed(shard, tenant);
        var found = new List<UnconfirmedEntry>();
        for (long skip = 0; found.Count < count;)
        {
            var rows = await Database.SortedSetRangeByScoreWithScoresAsync(
                key, after?.TimeMs ?? double.NegativeInfinity, until.ToUnixTimeMilliseconds(), skip: skip, take: count);
            // Of entries with one score the set goes by bytes, as ids do.
            found.AddRange(rows.Select(r => new UnconfirmedEntry(KeySpace.IdOf('d', shard, (byte[])r.Element!), (long)r.Score))
                .Where(e => after is not { } a || e.TimeMs > a.TimeMs || string.CompareOrdinal(e.DecisionId, a.DecisionId) > 0)
                .Take(count - found.Count));
            if (rows.Length < count)
            {
                break;
            }

            skip += rows.Length;
        }

        return found;
    }

    /// <summary>How many decisions of a tenant are unconfirmed, and how many of them since before a time.</summary>
    public async Task<(long All, long Overdue)> CountAsync(string tenant, DateTimeOffset before)
    {
        var counts = await Task.WhenAll(Enumerable.Range(0, keys.ShardCount).Select(async s =>
        {
            var key = KeySpace.Unconfirmed(s, tenant);
            var overdue = Database.SortedSetLengthAsync(key, double.NegativeInfinity, before.ToUnixTimeMilliseconds());
            return (All: await Database.SortedSetLengthAsync(key), Overdue: await overdue);
        }));
        return (counts.Sum(c => c.All), counts.Sum(c => c.Overdue));
    }

    /// <summary>Takes a decision off the list.</summary>
    public Task ForgetAsync(string tenant, int shard, string decisionId)
        => Database.SortedSetRemoveAsync(KeySpace.Unconfirmed(shard, tenant), KeySpace.CompactId(decisionId));

    /// <summary>Announces a decision again, once a day.</summary>
    /// <returns>False when it was announced today, by this replica or another.</returns>
    public async Task<bool> RemindAsync(KnownEffects known)
    {
        var (decision, now) = (known.Record.Decision, time.GetUtcNow());
        var day = now.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        if (known.RemindedDay == day)
        {
            return false;
        }

        var missing = EffectRules.Unconfirmed(known.Effects).ToList();
        var shard = keys.ShardOf(decision.TenantId, decision.AccountId);
        var row = KeySpace.Effects(shard, decision.DecisionId);
        var happened = new WatchDecisionsResponse
        {
            EventId = $"effect-overdue:{decision.DecisionId}:{day}",
            EffectOverdue = new EffectOverdue
            {
                DecisionId = decision.DecisionId,
                PostId = decision.PostId,
                DecideTime = decision.CreateTime,
                MeasureIds = { missing.Where(e => e.MeasureId.Length > 0).Select(e => e.MeasureId) },
                NoticeUndelivered = missing.Exists(e => e.Kind == EffectKind.NoticeDelivered),
            },
        };
        var action = new ActionRecorded { Action = "effect.overdue", ObjectId = decision.DecisionId, Actor = "enforcement", TenantId = decision.TenantId };
        CommitEffect[] effects = [new("HSET", row, "t", day), new("PEXPIRE", row, KeptMs(decision, now))];
        return await actions.RecordAsync(shard, action, happened, [new(Moved, GuardKind.Equal, row, "t", known.RemindedDay)], effects) is null;
    }

    private IEnumerable<CommitEffect> Writes(int shard, Decision decision, EffectsRecord reported, IReadOnlyList<Effect> effects, DateTimeOffset now)
    {
        var row = KeySpace.Effects(shard, decision.DecisionId);
        yield return new CommitEffect("HSET", row, "r", reported.ToByteArray());
        yield return new CommitEffect("HINCRBY", row, "v", 1);
        yield return new CommitEffect("PEXPIRE", row, KeptMs(decision, now));
        if (EffectRules.IsSettled(effects))
        {
            yield return new CommitEffect("ZREM", KeySpace.Unconfirmed(shard, decision.TenantId), KeySpace.CompactId(decision.DecisionId));
        }
    }

    // As long as the decision itself.
    private long KeptMs(Decision decision, DateTimeOffset now)
        => Math.Max(1, (long)(decision.CreateTime.ToDateTimeOffset() + retention.Value.WithMeasure - now).TotalMilliseconds);

    private static void RequireEffects(KnownEffects known, IReadOnlyList<EffectReport> reports)
    {
        var violations = new FieldViolations();
        for (var i = 0; i < reports.Count; i++)
        {
            violations.Require(
                known.Effects.Any(e => e.Kind == reports[i].Kind && e.MeasureId == reports[i].MeasureId), $"reports[{i}].measure_id",
                $"must name an effect of this decision: {string.Join(", ", known.Effects.Select(e => $"{e.Kind} {e.MeasureId}".TrimEnd()))}");
        }

        violations.ThrowIfAny();
    }

    private async ValueTask EnterReporterAsync(string tenant)
    {
        if (!_reporters.ContainsKey(tenant))
        {
            await Database.SetAddAsync(KeySpace.EffectReporters, tenant);
            _reporters[tenant] = true;
        }
    }
}
