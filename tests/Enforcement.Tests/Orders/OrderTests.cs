using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Tests.Reports;
using Moderation.Enforcement.Tests.Review;
using Xunit;

namespace Moderation.Enforcement.Tests.Orders;

public sealed class OrderTests(ReportFixture enforcement) : IClassFixture<ReportFixture>
{
    private AuthorityOrder Wanted(string post, string reference = "12 O 34/26", Contracts.V1.HarmCategory category = Contracts.V1.HarmCategory.Hate, string account = "") => new()
    {
        Authority = "Regional court",
        AuthorityCountry = "DE",
        LegalGround = "Section 130 of the Criminal Code",
        Reference = reference,
        TerritorialScope = { "DE", "AT" },
        PostId = post,
        AccountId = account,
        Category = category,
        ReceiveTime = Timestamp.FromDateTimeOffset(enforcement.Clock.GetUtcNow().AddHours(-1)),
        Reasoning = "It incites hatred.",
    };

    private async Task<AuthorityOrder> FileAsync(string tenant, AuthorityOrder order, string person = "lead", Role role = Role.Lead)
        => (await enforcement.Orders.FileOrderAsync(new FileOrderRequest { TenantId = tenant, Order = order }, enforcement.As(person, role))).Order;

    private async Task<AuthorityOrder> GetAsync(string id) => (await enforcement.Orders.GetOrderAsync(new GetOrderRequest { OrderId = id }, enforcement.As("auditor", Role.Auditor))).Order;

    private async Task<OrderCount[]> CountsAsync(string tenant, int year = 0)
        => [.. (await enforcement.Orders.GetOrderCountsAsync(new GetOrderCountsRequest { Year = year }, enforcement.AsService(tenant))).Counts];

