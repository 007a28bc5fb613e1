using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Reports;

/// <summary>The trusted flaggers of tenants, in the tenant's own shard, so that each change and its audit entry are one.</summary>
internal sealed class TrustedFlaggerStore(RedisConnectionStore redis, KeySpace keys, ActionStore actions, TimeProvider time)
{
    private const string Changed = "flagger_changed";

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>A flagger, or null.</summary>
    public async Task<TrustedFlagger?> FindAsync(string tenant, string flaggerId)
    {
        var row = await Database.HashGetAsync(KeyOf(tenant), flaggerId);
        return row.IsNull ? null : TrustedFlagger.Parser.ParseFrom((byte[])row!);
    }

    /// <summary>Adds one; the same again answers the one that is there.</summary>
    /// <exception cref="Grpc.Core.RpcException">TRUSTED_FLAGGER_EXISTS.</exception>
    public async Task<TrustedFlagger> AddAsync(string tenant, TrustedFlagger wanted, string person)
    {
        var added = wanted.Clone();
        (added.CreateTime, added.Creator) = (Timestamp.FromDateTimeOffset(time.GetUtcNow()), person);
        var action = new ActionRecorded { Action = "flagger.added", ObjectId = added.FlaggerId, Actor = person, TenantId = tenant };
        while (true)
        {
            if (await FindAsync(tenant, added.FlaggerId) is { } present)
            {
                return Same(present, added) ? present : throw RpcErrors.Create(ErrorReason.TrustedFlaggerExists, ("flagger_id", added.FlaggerId));
            }

            if (await actions.RecordAsync(
                keys.ShardOfTenant(tenant), action, null, [new(Changed, GuardKind.Equal, KeyOf(tenant), added.FlaggerId, "")],
                [new("HSET", KeyOf(tenant), added.FlaggerId, added.ToByteArray())]) is null)
            {
                return added;
            }
        }
    }

    /// <summary>Removes one.</summary>
    /// <returns>False when there is none.</returns>
    public async Task<bool> RemoveAsync(string tenant, string flaggerId, string person)
    {
        var action = new ActionRecorded { Action = "flagger.removed", ObjectId = flaggerId, Actor = person, TenantId = tenant };
        return await actions.RecordAsync(
            keys.ShardOfTenant(tenant), action, null, [new(Changed, GuardKind.NotEqual, KeyOf(tenant), flaggerId, "")],
            [new("HDEL", KeyOf(tenant), flaggerId)]) is null;
    }

    /// <summary>All of them by id.</summary>
    public async Task<IReadOnlyList<TrustedFlagger>> ListAsync(string tenant)
    {
        var rows = await Database.HashValuesAsync(KeyOf(tenant));
        return [.. rows.Select(r => TrustedFlagger.Parser.ParseFrom((byte[])r!)).OrderBy(f => f.FlaggerId, StringComparer.Ordinal)]; // values are not null
    }

    private string KeyOf(string tenant) => KeySpace.TrustedFlaggers(keys.ShardOfTenant(tenant), tenant);

    private static bool Same(TrustedFlagger one, TrustedFlagger other)
        => one.Name == other.Name && one.Designation == other.Designation && one.Categories.ToHashSet().SetEquals(other.Categories);
}
