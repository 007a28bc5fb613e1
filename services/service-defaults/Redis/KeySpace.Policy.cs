using System.IO.Hashing;
using System.Text;

namespace Moderation.ServiceDefaults.Redis;

// Keys of the policy, and of what its rules count.
public sealed partial record KeySpace
{
    /// <summary>
    /// What decides (hash): its version <c>v</c>, its record <c>r</c>. All keys of the policy share the slot of the chain in which its changes are
    /// audited, so that no change is made without its entry.
    /// </summary>
    public const string PolicyState = "{audit:admin}:policy";

    /// <summary>The versions of the policy (hash): number → record with the document.</summary>
    public const string PolicyVersions = "{audit:admin}:policy-versions";

    /// <summary>The names of the versions (hash): name → number.</summary>
    public const string PolicyNames = "{audit:admin}:policy-names";

    /// <summary>Every change of what decides (stream), entry id = state version-0; never trimmed.</summary>
    public const string PolicyHistory = "{audit:admin}:policy-history";

    /// <summary>Simulations of stored versions (hash): id → record.</summary>
    public const string PolicyBacktests = "{audit:admin}:policy-backtests";

    /// <summary>Up to which state version the tenants have been told (integer).</summary>
    public const string PolicyTold = "{audit:admin}:policy-told";

    /// <summary>All campaigns that there are or were (hash): id → record with the report.</summary>
    public const string Campaigns = "{audit:admin}:campaigns";

    /// <summary>How much of a campaign's budget replicas have taken in blocks (integer), expiring.</summary>
    public static string CampaignBudget(string campaign) => $"{{b:{campaign}}}:reserved";

    /// <summary>What was counted of a campaign (hash of counters): day/period/figure → count.</summary>
    public static string CampaignDays(int shard, string campaign) => $"{{m:{shard}}}:campaign-days:{campaign}";

    /// <summary>
    /// The posts or accounts that held something in a part of a window (HyperLogLog), expiring. All about one thing share a slot.
    /// </summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="held">What they held: a kind and its value.</param>
    /// <param name="counted">p for posts, a for accounts.</param>
    /// <param name="window">The window's name.</param>
    /// <param name="bucket">The part, counted since 1970.</param>
    public static string ContentCounter(string tenant, string held, char counted, string window, long bucket)
        => $"{{c:{XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"{tenant}\n{held}")):x16}}}:{counted}:{window}:{bucket}";

    /// <summary>What rules hit in an hour as yyyyMMddHH (hash of counters), for the breakers.</summary>
    public static string RuleHours(int shard, string hour) => $"{{m:{shard}}}:rule-hours:{hour}";

    /// <summary>What rules hit and did in a day as yyyyMMdd (hash of counters).</summary>
    public static string RuleDays(int shard, string day) => $"{{m:{shard}}}:rule-days:{day}";

    /// <summary>The changes of the policy that a tenant has been told (hash): state version → 1.</summary>
    public static string RuleNews(int shard, string tenant) => $"{{m:{shard}}}:rule-news:{tenant}";
}