    [Fact]
    public async Task Order_opens_a_task_takes_no_measure_and_is_counted_with_its_outcome()
    {
        var of = new Reporting(enforcement, "ordered");
        var posted = await of.PostAsync("p1");
        var order = await FileAsync("ordered", Wanted("p1"));
        Assert.Equal((OrderState.Open, "lead", "author"), (order.State, order.Creator, order.AccountId));
        Assert.Empty((await of.Work.StandingAsync()).PostMeasures);
        var task = await of.OnlyTaskAsync();
        Assert.Equal((ReviewTaskKind.Order, order.OrderId, order.TaskId), (task.Kind, task.SourceId, task.TaskId));
        Assert.Equal(TimeSpan.FromHours(4), task.DueTime.ToDateTimeOffset() - task.CreateTime.ToDateTimeOffset());
        // Who filed it does not decide it.
        Assert.Equal(ErrorReason.NoReviewTask, await Reporting.ReasonOf(() => of.Work.LeaseAsync("lead", Role.Lead)));
        var leased = await of.Work.LeaseAsync("ann");
        Assert.Equal(order, Assert.Single(leased.Content.Orders));
        var decision = (await of.Work.CompleteAsync(leased, "ann", Casework.Impose(Contracts.V1.MeasureKind.Remove))).Decision;
        Assert.Contains("order", decision.Statement.Items[0].Facts, StringComparison.Ordinal);
        Assert.Equal(posted.DecisionId, decision.Supersedes);
        Assert.Equal((OrderState.Acted, decision.DecisionId), ((await GetAsync(order.OrderId)).State, (await GetAsync(order.OrderId)).DecisionId));
        Assert.Equal((1, 0), ((await CountsAsync("ordered"))[0].Received, (await CountsAsync("ordered"))[0].Acted));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => enforcement.ProjectAsync()));
        var count = Assert.Single(await CountsAsync("ordered"));
        Assert.Equal(
            new OrderCount { AuthorityCountry = "DE", Category = Contracts.V1.HarmCategory.Hate, Received = 1, Acted = 1 }, count);
        Assert.Empty(await CountsAsync("ordered", 2001));
        Assert.Equal(
            ["order.filed", "order.decided"],
            (await enforcement.ActionsAsync("ordered", "author")).Where(a => a.ObjectId == order.OrderId).Select(a => a.Action));
    }

    [Fact]
    public async Task Order_outside_the_taxonomy_is_refused_says_so_and_is_counted_once()
    {
        await new Reporting(enforcement, "outside").PostAsync("p1");
        foreach (var category in new[] { Contracts.V1.HarmCategory.Unspecified, (Contracts.V1.HarmCategory)77, Contracts.V1.HarmCategory.Unspecified })
        {
            var failure = await Assert.ThrowsAsync<RpcException>(() => FileAsync("outside", Wanted("p1", category: category)));
            Assert.Equal((StatusCode.InvalidArgument, ErrorReason.OrderOutsideTaxonomy), (failure.StatusCode, Moderation.ServiceDefaults.Errors.RpcErrors.ReasonOf(failure)));
            Assert.Contains("taxonomy", failure.Status.Detail, StringComparison.Ordinal);
        }

        Assert.Equal(new OrderCount { AuthorityCountry = "DE", Refused = 1 }, Assert.Single(await CountsAsync("outside")));
        Assert.Equal("order.refused", Assert.Single(await enforcement.ActionsAsync("outside", "")).Action);
        // The same order with a harm that it does name is taken in.
        Assert.Equal(OrderState.Open, (await FileAsync("outside", Wanted("p1"))).State);
    }

    [Fact]
    public async Task Same_reference_is_one_order_and_another_content_a_conflict()
    {
        var of = new Reporting(enforcement, "twice");
        await of.PostAsync("p1");
        var wanted = Wanted("p1");
        var orders = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => FileAsync("twice", wanted, i % 2 == 0 ? "lead" : "lou")));
        Assert.Single(orders.Distinct());
        Assert.Equal(1, Assert.Single(await CountsAsync("twice")).Received);
        Assert.Equal(ErrorReason.OrderConflict, await Reporting.ReasonOf(() => FileAsync("twice", Wanted("p1", category: Contracts.V1.HarmCategory.Violence))));
        enforcement.Clock.Advance(TimeSpan.FromSeconds(1));
        var second = await FileAsync("twice", Wanted("p1", "another"));
        Assert.Equal(orders[0].TaskId, second.TaskId); // one post, one task
        var listed = (await enforcement.Orders.ListOrdersAsync(new ListOrdersRequest { TenantId = "twice" }, enforcement.As("auditor", Role.Auditor))).Orders;
        Assert.Equal([second.OrderId, orders[0].OrderId], listed.Select(o => o.OrderId));
    }

    [Fact]
    public async Task Order_about_an_account_is_decided_about_the_account()
    {
        var of = new Reporting(enforcement, "account");
        var order = await FileAsync("account", Wanted("", account: "someone"));
        var leased = await of.Work.LeaseAsync("ann");
        Assert.Equal(("", "someone"), (leased.Task.PostId, leased.Task.AccountId));
        await of.Work.CompleteAsync(leased, "ann", Casework.Impose(Contracts.V1.MeasureKind.WarnAccount));
        await enforcement.ProjectAsync();
        Assert.Equal(OrderState.Acted, (await GetAsync(order.OrderId)).State);
    }

    [Fact]
    public async Task Orders_end_with_a_withdrawn_post_and_follow_an_edited_one()
    {
        var of = new Reporting(enforcement, "moving");
        await of.PostAsync("p1");
        await of.PostAsync("p2", account: "other");
        var withdrawn = await FileAsync("moving", Wanted("p1"));
        var edited = await FileAsync("moving", Wanted("p2"));
        await of.WithdrawAsync("p1");
        await of.PostAsync("p2", account: "other", revision: 2);
        await enforcement.ProjectAsync();
        Assert.Equal(OrderState.PostWithdrawn, (await GetAsync(withdrawn.OrderId)).State);
        Assert.Equal(OrderState.Open, (await GetAsync(edited.OrderId)).State);
        Assert.Equal(2, (await of.OnlyTaskAsync()).Revision);
        Assert.Equal(ErrorReason.NoReviewTask, await Reporting.ReasonOf(() => of.Work.LeaseAsync("lead", Role.Lead)));
        await of.Work.ReviewAsync("ann", Casework.LetStand);
        await enforcement.ProjectAsync();
        var count = Assert.Single(await CountsAsync("moving"));
        Assert.Equal((2, 0, 1, 1), (count.Received, count.Acted, count.NoAction, count.PostWithdrawn));
    }

    [Fact]
    public async Task Order_with_wrong_fields_names_them_all_and_reviewers_file_none()
    {
        var order = new AuthorityOrder
        {
            TenantId = "",
            Authority = new string('a', 201),
            AuthorityCountry = "de",
            LegalGround = " ",
            Reference = "a\nb",
            TerritorialScope = { "Germany" },
            PostId = "p{1}",
            Reasoning = new string('r', 4001),
            ReceiveTime = Timestamp.FromDateTimeOffset(enforcement.Clock.GetUtcNow().AddDays(1)),
        };
        var failure = await Assert.ThrowsAsync<RpcException>(() => FileAsync("wrong", order));
        var fields = failure.GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>()!.FieldViolations.Select(v => v.Field);
        Assert.Equal(
            [
                "order.authority", "order.legal_ground", "order.reference", "order.authority_country", "order.territorial_scope", "order.reasoning",
                "order.receive_time", "order.post_id",
            ],
            fields);
        Assert.Equal(ErrorReason.RoleDenied, await Reporting.ReasonOf(() => FileAsync("wrong", Wanted("p1"), "ann", Role.Reviewer)));
        Assert.Equal(ErrorReason.PostNotFound, await Reporting.ReasonOf(() => FileAsync("wrong", Wanted("nowhere"))));
        Assert.Equal(ErrorReason.OrderNotFound, await Reporting.ReasonOf(() => GetAsync("o_0_01JD3Z8K2V6T9X4N7Q5R8S1W0Y")));
    }
}
