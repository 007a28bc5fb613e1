using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Lifecycle;

/// <summary>Erasures of accounts: each in the account's shard, with the list of those that are not done.</summary>
internal sealed class ErasureStore(RedisConnectionStore redis, KeySpace keys, ActionStore actions, TimeProvider time)
{
    private const string Taken = "taken";
    private const string StateField = "s";

    // So that it can be shown for three years that a request was followed; it names nobody.
    internal static readonly TimeSpan Kept = TimeSpan.FromDays(3 * 365);

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>Asks for an erasure, once for each request.</summary>
    public async Task<Erasure> StartAsync(string tenant, string account, string requestId, string actor)
    {
        var shard = keys.ShardOf(tenant, account);
        var id = KeySpace.IdOfRequest('e', shard, tenant, account, requestId);
        var now = time.GetUtcNow();
        var record = new ErasureRecord
        {
            Erasure = new Erasure { ErasureId = id, State = ErasureState.Running, CreateTime = Timestamp.FromDateTimeOffset(now) },
            TenantId = tenant,
            AccountId = account,
            Nonce = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(16)),
            Actor = actor,
        };
        var key = KeySpace.Erasure(shard, id);
        CommitEffect[] effects =
        [
            new("HSET", key, "r", record.ToByteArray(), StateField, "running"), new("ZADD", KeySpace.ErasuresOpen(shard), now.ToUnixTimeMilliseconds(), id),
        ];
        await actions.RecordAsync(shard, ActionOf(record, "account.erasure-asked"), null, [new(Taken, GuardKind.Equal, key, StateField, "")], effects);
        return (await FindAsync(id))!.Erasure; // written now or before
    }

    /// <summary>An erasure, or null.</summary>
    public async Task<ErasureRecord?> FindAsync(string erasureId)
    {
        if (keys.ShardOfId(erasureId, 'e') is not { } shard)
        {
            return null;
        }

        var row = await Database.HashGetAsync(KeySpace.Erasure(shard, erasureId), "r");
        return row.IsNull ? null : ErasureRecord.Parser.ParseFrom((byte[])row!);
    }

    /// <summary>Erasures to go on with now.</summary>
    public async Task<IReadOnlyList<string>> DueAsync(int count)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var due = await Task.WhenAll(Enumerable.Range(0, keys.ShardCount).Select(s => Database.SortedSetRangeByScoreAsync(
            KeySpace.ErasuresOpen(s), double.NegativeInfinity, now, take: count)));
        return [.. due.SelectMany(d => d).Take(count).Select(m => m.ToString())];
    }

    /// <summary>Notes how far an erasure is, and when to go on.</summary>
    public async Task SaveAsync(ErasureRecord record, DateTimeOffset next)
    {
        var shard = keys.ShardOfId(record.Erasure.ErasureId, 'e')!.Value; // minted here
        var both = Database.CreateTransaction();
        _ = both.HashSetAsync(KeySpace.Erasure(shard, record.Erasure.ErasureId), "r", record.ToByteArray());
        _ = both.SortedSetAddAsync(KeySpace.ErasuresOpen(shard), record.Erasure.ErasureId, next.ToUnixTimeMilliseconds(), SortedSetWhen.Exists);
        await both.ExecuteAsync();
    }

    /// <summary>Ends an erasure: from here on nothing in it names the account.</summary>
    public async Task FinishAsync(ErasureRecord record)
    {
        var shard = keys.ShardOfId(record.Erasure.ErasureId, 'e')!.Value; // as above
        var action = ActionOf(record, "account.erased");
        var done = record.Clone();
        done.AccountId = "";
        done.DoneKinds.Clear();
        done.Erasure.State = ErasureState.Done;
        done.Erasure.EndTime = Timestamp.FromDateTimeOffset(time.GetUtcNow());
        var key = KeySpace.Erasure(shard, done.Erasure.ErasureId);
        CommitEffect[] effects =
        [
            new("HSET", key, "r", done.ToByteArray(), StateField, "done"),
            new("PEXPIRE", key, (long)Kept.TotalMilliseconds),
            new("ZREM", KeySpace.ErasuresOpen(shard), done.Erasure.ErasureId),
        ];
        await actions.RecordAsync(shard, action, null, [new(Taken, GuardKind.Equal, key, StateField, "running")], effects);
    }

    private static ActionRecorded ActionOf(ErasureRecord record, string action)
    {
        var hash = SHA256.HashData([.. record.Nonce.Span, .. Encoding.UTF8.GetBytes($"{record.TenantId}\n{record.AccountId}")]);
        return new ActionRecorded
        {
            Action = action,
            ObjectId = record.Erasure.ErasureId,
            Actor = record.Actor,
            TenantId = record.TenantId,
            ContentHash = ByteString.CopyFrom(hash),
        };
    }
}
