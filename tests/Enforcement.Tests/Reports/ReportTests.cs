using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Reports;
using Moderation.Enforcement.Tests.Review;
using Moderation.ServiceDefaults.Redis;
using Xunit;

namespace Moderation.Enforcement.Tests.Reports;

public sealed class ReportTests(ReportFixture enforcement) : IClassFixture<ReportFixture>
{
    private Reporting Of(string tenant) => new(enforcement, tenant);

    [Fact]
    public async Task Report_about_a_post_that_stands_opens_a_task_and_its_reporter_is_told_the_outcome_once()
    {
        var of = Of("outcome");
        await of.PostAsync("p1");
        var filed = await of.ReportAsync("p1", text: "as the platform shows it");
        Assert.Equal(ReportState.Received, filed.State);
        Assert.Equal(filed, await of.ReceiptAsync(filed.ReportId));
        var leased = await of.Work.LeaseAsync("ann");
        Assert.Equal((ReviewTaskKind.Report, filed.ReportId), (leased.Task.Kind, leased.Task.SourceId));
        Assert.Equal("as the platform shows it", leased.Content.Text);
        Assert.Equal("It is aimed at my neighbour.", Assert.Single(leased.Content.Reports).Explanation);
        Assert.Equal(ReportState.InReview, (await of.ReceiptAsync(filed.ReportId)).State);

        var decision = (await of.Work.CompleteAsync(leased, "ann", Reporting.Remove)).Decision;
        Assert.Contains("reported", decision.Statement.Items[0].Facts, StringComparison.OrdinalIgnoreCase);
        // The receipt does not wait for whoever tells the platform.
        var receipt = await of.ReceiptAsync(filed.ReportId);
        Assert.Equal((ReportState.Acted, ReportEnd.Decided, decision.DecisionId), (receipt.State, receipt.Outcome.End, receipt.Outcome.DecisionId));
        Assert.Equal([Contracts.V1.MeasureKind.Remove], receipt.Outcome.PostMeasures); // the warning of the account is the author's affair
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => enforcement.ProjectAsync()));
        await enforcement.ProjectAsync();
        Assert.Equal(receipt, await of.ReceiptAsync(filed.ReportId));
        var told = Assert.Single(await of.ToldAsync());
        Assert.Equal((filed.ReportId, "reporter", ReportState.Acted, receipt.Outcome), (told.ReportId, told.ReporterId, told.State, told.Outcome));
        Assert.Equal(
            new ReporterReliability(1, 1), await enforcement.Services.GetRequiredService<ReporterStore>().ReadAsync("outcome", "reporter"));
        Assert.Equal(
            ["report.filed", "report.decided"],
            (await enforcement.ActionsAsync("outcome", "author")).Where(a => a.ObjectId == filed.ReportId).Select(a => a.Action));
    }

    [Fact]
    public async Task Direct_decision_that_answers_a_report_says_that_there_was_one()
    {
        var of = Of("direct");
        await of.PostAsync("p1");
        var filed = await of.ReportAsync("p1");
        var decision = await of.Work.DirectAsync("r1", "p1", "", Reporting.Remove);
        Assert.Contains("reported", decision.Statement.Items[0].Facts, StringComparison.OrdinalIgnoreCase);
        Assert.Equal((ReportState.Acted, decision.DecisionId), ((await of.ReceiptAsync(filed.ReportId)).State, (await of.ReceiptAsync(filed.ReportId)).Outcome.DecisionId));
        Assert.DoesNotContain(
            "reported", (await of.Work.DirectAsync("r2", "p1", "", Reporting.Remove)).Statement.Items[0].Facts, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Same_reporter_and_post_within_a_day_is_one_report_however_many_come_at_once()
    {
        var of = Of("once");
        await of.PostAsync("p1");
        var receipts = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => of.ReportAsync("p1")));
        var first = Assert.Single(receipts.Select(r => r.ReportId).Distinct());
        await of.OnlyTaskAsync();
        Assert.Single((await of.ListAsync()).Reports);
        enforcement.Clock.Advance(TimeSpan.FromHours(23));
        Assert.Equal(first, (await of.ReportAsync("p1", category: Contracts.V1.HarmCategory.Hate)).ReportId);
        enforcement.Clock.Advance(TimeSpan.FromHours(2));
        Assert.NotEqual(first, (await of.ReportAsync("p1")).ReportId);
        await of.OnlyTaskAsync();
    }

    [Fact]
    public async Task Many_reporters_at_once_share_one_task_and_all_are_told()
    {
        var of = Of("many");
        await of.PostAsync("p1");
        var receipts = await Task.WhenAll(Enumerable.Range(0, 25).Select(i => of.ReportAsync("p1", $"reporter-{i}")));
        Assert.Equal(25, receipts.Select(r => r.ReportId).Distinct().Count());
        var task = await of.OnlyTaskAsync();
        var leased = await of.Work.LeaseAsync("ann");
        Assert.Equal((task.TaskId, 25, 20), (leased.Task.TaskId, leased.Content.ReportCount, leased.Content.Reports.Count));
        await of.Work.CompleteAsync(leased, "ann", Casework.LetStand);
        await enforcement.ProjectAsync();
        var told = await of.ToldAsync();
        Assert.Equal(receipts.Select(r => r.ReportId).Order(StringComparer.Ordinal), told.Select(t => t.ReportId).Order(StringComparer.Ordinal));
        Assert.All(told, t => Assert.Equal(ReportState.NoAction, t.State));
    }

    [Fact]
    public async Task Report_about_a_post_with_a_task_attaches_to_it_and_moves_nothing()
    {
        var of = Of("attach");
        var held = await of.PostAsync("p1", hate: 0.9);
        var rank = await of.RankAsync(await of.OnlyTaskAsync());
        var filed = await of.ReportAsync("p1", category: Contracts.V1.HarmCategory.FraudSpam);
        var task = await of.OnlyTaskAsync();
        Assert.Equal((held.ReviewTaskId, rank), (task.TaskId, await of.RankAsync(task)));
        Assert.Equal(held.ReviewTaskId, Assert.Single((await of.ListAsync("p1")).Reports).TaskId);
        await of.Work.ReviewAsync("ann", Casework.LetStand);
        Assert.Equal(ReportState.NoAction, (await of.ReceiptAsync(filed.ReportId)).State);
    }

    [Fact]
    public async Task Trusted_flaggers_report_comes_first_and_is_due_sooner_in_its_own_field_only()
    {
        var of = Of("trusted");
        await of.AddFlaggerAsync("hotline", categories: Contracts.V1.HarmCategory.Harassment);
        await of.PostAsync("p1");
        await of.ReportAsync("p1");
        var plain = await of.OnlyTaskAsync();
        var rank = await of.RankAsync(plain);
        await of.ReportAsync("p1", "officer", Contracts.V1.HarmCategory.FraudSpam, "hotline");
        Assert.Equal(rank, await of.RankAsync(plain)); // out of its field it is as anyone
        enforcement.Clock.Advance(TimeSpan.FromSeconds(1));
        await of.ReportAsync("p1", "officer-2", Contracts.V1.HarmCategory.Harassment, "hotline");
        var raised = await of.OnlyTaskAsync();
        Assert.Equal(enforcement.Clock.GetUtcNow().AddHours(4), raised.DueTime.ToDateTimeOffset(), TimeSpan.FromMilliseconds(1));
        Assert.Equal(rank - TimeSpan.FromHours(3.5).TotalMilliseconds, await of.RankAsync(raised)); // four hours, instead of a newcomer's half
        Assert.Equal("officer", (await of.Work.LeaseAsync("ann")).Content.Reports[0].ReporterId);
        Assert.Equal(ReviewTaskState.Leased, (await of.OnlyTaskAsync()).State); // priority, and no verdict
        Assert.Null((await of.ReceiptAsync((await of.ReportAsync("p1")).ReportId)).Outcome);
    }

    [Fact]
    public async Task Report_of_child_sexual_exploitation_takes_the_task_to_those_who_are_cleared()
    {
        var of = Of("children");
        await of.PostAsync("p1", hate: 0.9);
        var leased = await of.Work.LeaseAsync("ann");
        await of.ReportAsync("p1", category: Contracts.V1.HarmCategory.ChildSexualExploitation);
        var moved = await of.OnlyTaskAsync("child-safety", "child-safety");
        Assert.Equal((leased.Task.TaskId, 2, 4), (moved.TaskId, moved.ReviewsRequired, moved.Severity));
        Assert.Equal(TimeSpan.FromHours(1), moved.DueTime.ToDateTimeOffset() - moved.CreateTime.ToDateTimeOffset());
        Assert.Equal(ErrorReason.ReviewTaskNotFound, await Reporting.ReasonOf(() => of.Work.CompleteAsync(leased, "ann", Casework.LetStand)));
        Assert.Equal(ErrorReason.NoReviewTask, await Reporting.ReasonOf(() => of.Work.LeaseAsync("ann")));
        Assert.Empty((await of.ListAsync()).Reports);
        Assert.Single((await of.ListAsync(clearances: "child-safety")).Reports);
        // Whatever ends it, neither queue keeps it.
        await of.Work.DirectAsync("r1", "p1", "author", Casework.LetStand);
        Assert.Null(await of.RankAsync(moved));
    }

    [Fact]
    public async Task Reporter_who_was_hardly_ever_right_waits_longer_and_is_never_dropped()
    {
        var of = Of("doubt");
        var reporters = enforcement.Services.GetRequiredService<ReporterStore>();
        for (var i = 0; i < 25; i++)
        {
            await reporters.CountAsync("doubt", "crank", $"r-{i}", false, enforcement.Clock.GetUtcNow());
            await reporters.CountAsync("doubt", "crank", $"r-{i}", false, enforcement.Clock.GetUtcNow());
        }

        Assert.Equal(new ReporterReliability(0, 25), await reporters.ReadAsync("doubt", "crank"));
        await of.PostAsync("p1");
        await of.PostAsync("p2", account: "other");
        var doubted = await of.ReportAsync("p1", "crank");
        await of.ReportAsync("p2", "newcomer");
        Assert.Equal("p2", (await of.Work.LeaseAsync("ann")).Task.PostId);
        var second = await of.Work.LeaseAsync("bob");
        Assert.Equal(("p1", doubted.ReportId), (second.Task.PostId, second.Task.SourceId));
        // Nor can it be used to put a post's task back for everyone else.
        var rank = await of.RankAsync(second.Task);
        await of.ReportAsync("p1", "newcomer");
        Assert.Equal(rank - TimeSpan.FromHours(4.5).TotalMilliseconds, await of.RankAsync(second.Task));
    }

    [Fact]
    public async Task Withdrawal_of_the_post_ends_its_reports_without_blame()
    {
        var of = Of("withdrawn");
        await of.PostAsync("p1");
        var filed = await of.ReportAsync("p1");
        await of.WithdrawAsync("p1");
        await enforcement.ProjectAsync();
        var receipt = await of.ReceiptAsync(filed.ReportId);
        Assert.Equal((ReportState.NoAction, ReportEnd.PostWithdrawn, ""), (receipt.State, receipt.Outcome.End, receipt.Outcome.DecisionId));
        Assert.Single(await of.ToldAsync());
        Assert.Equal(default, await enforcement.Services.GetRequiredService<ReporterStore>().ReadAsync("withdrawn", "reporter"));
        Assert.Equal(ErrorReason.PostWithdrawn, await Reporting.ReasonOf(() => of.ReportAsync("p1", "another")));
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.9)]
    public async Task Editing_the_post_is_no_way_out_of_a_report(double hateOfTheEdit)
    {
        var of = Of(hateOfTheEdit < 0.5 ? "edited" : "edited-worse");
        await of.PostAsync("p1");
        var filed = await of.ReportAsync("p1");
        var before = await of.OnlyTaskAsync();
        var edit = await of.PostAsync("p1", hateOfTheEdit, revision: 2);
        await enforcement.ProjectAsync();
        var after = await of.OnlyTaskAsync();
        Assert.NotEqual(before.TaskId, after.TaskId);
        Assert.Equal(2, after.Revision);
        Assert.Equal(hateOfTheEdit < 0.5 ? ReviewTaskKind.Report : ReviewTaskKind.Hold, after.Kind);
        Assert.Equal(edit.ReviewTaskId.Length > 0 ? edit.ReviewTaskId : after.TaskId, Assert.Single((await of.ListAsync("p1")).Reports).TaskId);
        Assert.Equal(ReportState.Received, (await of.ReceiptAsync(filed.ReportId)).State);
        await of.Work.ReviewAsync("ann", Reporting.Remove);
        Assert.Equal(ReportState.Acted, (await of.ReceiptAsync(filed.ReportId)).State);
        await enforcement.ProjectAsync();
        Assert.Single(await of.ToldAsync());
    }

    [Fact]
    public async Task Reports_that_race_with_decisions_are_all_answered_or_wait_for_an_open_task()
    {
        var of = Of("race");
        await of.PostAsync("p1");
        var reports = Enumerable.Range(0, 40).Select(i => of.ReportAsync("p1", $"reporter-{i}"));
        var decisions = Enumerable.Range(0, 8).Select(i => of.Work.DirectAsync($"d{i}", "p1", "author", i % 2 == 0 ? Reporting.Remove : Casework.LetStand));
        var projections = Enumerable.Range(0, 4).Select(_ => enforcement.ProjectAsync());
        var filed = Task.WhenAll(reports);
        await Task.WhenAll([filed, .. decisions, .. projections]);
        await enforcement.ProjectAsync();
        var listed = (await of.ListAsync("p1", size: 200)).Reports;
        Assert.Equal(40, listed.Count);
        Assert.All(listed, r => Assert.True(r.Report.Outcome is null == r.TaskId.Length > 0, r.Report.ToString()));
        await of.Work.DirectAsync("last", "p1", "author", Casework.LetStand);
        await enforcement.ProjectAsync();
        var receipts = await filed;
        Assert.All(await Task.WhenAll(receipts.Select(r => of.ReceiptAsync(r.ReportId))), r => Assert.NotNull(r.Outcome));
        var told = await of.ToldAsync();
        Assert.Equal(40, told.Count);
        Assert.Equal(40, told.Select(t => t.ReportId).Distinct().Count());
        Assert.Equal(0, await enforcement.Database.HashLengthAsync(KeySpace.Waiting(enforcement.ShardOf("race", "author"), "race", "p1")));
    }

    [Fact]
    public async Task Reports_are_listed_newest_first_and_each_once_however_small_the_pages()
    {
        var of = Of("paged");
        for (var i = 0; i < 7; i++)
        {
            await of.PostAsync($"p{i}", account: $"author-{i}");
            await of.ReportAsync($"p{i}");
            enforcement.Clock.Advance(TimeSpan.FromSeconds(i % 2)); // some of them in the same millisecond
        }

        var (seen, token) = (new List<string>(), "");
        do
        {
            var page = await of.ListAsync(size: 2, token: token);
            Assert.True(page.Reports.Count <= 2);
            seen.AddRange(page.Reports.Select(r => r.Report.ReportId));
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        Assert.Equal(7, seen.Distinct().Count());
        Assert.Equal(seen.OrderByDescending(id => id.Split('_')[2], StringComparer.Ordinal), seen);
        await of.Work.DirectAsync("d1", "p3", "author-3", Casework.LetStand);
        Assert.Equal(6, (await of.ListAsync(undecided: true)).Reports.Count);
        Assert.Equal(ErrorReason.InvalidFields, await Reporting.ReasonOf(() => of.ListAsync(token: "{m:1}")));
    }

    [Fact]
    public async Task Report_of_a_post_that_was_forgotten_opens_a_task_all_the_same()
    {
        var of = Of("forgotten");
        await of.PostAsync("p1");
        await enforcement.Database.KeyDeleteAsync(KeySpace.Post(enforcement.ShardOf("forgotten", "author"), "forgotten", "p1"));
        var filed = await of.ReportAsync("p1");
        await of.Work.ReviewAsync("ann", Reporting.Remove);
        Assert.Equal(ReportState.Acted, (await of.ReceiptAsync(filed.ReportId)).State);
    }

    [Fact]
    public async Task Nobody_reads_or_reports_what_is_another_tenants()
    {
        var (of, other) = (Of("mine"), Of("theirs"));
        await of.PostAsync("p1");
        var filed = await of.ReportAsync("p1");
        Assert.Equal(ErrorReason.ReportNotFound, await Reporting.ReasonOf(() => other.ReceiptAsync(filed.ReportId)));
        Assert.Equal(ErrorReason.PostNotFound, await Reporting.ReasonOf(() => other.ReportAsync("p1")));
        await of.AddFlaggerAsync("hotline");
        await other.PostAsync("p1");
        Assert.Equal(ErrorReason.TrustedFlaggerNotFound, await Reporting.ReasonOf(() => other.ReportAsync("p1", flagger: "hotline")));
        Assert.Empty((await other.ListAsync()).Reports);
        Assert.Equal(
            ErrorReason.RoleDenied,
            await Reporting.ReasonOf(async () => await enforcement.Reports.RemoveTrustedFlaggerAsync(
                new RemoveTrustedFlaggerRequest { TenantId = "mine", FlaggerId = "hotline" }, enforcement.As("ann"))));
    }

    [Fact]
    public async Task Report_with_wrong_fields_names_them_all_and_keeps_nothing()
    {
        var request = new FileReportRequest
        {
            PostId = "p{1}",
            ReporterId = "",
            Category = (Contracts.V1.HarmCategory)99,
            Explanation = new string('x', 4001),
            TrustedFlaggerId = "Not A Name",
            PostText = new string('x', 20_001),
        };
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await enforcement.Reports.FileReportAsync(request, enforcement.AsService("hostile")));
        var fields = failure.GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>()!.FieldViolations.Select(v => v.Field);
        Assert.Equal(["post_id", "reporter_id", "category", "explanation", "post_text", "trusted_flagger_id"], fields);
        foreach (var id in new[] { "r_0_nonsense", "r_9999_01JD3Z8K2V6T9X4N7Q5R8S1W0Y", "d_0_01JD3Z8K2V6T9X4N7Q5R8S1W0Y" })
        {
            Assert.Equal(ErrorReason.ReportNotFound, await Reporting.ReasonOf(() => Of("hostile").ReceiptAsync(id)));
        }
    }

    [Fact]
    public async Task Trusted_flaggers_are_added_once_listed_by_pages_and_removed()
    {
        var of = Of("flaggers");
        var added = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => of.AddFlaggerAsync("b", "B", Contracts.V1.HarmCategory.Hate)));
        Assert.Single(added.Select(a => a.CreateTime).Distinct());
        Assert.Equal(ErrorReason.TrustedFlaggerExists, await Reporting.ReasonOf(() => of.AddFlaggerAsync("b", "B")));
        await of.AddFlaggerAsync("a", "A");
        var request = new ListTrustedFlaggersRequest { TenantId = "flaggers", PageSize = 1 };
        var first = await enforcement.Reports.ListTrustedFlaggersAsync(request, enforcement.As("lead", Role.Lead));
        request.PageToken = first.NextPageToken;
        var second = await enforcement.Reports.ListTrustedFlaggersAsync(request, enforcement.As("lead", Role.Lead));
        Assert.Equal(["a", "b", ""], [first.Flaggers.Single().FlaggerId, second.Flaggers.Single().FlaggerId, second.NextPageToken]);
        var remove = new RemoveTrustedFlaggerRequest { TenantId = "flaggers", FlaggerId = "b" };
        await enforcement.Reports.RemoveTrustedFlaggerAsync(remove, enforcement.As("root", Role.Admin));
        Assert.Equal(
            ErrorReason.TrustedFlaggerNotFound,
            await Reporting.ReasonOf(async () => await enforcement.Reports.RemoveTrustedFlaggerAsync(remove, enforcement.As("root", Role.Admin))));
        Assert.Equal(
            ["flagger.added", "flagger.added", "flagger.removed"], (await enforcement.ActionsAsync("flaggers", "")).Select(a => a.Action));
    }
}
