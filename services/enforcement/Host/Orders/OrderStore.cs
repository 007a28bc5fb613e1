using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Review;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Orders;

/// <summary>Orders of authorities: filed and counted here; whether anything is done, a person decides in review.</summary>
internal sealed class OrderStore(
    RedisConnectionStore redis, KeySpace keys, DecisionStore decisions, ReviewQueue queue, ClosedTaskQueue closed, TaskIntake intake, RecordIndexStore index,
    ActionStore actions, TimeProvider time)
{
    private const string FiledBefore = "filed";
    private const string EndedBefore = "ended";

    // A civil claim over an order may come years later; the counts stay for good.
    private static readonly TimeSpan Kept = TimeSpan.FromDays(5 * 365);

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>Files an order, once for each authority, reference and subject.</summary>
    public async Task<AuthorityOrder> FileAsync(string tenant, string person, AuthorityOrder wanted)
    {
        if (wanted.Category == Contracts.V1.HarmCategory.Unspecified || !System.Enum.IsDefined(wanted.Category))
        {
            await RefuseAsync(tenant, person, wanted);
            throw RpcErrors.Create(ErrorReason.OrderOutsideTaxonomy, ("reference", wanted.Reference));
        }

        var account = await AccountAsync(tenant, wanted);
        var shard = keys.ShardOf(tenant, account);
        var references = KeySpace.OrderReferences(shard, tenant, SubjectOf(wanted.PostId, account));
        var reference = DigestOf(wanted);
        while (true)
        {
            if ((await Database.HashGetAsync(references, reference)).ToString() is { Length: > 0 } before && await FindAsync(before) is { } filed)
            {
                return SameAs(filed, wanted) ? filed : throw RpcErrors.Create(ErrorReason.OrderConflict, ("order_id", filed.OrderId));
            }

            var view = await decisions.ViewAsync(tenant, account, SubjectOf(wanted.PostId, account), 0);
            if (view.Place == RevisionPlace.Superseded)
            {
                throw RpcErrors.Create(ErrorReason.PostWithdrawn, ("post_id", wanted.PostId));
            }

            var now = time.NowToStore();
            var order = Make(tenant, account, person, wanted, shard, now);
            var plan = intake.Plan(CallOf(order), view, shard, now);
            order.TaskId = plan.TaskId;
            plan.Guards.Add(new CommitGuard(FiledBefore, GuardKind.Equal, references, reference, ""));
            plan.Effects.AddRange(Write(shard, order, references, reference, now));
            if (await actions.RecordAsync(shard, ActionOf("order.filed", order, person), null, plan.Guards, plan.Effects) is null)
            {
                return order;
            }
        }
    }

    /// <summary>An order as it stands, or null.</summary>
    public async Task<AuthorityOrder?> FindAsync(string orderId)
    {
        if (keys.ShardOfId(orderId, 'o') is not { } shard)
        {
            return null;
        }

        var row = await Database.HashGetAsync(KeySpace.Order(shard, orderId), "r");
        if (row.IsNull)
        {
            return null;
        }

        var order = AuthorityOrder.Parser.ParseFrom((byte[])row!);
        if (order.State != OrderState.Open)
        {
            return order;
        }

        // The task is decided, and the projector has not come by: the outcome follows from the decision all the same.
        var taskId = await closed.TaskOfAsync(shard, order.TenantId, SubjectOf(order.PostId, order.AccountId), orderId);
        return taskId.Length > 0 && await queue.FindAsync(taskId) is { State: TaskStates.Done } task
            ? Concluded(order, await decisions.FindAsync(order.TenantId, task.DecisionId), ReportEnd.Decided, time.GetUtcNow())
            : order;
    }

    /// <summary>A page of a tenant's orders, newest first.</summary>
    public async Task<(IReadOnlyList<AuthorityOrder> Orders, string NextToken)> ListAsync(string tenant, string token, int size)
    {
        var page = await index.PageAsync('o', index.Everywhere, s => KeySpace.Orders(s, tenant), token, size);
        var orders = await Task.WhenAll(page.Ids.Select(FindAsync));
        return ([.. orders.OfType<AuthorityOrder>()], RecordIndexStore.TokenOf(page));
    }

    /// <summary>The counts of a tenant.</summary>
    public async Task<IReadOnlyList<OrderCount>> CountsAsync(string tenant, int year)
    {
        var rows = await Task.WhenAll(index.Everywhere.Select(s => Database.HashGetAllAsync(KeySpace.OrderCounts(s, tenant))));
        return OrderCounts.Sum(rows.SelectMany(r => r).Select(r => (r.Name.ToString(), (long)r.Value)), year);
    }

    /// <summary>Ends an order that waits for a task, and counts it; once, whoever else does the same.</summary>
    public async Task ConcludeAsync(string orderId, string taskId, Decision? decision, ReportEnd end)
    {
        if (await FindAsync(orderId) is not { } order)
        {
            return;
        }

        var shard = keys.ShardOf(order.TenantId, order.AccountId);
        var concluded = Concluded(order, decision, end, time.GetUtcNow());
        var waiting = KeySpace.Waiting(shard, order.TenantId, SubjectOf(order.PostId, order.AccountId));
        await actions.RecordAsync(
            shard, ActionOf("order.decided", concluded, "enforcement"), null, [new(EndedBefore, GuardKind.Equal, waiting, orderId, taskId)],
            [
                new("HDEL", waiting, orderId), new("HSET", KeySpace.Order(shard, orderId), "r", concluded.ToByteArray()),
                OrderCounts.Count(shard, concluded, OrderCounts.OutcomeOf(concluded.State)),
            ]);
    }

    /// <summary>What an order asks for, to be asked again about another revision; null when it is not there any more.</summary>
    public async Task<TaskCall?> CallOfAsync(string orderId) => await FindAsync(orderId) is { } order ? CallOf(order) : null;

    /// <summary>The orders that a task answers.</summary>
    public async Task<IReadOnlyList<AuthorityOrder>> OfTaskAsync(ReviewTaskRecord task, int most)
    {
        var found = new List<AuthorityOrder>();
        var subject = SubjectOf(task.PostId, task.AccountId);
        await foreach (var source in closed.AttachedAsync(keys.ShardOf(task.TenantId, task.AccountId), task.TenantId, subject, task.TaskId))
        {
            if (source[0] == 'o' && found.Count < most && await FindAsync(source) is { } order)
            {
                found.Add(order);
            }
        }

        return found;
    }

    // What was asked for and refused is part of the public count, whether or not the suite knows the post.
    private async Task RefuseAsync(string tenant, string person, AuthorityOrder wanted)
    {
        var shard = keys.ShardOfTenant(tenant);
        var refused = wanted.Clone();
        (refused.TenantId, refused.Category) = (tenant, Contracts.V1.HarmCategory.Unspecified);
        refused.CreateTime = Timestamp.FromDateTimeOffset(time.GetUtcNow());
        refused.OrderId = DigestOf(wanted);
        var subject = wanted.PostId.Length > 0 ? wanted.PostId : KeySpace.AccountAsPost(wanted.AccountId);
        var references = KeySpace.OrderReferences(shard, tenant, subject);
        await actions.RecordAsync(
            shard, ActionOf("order.refused", refused, person), null, [new(FiledBefore, GuardKind.Equal, references, "refused:" + refused.OrderId, "")],
            [new("HSET", references, "refused:" + refused.OrderId, "1"), OrderCounts.Count(shard, refused, OrderCounts.Refused)]);
    }

    private async Task<string> AccountAsync(string tenant, AuthorityOrder wanted)
    {
        if (wanted.PostId.Length == 0)
        {
            return wanted.AccountId;
        }

        var owner = await decisions.FindAccountAsync(tenant, wanted.PostId)
            ?? throw RpcErrors.Create(ErrorReason.PostNotFound, ("post_id", wanted.PostId));
        return wanted.AccountId.Length == 0 || wanted.AccountId == owner
            ? owner
            : throw RpcErrors.Create(ErrorReason.PostOfOtherAccount, ("post_id", wanted.PostId));
    }

    private static AuthorityOrder Make(string tenant, string account, string person, AuthorityOrder wanted, int shard, DateTimeOffset now)
    {
        var order = wanted.Clone();
        (order.OrderId, order.TenantId, order.AccountId) = (KeySpace.MintId('o', shard, now), tenant, account);
        (order.CreateTime, order.Creator, order.State) = (Timestamp.FromDateTimeOffset(now), person, OrderState.Open);
        (order.TaskId, order.DecisionId, order.DecideTime) = ("", "", null);
        return order;
    }

    private static IEnumerable<CommitEffect> Write(int shard, AuthorityOrder order, string references, string reference, DateTimeOffset now)
    {
        var (key, kept) = (KeySpace.Order(shard, order.OrderId), (long)Kept.TotalMilliseconds);
        return
        [
            new("HSET", references, reference, order.OrderId),
            new("PEXPIRE", references, kept),
            new("HSET", key, "r", order.ToByteArray()),
            new("PEXPIRE", key, kept),
            OrderCounts.Count(shard, order, OrderCounts.Received),
            .. RecordIndexStore.Add(KeySpace.Orders(shard, order.TenantId), order.OrderId, now, Kept),
        ];
    }

    // Whoever files an order is barred from deciding it.
    private static TaskCall CallOf(AuthorityOrder order) => new(
        order.TenantId, order.AccountId, order.PostId, order.OrderId, ReviewTaskKind.Order, order.Category, ReportPriority.Preferred, IsPreferred: true)
    {
        Barred = order.Creator,
    };

    private static AuthorityOrder Concluded(AuthorityOrder order, Decision? decision, ReportEnd end, DateTimeOffset now)
    {
        var concluded = order.Clone();
        concluded.State = end == ReportEnd.PostWithdrawn ? OrderState.PostWithdrawn
            : decision is { Measures.Count: > 0 } ? OrderState.Acted
            : OrderState.NoAction;
        concluded.DecisionId = decision?.DecisionId ?? "";
        concluded.DecideTime = decision?.CreateTime ?? Timestamp.FromDateTimeOffset(now);
        return concluded;
    }

    private static ActionRecorded ActionOf(string action, AuthorityOrder order, string actor) => new()
    {
        Action = action,
        ObjectId = order.OrderId,
        Actor = actor,
        TenantId = order.TenantId,
        ContentHash = ByteString.CopyFrom(SHA256.HashData(order.ToByteArray())),
    };

    private static bool SameAs(AuthorityOrder filed, AuthorityOrder wanted)
        => filed.Category == wanted.Category && filed.LegalGround == wanted.LegalGround && filed.Reasoning == wanted.Reasoning
            && filed.ReceiveTime.Equals(wanted.ReceiveTime) && filed.TerritorialScope.ToHashSet(StringComparer.Ordinal).SetEquals(wanted.TerritorialScope);

    private static string SubjectOf(string post, string account) => post.Length > 0 ? post : KeySpace.AccountAsPost(account);

    private static string DigestOf(AuthorityOrder order)
        => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{order.AuthorityCountry}\n{order.Authority}\n{order.Reference}")))[..32];
}
