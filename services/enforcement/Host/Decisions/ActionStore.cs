using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Decisions;

/// <summary>Records what is no decision (a vote, an appeal, a report, an effect): the change, its audit entry and its event in one script.</summary>
internal sealed class ActionStore(RedisConnectionStore redis, IOptions<RetentionOptions> retention, TimeProvider time)
{
    private const int FixedKeys = 4;
    private static readonly EmbeddedScript Record = EmbeddedScript.Load(typeof(ActionStore).Assembly, "record_action.lua");

    /// <summary>Records an action in a shard.</summary>
    /// <param name="shard">The shard of the account concerned.</param>
    /// <param name="action">What the audit says of it.</param>
    /// <param name="happened">The event for the tenant's outbox; null for none.</param>
    /// <param name="guards">What must hold.</param>
    /// <param name="effects">What changes.</param>
    /// <returns>Null when it is recorded, else the code of the guard that did not hold.</returns>
    public async Task<string?> RecordAsync(
        int shard, ActionRecorded action, WatchDecisionsResponse? happened, IReadOnlyList<CommitGuard> guards, IReadOnlyList<CommitEffect> effects)
    {
        var entry = new AuditEntry { CreateTime = Timestamp.FromDateTimeOffset(time.GetUtcNow()), Action = action };
        var answer = (RedisResult[])(await Record.RunAsync(
            redis.Multiplexer.GetDatabase(),
            [
                KeySpace.Audit(shard), KeySpace.AuditSequence(shard), KeySpace.Outbox(shard, action.TenantId), KeySpace.OutboxSequence(shard, action.TenantId),
                .. KeysOf(guards, effects),
            ],
            [entry.ToByteArray(), happened?.ToByteArray() ?? [], retention.Value.OutboxLength, .. Encode(guards, effects, FixedKeys)]))!; // always an array
        if (answer[0].ToString() == "refused")
        {
            return answer[1].ToString();
        }

        if (happened is not null)
        {
            await Bell.RingAsync(redis, KeySpace.OutboxBell(action.TenantId), shard);
        }

        return null;
    }

    /// <summary>The keys that guards and effects name, each once.</summary>
    internal static IEnumerable<RedisKey> KeysOf(IReadOnlyList<CommitGuard> guards, IReadOnlyList<CommitEffect> effects)
        => Names(guards, effects).Select(k => (RedisKey)k);

    /// <summary>Guards and effects as the scripts read them.</summary>
    /// <param name="guards">The guards.</param>
    /// <param name="effects">The effects.</param>
    /// <param name="before">How many keys of the script come before theirs.</param>
    internal static IEnumerable<RedisValue> Encode(IReadOnlyList<CommitGuard> guards, IReadOnlyList<CommitEffect> effects, int before)
    {
        var numbers = Names(guards, effects).Select((key, i) => (key, i)).ToDictionary(k => k.key, k => before + 1 + k.i, StringComparer.Ordinal);
        yield return guards.Count;
        foreach (var guard in guards)
        {
            yield return guard.Code;
            yield return guard.Kind switch { GuardKind.Equal => "eq", GuardKind.NotEqual => "ne", _ => "gt" };
            yield return numbers[guard.Key];
            yield return guard.Field;
            yield return ToRedis(guard.Value);
        }

        yield return effects.Count;
        foreach (var effect in effects)
        {
            yield return effect.Command;
            yield return numbers[effect.Key];
            yield return effect.Arguments.Length;
            foreach (var argument in effect.Arguments)
            {
                yield return ToRedis(argument);
            }
        }
    }

    private static IEnumerable<string> Names(IReadOnlyList<CommitGuard> guards, IReadOnlyList<CommitEffect> effects)
        => guards.Count + effects.Count == 0 ? [] : guards.Select(g => g.Key).Concat(effects.Select(e => e.Key)).Distinct(StringComparer.Ordinal);

    private static RedisValue ToRedis(StoreValue value) => value.Bytes ?? (RedisValue)value.Text;
}
