using System.Globalization;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Standing;

/// <summary>
/// The ledgers of accounts. Decisions write them through the commit alone, by the effects made here; what matters no more is dropped by writing one
/// anew.
/// </summary>
internal sealed class StandingLedger(RedisConnectionStore redis, KeySpace keys)
{
    // As long as the longest strike counts, and the six months of its appeal.
    internal static readonly TimeSpan Kept = TimeSpan.FromDays(365 + 214);
    private static readonly EmbeddedScript RewriteScript = EmbeddedScript.Load(typeof(StandingLedger).Assembly, "rewrite_ledger.lua");

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>The ledger of an account.</summary>
    public async Task<AccountLedger> ReadAsync(string tenant, string account)
    {
        var stored = await Database.StringGetAsync(KeySpace.Ledger(keys.ShardOf(tenant, account), tenant, account));
        return stored.IsNull ? AccountLedger.Empty : StoredLedger.Read((byte[])stored!); // tested before
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

        yield return new CommitEffect("APPEND", key, StoredLedger.Frames(entries.Select(e => (e.Entry.DecisionId, LedgerMapping.ToRecord(e.Entry, e.Confirms)))));
        yield return new CommitEffect("PEXPIRE", key, (long)Kept.TotalMilliseconds);
    }

    /// <summary>Leaves these entries alone in a ledger, unless it has changed since it was read.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="account">The account.</param>
    /// <param name="version">The ledger's version as it was read.</param>
    /// <param name="stay">The entries that stay.</param>
    /// <param name="kept">For how long; null: without an end; the default: as before.</param>
    /// <returns>Whether it was done.</returns>
    public async Task<bool> RewriteAsync(
        string tenant, string account, string version, IReadOnlyCollection<(string DecisionId, LedgerRecord Record)> stay, LedgerLifetime kept = default)
        => (int)await RewriteScript.RunAsync(
            Database, [KeySpace.Ledger(keys.ShardOf(tenant, account), tenant, account)], [version, StoredLedger.Anew(version, stay), kept.Argument]) == 1;
}

/// <summary>How long a ledger that is written anew is kept; the default: as long as before.</summary>
internal readonly record struct LedgerLifetime
{
    private readonly string? _argument;

    private LedgerLifetime(string argument) => _argument = argument;

    /// <summary>Until its last measure ends; null: without an end.</summary>
    public static LedgerLifetime Of(TimeSpan? left)
        => new(left is { } span ? Math.Max(1, (long)span.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) : "0");

    /// <summary>As the script takes it.</summary>
    public string Argument => _argument ?? "as before";
}
