using System.Globalization;
using System.Security.Cryptography;
using Google.Protobuf;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Policies;

/// <summary>What the store made of a change.</summary>
internal enum ChangeStatus
{
    /// <summary>It is made.</summary>
    Changed,

    /// <summary>Somebody else changed what decides since it was read.</summary>
    Stale,

    /// <summary>The name of a new version is taken.</summary>
    NameTaken,
}

/// <summary>Versions of the policy, what decides, and every change of it; one slot, one script.</summary>
internal sealed class PolicyStateStore(RedisConnectionStore redis)
{
    private static readonly EmbeddedScript Change = EmbeddedScript.Load(typeof(PolicyStateStore).Assembly, "change_policy.lua");

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>The number of the present state; 0 when the policy was never changed.</summary>
    public async Task<long> StateVersionAsync()
    {
        var version = await Database.HashGetAsync(KeySpace.PolicyState, "v");
        return version.IsNull ? 0 : (long)version;
    }

    /// <summary>The present state; null when the policy was never changed.</summary>
    public async Task<PolicyStateRecord?> ReadAsync()
    {
        var record = await Database.HashGetAsync(KeySpace.PolicyState, "r");
        return record.IsNull ? null : PolicyStateRecord.Parser.ParseFrom((byte[])record!);
    }

    /// <summary>Makes a change, if the state is still the one that it rests on.</summary>
    /// <param name="before">The state that was read.</param>
    /// <param name="change">The change, with the state after it.</param>
    /// <param name="versions">Versions that come with it.</param>
    /// <param name="campaign">The campaign that changes with it; null: none.</param>
    /// <param name="entry">What the audit says.</param>
    public async Task<ChangeStatus> TryChangeAsync(
        PolicyStateRecord before, PolicyChangeRecord change, IEnumerable<PolicyVersionRecord> versions, CampaignRecord? campaign, AdminAuditEntry entry)
    {
        var answer = (RedisResult[])(await Change.RunAsync(
            Database,
            [
                KeySpace.PolicyState, KeySpace.PolicyVersions, KeySpace.PolicyNames, KeySpace.PolicyHistory, KeySpace.AdminAudit,
                KeySpace.AdminAuditSequence, KeySpace.Campaigns,
            ],
            [
                Text(before.State.StateVersion), Text(change.After.State.StateVersion), change.After.ToByteArray(), change.ToByteArray(), entry.ToByteArray(),
                campaign?.Campaign.CampaignId ?? "", campaign?.ToByteArray() ?? [],
                .. versions.SelectMany(v => new RedisValue[] { Text(v.Version.Version), v.Version.Name, v.ToByteArray() }),
            ]))!; // always an array
        return answer[0].ToString() switch { "changed" => ChangeStatus.Changed, "taken" => ChangeStatus.NameTaken, _ => ChangeStatus.Stale };
    }

    /// <summary>A version, or null.</summary>
    public async Task<PolicyVersionRecord?> FindVersionAsync(long number)
    {
        var record = await Database.HashGetAsync(KeySpace.PolicyVersions, Text(number));
        return record.IsNull ? null : PolicyVersionRecord.Parser.ParseFrom((byte[])record!);
    }

    /// <summary>A campaign, open or not; or null.</summary>
    public async Task<CampaignRecord?> FindCampaignAsync(string id)
    {
        var record = await Database.HashGetAsync(KeySpace.Campaigns, id);
        return record.IsNull ? null : CampaignRecord.Parser.ParseFrom((byte[])record!);
    }

    /// <summary>All campaigns that there are or were, the latest first.</summary>
    public async Task<IReadOnlyList<CampaignRecord>> CampaignsAsync()
        => [.. (await Database.HashGetAllAsync(KeySpace.Campaigns)).Select(r => CampaignRecord.Parser.ParseFrom((byte[])r.Value!))
            .OrderByDescending(r => r.Campaign.CreateTime.ToDateTimeOffset()).ThenBy(r => r.Campaign.CampaignId, StringComparer.Ordinal)];

    /// <summary>The number of the version of a name, or null.</summary>
    public async Task<long?> FindNameAsync(string name)
    {
        var number = await Database.HashGetAsync(KeySpace.PolicyNames, name);
        return number.IsNull ? null : (long)number;
    }

    /// <summary>Changes before a state version, the latest first.</summary>
    public async Task<IReadOnlyList<PolicyChangeRecord>> ChangesBeforeAsync(long stateVersion, int count)
    {
        if (stateVersion <= 1)
        {
            return [];
        }

        var rows = await Database.StreamRangeAsync(KeySpace.PolicyHistory, "-", Text(stateVersion - 1) + "-0", count, Order.Descending);
        return [.. rows.Select(Parse)];
    }

    /// <summary>Changes after a state version, the earliest first.</summary>
    public async Task<IReadOnlyList<PolicyChangeRecord>> ChangesAfterAsync(long stateVersion, int count)
        => [.. (await Database.StreamRangeAsync(KeySpace.PolicyHistory, Text(stateVersion + 1) + "-0", "+", count)).Select(Parse)];

    /// <summary>The change that made a state version, or null.</summary>
    public async Task<PolicyChangeRecord?> FindChangeAsync(long stateVersion)
    {
        var id = Text(stateVersion) + "-0";
        var rows = await Database.StreamRangeAsync(KeySpace.PolicyHistory, id, id, 1);
        return rows.Length == 0 ? null : Parse(rows[0]);
    }

    /// <summary>Keeps a simulation of a stored version.</summary>
    public Task KeepAsync(PolicyBacktestRecord backtest) => Database.HashSetAsync(KeySpace.PolicyBacktests, backtest.BacktestId, backtest.ToByteArray());

    /// <summary>Such a simulation, or null.</summary>
    public async Task<PolicyBacktestRecord?> FindBacktestAsync(string id)
    {
        var record = await Database.HashGetAsync(KeySpace.PolicyBacktests, id);
        return record.IsNull ? null : PolicyBacktestRecord.Parser.ParseFrom((byte[])record!);
    }

    /// <summary>Up to which state version the tenants have been told.</summary>
    public async Task<long> ToldAsync()
    {
        var told = await Database.StringGetAsync(KeySpace.PolicyTold);
        return told.IsNull ? 0 : (long)told;
    }

    /// <summary>Notes that they have been told. Whoever is slower and notes less only makes them be told again, which they can tell.</summary>
    public Task SetToldAsync(long stateVersion) => Database.StringSetAsync(KeySpace.PolicyTold, stateVersion);

    /// <summary>Tenants for which something was decided.</summary>
    public async Task<IReadOnlyList<string>> TenantsAsync()
        => [.. (await Database.SetMembersAsync(KeySpace.Tenants)).Select(t => t.ToString()).Order(StringComparer.Ordinal)];

    /// <summary>A new secret for shares of accounts.</summary>
    public static ByteString NewShareKey() => ByteString.CopyFrom(RandomNumberGenerator.GetBytes(32));

    private static PolicyChangeRecord Parse(StreamEntry row) => PolicyChangeRecord.Parser.ParseFrom((byte[])row["c"]!);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
