using Google.Protobuf;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Standing;

/// <summary>The ledgers of accounts. They are read here; they are written by the commit alone, through the effects made here.</summary>
internal sealed class StandingLedger(RedisConnectionStore redis, KeySpace keys)
{
    private const string Version = "v";

    // As long as the longest strike counts, and the six months of its appeal.
    internal static readonly TimeSpan Kept = TimeSpan.FromDays(365 + 214);

    /// <summary>The ledger of an account.</summary>
    public async Task<AccountLedger> ReadAsync(string tenant, string account)
    {
        var rows = await redis.Multiplexer.GetDatabase().HashGetAllAsync(KeySpace.Standing(keys.ShardOf(tenant, account), tenant, account));
        if (rows.Length == 0)
        {
            return AccountLedger.Empty;
        }

        var (entries, confirms, version) = (new List<LedgerEntry>(rows.Length), new Dictionary<string, string>(), "");
        foreach (var row in rows)
        {
            if (row.Name == Version)
            {
                version = row.Value.ToString();
                continue;
            }

            var record = LedgerRecord.Parser.ParseFrom((byte[])row.Value!); // fields of a hash are never null
            var id = row.Name.ToString();
            entries.Add(LedgerMapping.ToEntry(id, record));
            if (record.Confirms.Length > 0)
            {
                confirms[id] = record.Confirms;
            }
        }

        return new AccountLedger(entries, confirms, version);
    }

    /// <summary>The effects that write entries.</summary>
    /// <param name="key">The ledger's key.</param>
    /// <param name="entries">The entries, each with the decision whose strike it confirms.</param>
    public static IEnumerable<CommitEffect> Write(string key, IReadOnlyCollection<(LedgerEntry Entry, string? Confirms)> entries)
    {
        if (entries.Count == 0)
        {
            yield break;
        }

        foreach (var (entry, confirms) in entries)
        {
            yield return new CommitEffect("HSET", key, entry.DecisionId, LedgerMapping.ToRecord(entry, confirms).ToByteArray());
        }

        yield return new CommitEffect("HINCRBY", key, Version, 1);
        yield return new CommitEffect("PEXPIRE", key, (long)Kept.TotalMilliseconds);
    }
}
