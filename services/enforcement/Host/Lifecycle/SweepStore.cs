using System.Globalization;
using Google.Protobuf;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Effects;
using Moderation.Enforcement.Host.Review;
using Moderation.Enforcement.Host.Standing;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Lifecycle;

/// <summary>What the sweep found at a key.</summary>
/// <param name="Kind">The kind, as in the retention table.</param>
/// <param name="Removed">How many records went.</param>
/// <param name="Held">How many were due and stay because of a hold.</param>
internal readonly record struct SweptKey(string Kind, long Removed, long Held = 0);

/// <summary>Removes what has outlived its time and has no expiry of its own. Each key by itself; again is harmless.</summary>
internal sealed class SweepStore(
    RedisConnectionStore redis, StandingLedger ledgers, IOptions<RetentionOptions> retention, IOptions<EffectOptions> effects)
{
    private const int Page = 500;

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>Looks after one key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="held">Accounts under a legal hold.</param>
    /// <param name="now">The time.</param>
    /// <returns>What was removed; null where the key is none of the sweep's.</returns>
    public async Task<SweptKey?> SweepAsync(string key, IReadOnlySet<(string Tenant, string Account)> held, DateTimeOffset now)
    {
        var parts = key.Split(':', 4);
        if (parts.Length < 3 || parts[0] != "{m" || !int.TryParse(parts[1].AsSpan(0, parts[1].Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var shard))
        {
            return null;
        }

        var rest = parts.Length == 4 ? parts[3] : "";
        return parts[2] switch
        {
            "ledger" => await SweepLedgerAsync(rest.Split(':', 2), held, now),
            "task" => await SweepTaskAsync(shard, key, held),
            "appeal" => await SweepAppealAsync(shard, key, held),
            "review" => new SweptKey("review-queue", await SweepMembersAsync(key, sorted: true, m => KeySpace.ReviewTask(shard, m.ToString()))),
            "by-evidence" => new SweptKey("by-evidence", await SweepMembersAsync(key, sorted: false, m => KeySpace.Decision(shard, m.ToString()))),
            "by-rule" => new SweptKey("by-rule", await SweepMembersAsync(key, sorted: true, m => KeySpace.Decision(shard, KeySpace.IdOf('d', shard, (byte[])m!)))),
            "unconfirmed" => new SweptKey("unconfirmed", await Database.SortedSetRemoveRangeByScoreAsync(
                key, double.NegativeInfinity, (now - effects.Value.GiveUpAfter).ToUnixTimeMilliseconds(), Exclude.Stop)),
            "outbox" => new SweptKey("event", await TrimOutboxAsync(key, now - retention.Value.Outbox)),
            "quarantine" => new SweptKey("quarantine", await Database.StreamTrimByMinIdAsync(
                key, (now - retention.Value.Quarantine).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture))),
            _ => null,
        };
    }

    /// <summary>How far the sweep is.</summary>
    public async Task<SweepRecord> LoadAsync()
        => (byte[]?)await Database.StringGetAsync(KeySpace.Sweep) is { } stored ? SweepRecord.Parser.ParseFrom(stored) : new SweepRecord();

    /// <summary>Notes how far it is.</summary>
    public Task SaveAsync(SweepRecord record) => Database.StringSetAsync(KeySpace.Sweep, record.ToByteArray());

    private async Task<SweptKey?> SweepLedgerAsync(string[] name, IReadOnlySet<(string, string)> held, DateTimeOffset now)
    {
        if (name is not [var tenant, var account])
        {
            return null;
        }

        var ledger = await ledgers.ReadAsync(tenant, account);
        var confirmed = ledger.Confirms.Values.ToHashSet(StringComparer.Ordinal);
        // What another entry confirms goes after that one.
        var over = ledger.Entries.Where(e => !confirmed.Contains(e.DecisionId) && LedgerRelevance.EndOf(e) is { } end && end + KeptAfter(e) <= now).ToList();
        if (over.Count == 0)
        {
            return null;
        }

        if (held.Contains((tenant, account)))
        {
            return new SweptKey("ledger", 0, over.Count);
        }

        var stay = ledger.Entries.Except(over).Select(e => (e.DecisionId, LedgerMapping.ToRecord(e, ledger.Confirms.GetValueOrDefault(e.DecisionId))));
        var done = await ledgers.RewriteAsync(tenant, account, ledger.Version, [.. stay]);
        return new SweptKey("ledger", done ? over.Count : 0); // one that has changed is seen again with the next walk

        // Of an erased account only what is in force was kept.
        TimeSpan KeptAfter(LedgerEntry entry) => AccountTrail.IsMinimal(entry) ? TimeSpan.Zero : retention.Value.LedgerEntry;
    }

    // A task whose decision is gone is about nothing.
    private async Task<SweptKey?> SweepTaskAsync(int shard, string key, IReadOnlySet<(string, string)> held)
    {
        var row = await Database.HashGetAsync(key, ["r", "s"]);
        if (row[0].IsNull || row[1] == TaskStates.Done || row[1] == TaskStates.Closed)
        {
            return null;
        }

        var task = ReviewTaskRecord.Parser.ParseFrom((byte[])row[0]!);
        if (task.DecisionId.Length == 0 || await Database.KeyExistsAsync(KeySpace.Decision(shard, task.DecisionId)))
        {
            return null;
        }

        if (held.Contains((task.TenantId, task.AccountId)))
        {
            return new SweptKey("task", 0, 1);
        }

        foreach (var queue in ReviewTasks.Queues)
        {
            await Database.SortedSetRemoveAsync(KeySpace.ReviewQueue(shard, task.TenantId, queue), task.TaskId); // it may have moved
        }

        await Database.HashSetAsync(key, "s", TaskStates.Closed);
        await Database.SetAddAsync(KeySpace.ClosedTasks(shard), task.TaskId); // whoever waits for it is told
        await Database.KeyExpireAsync(key, ReviewTasks.ClosedKept);
        return new SweptKey("task", 1);
    }

    // An appeal that nobody has decided while its decision was kept has no object any more; its task goes by itself.
    private async Task<SweptKey?> SweepAppealAsync(int shard, string key, IReadOnlySet<(string, string)> held)
    {
        var row = await Database.HashGetAsync(key, ["r", "s"]);
        if (row[0].IsNull || row[1] != "open")
        {
            return null;
        }

        var record = AppealRecord.Parser.ParseFrom((byte[])row[0]!);
        if (await Database.KeyExistsAsync(KeySpace.Decision(shard, record.Appeal.DecisionId)))
        {
            return null;
        }

        if (held.Contains((record.TenantId, record.AccountId)))
        {
            return new SweptKey("appeal", 0, 1);
        }

        record.Appeal.State = AppealState.Moot;
        record.Text = "";
        await Database.HashSetAsync(key, [new HashEntry("r", record.ToByteArray()), new HashEntry("s", "moot")]);
        return new SweptKey("appeal", 1);
    }

    private async Task<long> SweepMembersAsync(string key, bool sorted, Func<RedisValue, string> objectOf)
    {
        var members = new List<RedisValue>();
        if (sorted)
        {
            await foreach (var row in Database.SortedSetScanAsync(key, pageSize: Page))
            {
                members.Add(row.Element);
            }
        }
        else
        {
            await foreach (var member in Database.SetScanAsync(key, pageSize: Page))
            {
                members.Add(member);
            }
        }

        var removed = 0L;
        foreach (var chunk in members.Chunk(Page))
        {
            var there = await Task.WhenAll(chunk.Select(m => Database.KeyExistsAsync(objectOf(m))));
            var gone = chunk.Where((_, i) => !there[i]).ToArray();
            removed += gone.Length == 0 ? 0 : sorted ? await Database.SortedSetRemoveAsync(key, gone) : await Database.SetRemoveAsync(key, gone);
        }

        return removed;
    }

    // Entries are numbered, not timed: the first that is young enough is looked for, a page at a time.
    private async Task<long> TrimOutboxAsync(string key, DateTimeOffset before)
    {
        RedisValue from = "-";
        RedisValue keep = default;
        for (var full = true; full && keep.IsNull;)
        {
            var rows = await Database.StreamRangeAsync(key, from, "+", Page);
            keep = rows.FirstOrDefault(r => TimeOf(r) is { } time && time >= before).Id;
            full = rows.Length == Page;
            from = full ? $"({rows[^1].Id}" : from;
            if (!full && keep.IsNull && rows.Length > 0)
            {
                keep = rows[^1].Id; // the last one stays, so that a cursor at the end finds its place
            }
        }

        return keep.IsNull ? 0 : await Database.StreamTrimByMinIdAsync(key, keep);
    }

    private static DateTimeOffset? TimeOf(StreamEntry entry)
    {
        if (entry[OutboxReader.DecisionField] is { IsNull: false } reference)
        {
            return Ulid.Parse(reference.ToString().AsSpan(reference.ToString().LastIndexOf('_') + 1)).Time;
        }

        var happened = WatchDecisionsResponse.Parser.ParseFrom((byte[]?)entry[OutboxReader.EventField] ?? []);
        return (happened.Decided?.CreateTime ?? happened.Withdrawn?.WithdrawTime ?? happened.EffectOverdue?.DecideTime)?.ToDateTimeOffset();
    }
}
