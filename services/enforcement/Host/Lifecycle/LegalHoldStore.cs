using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Lifecycle;

/// <summary>
/// Legal holds. A hold takes the end away from the keys that there are, again each day for what came since; when it ends, each key gets back
/// the end that it would have had.
/// </summary>
internal sealed class LegalHoldStore(
    RedisConnectionStore redis, KeySpace keys, ActionStore actions, DecisionStore decisions, IOptions<RetentionOptions> retention, TimeProvider time)
{
    private const string Known = "known";

    /// <summary>The longest hold; who needs more sets another, and has to look again.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromDays(731);

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>Sets a hold, once for each request.</summary>
    public async Task<LegalHold> SetAsync(SetLegalHoldRequest request, string creator)
    {
        var shard = keys.ShardOf(request.TenantId, request.AccountId);
        var hold = new LegalHold
        {
            HoldId = KeySpace.IdOfRequest('h', shard, request.TenantId, request.AccountId, request.RequestId),
            TenantId = request.TenantId,
            AccountId = request.AccountId,
            LegalGround = request.LegalGround.Trim(),
            Creator = creator,
            CreateTime = Timestamp.FromDateTimeOffset(time.GetUtcNow()),
            EndTime = request.EndTime,
        };
        var key = KeySpace.LegalHolds(shard);
        var action = new ActionRecorded { Action = "hold.set", ObjectId = hold.HoldId, Actor = creator, TenantId = hold.TenantId };
        await actions.RecordAsync(shard, action, null, [new(Known, GuardKind.Equal, key, hold.HoldId, "")], [new("HSET", key, hold.HoldId, hold.ToByteArray())]);
        var stands = (await FindAsync(hold.HoldId))!; // written now or before
        return stands.LegalGround == hold.LegalGround && stands.EndTime.Equals(hold.EndTime)
            ? stands
            : throw RpcErrors.Create(ErrorReason.RequestIdReused, ("request_id", request.RequestId));
    }

    /// <summary>A hold, or null.</summary>
    public async Task<LegalHold?> FindAsync(string holdId)
    {
        if (keys.ShardOfId(holdId, 'h') is not { } shard)
        {
            return null;
        }

        var row = await Database.HashGetAsync(KeySpace.LegalHolds(shard), holdId);
        return row.IsNull ? null : LegalHold.Parser.ParseFrom((byte[])row!);
    }

    /// <summary>Releases a hold. Its effect is taken back by the keeper.</summary>
    public async Task<LegalHold> ReleaseAsync(LegalHold hold, string actor)
    {
        if (hold.ReleaseTime is not null)
        {
            return hold;
        }

        var released = hold.Clone();
        released.ReleaseTime = Timestamp.FromDateTimeOffset(time.GetUtcNow());
        return await ReplaceAsync(hold, released, "hold.released", actor) ? released : await FindAsync(hold.HoldId) ?? released;
    }

    /// <summary>All holds, those that are released and still have an effect too.</summary>
    public async Task<IReadOnlyList<LegalHold>> AllAsync()
    {
        var rows = await Task.WhenAll(Enumerable.Range(0, keys.ShardCount).Select(s => Database.HashGetAllAsync(KeySpace.LegalHolds(s))));
        return [.. rows.SelectMany(r => r).Select(r => LegalHold.Parser.ParseFrom((byte[])r.Value!))]; // a field is never nil
    }

    /// <summary>The accounts that are held, as tenant and account.</summary>
    public async Task<IReadOnlySet<(string Tenant, string Account)>> HeldAsync()
        => (await AllAsync()).Where(h => Holds(h, time.GetUtcNow())).Select(h => (h.TenantId, h.AccountId)).ToHashSet();

    /// <summary>Whether an account is held.</summary>
    public async Task<bool> IsHeldAsync(string tenant, string account)
    {
        var rows = await Database.HashGetAllAsync(KeySpace.LegalHolds(keys.ShardOf(tenant, account)));
        return rows.Select(r => LegalHold.Parser.ParseFrom((byte[])r.Value!)).Any(h => h.TenantId == tenant && h.AccountId == account && Holds(h, time.GetUtcNow()));
    }

    /// <summary>Whether a hold holds at a time.</summary>
    public static bool Holds(LegalHold hold, DateTimeOffset now) => hold.ReleaseTime is null && hold.EndTime.ToDateTimeOffset() > now;

    /// <summary>Takes the end away from everything that an account has.</summary>
    public async Task ApplyAsync(LegalHold hold, AccountTrail trail)
    {
        await Task.WhenAll(KeysOf(trail).Select(k => Database.KeyPersistAsync(k)));
        var applied = hold.Clone();
        applied.ApplyTime = Timestamp.FromDateTimeOffset(time.GetUtcNow());
        await ReplaceAsync(hold, applied, "hold.applied", "enforcement");
    }

    /// <summary>Gives everything its end back and forgets the hold. Whoever dies before the last line does it again.</summary>
    public async Task EndAsync(LegalHold hold, AccountTrail trail, bool heldByAnother)
    {
        if (!heldByAnother)
        {
            await GiveEndsBackAsync(trail);
        }

        var shard = keys.ShardOfId(hold.HoldId, 'h')!.Value; // minted here
        var key = KeySpace.LegalHolds(shard);
        var action = new ActionRecorded { Action = "hold.ended", ObjectId = hold.HoldId, Actor = "enforcement", TenantId = hold.TenantId };
        await actions.RecordAsync(shard, action, null, [new(Known, GuardKind.NotEqual, key, hold.HoldId, "")], [new("HDEL", key, hold.HoldId)]);
    }

    private async Task GiveEndsBackAsync(AccountTrail trail)
    {
        var now = time.GetUtcNow();
        foreach (var id in trail.Decisions)
        {
            if (await decisions.FindRecordAsync(id) is { } record)
            {
                var end = record.Decision.CreateTime.ToDateTimeOffset() + decisions.KeptFor(record.Decision, record.Decision.ReviewTaskId.Length > 0);
                foreach (var key in KeysOf(trail.Shard, id))
                {
                    await ExpireAsync(key, end - now);
                }
            }
        }

        foreach (var post in trail.Posts.Where(p => p.Fields.ContainsKey("keep_till_ms")))
        {
            var end = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(post.Fields["keep_till_ms"], CultureInfo.InvariantCulture));
            await ExpireAsync(KeySpace.Post(trail.Shard, trail.TenantId, post.PostId), end - now);
            await ExpireAsync(KeySpace.Owner(trail.TenantId, post.PostId), end - now);
        }

        foreach (var appeal in trail.Appeals)
        {
            await ExpireAsync(KeySpace.Appeal(trail.Shard, appeal.Appeal.AppealId), appeal.Appeal.CreateTime.ToDateTimeOffset() + retention.Value.Appeal - now);
        }

        // What has an open task or a live ledger keeps it: the sweep and the next change give these their end.
        await Task.WhenAll(trail.Tasks.Select(async t =>
        {
            var key = KeySpace.ReviewTask(trail.Shard, t.TaskId);
            if (await Database.HashGetAsync(key, "s") is { IsNull: false } state && (state == "done" || state == "closed"))
            {
                await ExpireAsync(key, t.CreateTime.ToDateTimeOffset() + retention.Value.WithMeasure - now);
            }
        }));
    }

    private Task<bool> ExpireAsync(string key, TimeSpan left)
        => Database.KeyExpireAsync(key, left > TimeSpan.FromMilliseconds(1) ? left : TimeSpan.FromMilliseconds(1));

    private static IEnumerable<string> KeysOf(AccountTrail trail) =>
    [
        KeySpace.Ledger(trail.Shard, trail.TenantId, trail.AccountId),
        .. trail.Decisions.SelectMany(d => KeysOf(trail.Shard, d)),
        .. trail.Posts.SelectMany(p => new[] { KeySpace.Post(trail.Shard, trail.TenantId, p.PostId), KeySpace.Owner(trail.TenantId, p.PostId) }),
        .. trail.Tasks.Select(t => KeySpace.ReviewTask(trail.Shard, t.TaskId)),
        .. trail.Appeals.Select(a => KeySpace.Appeal(trail.Shard, a.Appeal.AppealId)),
    ];

    private static string[] KeysOf(int shard, string decision) =>
        [KeySpace.Decision(shard, decision), KeySpace.DecisionText(shard, decision), KeySpace.Effects(shard, decision), KeySpace.AppealsOf(shard, decision)];

    private async Task<bool> ReplaceAsync(LegalHold before, LegalHold after, string what, string actor)
    {
        var shard = keys.ShardOfId(before.HoldId, 'h')!.Value; // minted here
        var key = KeySpace.LegalHolds(shard);
        var action = new ActionRecorded { Action = what, ObjectId = before.HoldId, Actor = actor, TenantId = before.TenantId };
        return await actions.RecordAsync(
            shard, action, null, [new(Known, GuardKind.Equal, key, before.HoldId, before.ToByteArray())], [new("HSET", key, before.HoldId, after.ToByteArray())]) is null;
    }
}
