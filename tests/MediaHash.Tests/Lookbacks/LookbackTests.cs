using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;
using Moderation.Testing;
using Xunit;

namespace Moderation.MediaHash.Tests.Lookbacks;

/// <summary>From a post that was let stand to its removal by a person, because of an entry that came later; and back, when that is withdrawn.</summary>
public sealed class LookbackTests(LookbackSuite suite) : IClassFixture<LookbackSuite>
{
    private static readonly byte[] Fraud = LookbackSuite.Picture("bank-fraud.png");
    private static readonly byte[] Resized = LookbackSuite.Picture("fraud-resized.png");
    private static readonly byte[] Dunes = LookbackSuite.Picture("benign-dunes.png");
    private static readonly byte[] Emblem = LookbackSuite.Picture("bank-emblem.png");

    [Fact]
    public async Task Entry_that_comes_later_brings_past_posts_to_review_and_a_verdict_rests_on_it()
    {
        var tenant = await suite.NewTenantAsync();
        var accepted = await LookbackSuite.SubmitAsync(tenant, "flyer", Resized);
        Assert.Equal(DecisionOutcome.NoAction, accepted.Outcome);
        await LookbackSuite.SubmitAsync(tenant, "dunes", Dunes);
        await suite.AddAsync("whole-way", "e1", Fraud);
        var job = await suite.RunAsync();
        Assert.Equal((LookbackState.Done, "entries-added", 1, 1), (job.State, job.Creator, job.PostsMatched, job.TasksOpened));
        Assert.True(job.PostsCompared >= 2, job.ToString());

        // Never straight to removal.
        Assert.Empty((await tenant.Ingest.GetPostAsync(new GetPostRequest { PostId = "flyer" })).Decision.Measures);
        var task = Assert.Single(await suite.TasksAsync(tenant));
        Assert.Equal((ReviewTaskKind.Lookback, "flyer", HarmCategory.FraudSpam), (task.Kind, task.PostId, task.Category));
        Assert.Equal("lookback:" + job.LookbackId, task.SourceId);

        var leased = await suite.Reviews.LeaseReviewTaskAsync(new LeaseReviewTaskRequest { TenantId = tenant.Tenant });
        Assert.StartsWith("bank=whole-way entry=e1 kind=PDQ distance=", Assert.Single(leased.Content.Found).Value);
        var removal = (await suite.Reviews.CompleteReviewAsync(new CompleteReviewRequest
        {
            TaskId = leased.Task.TaskId,
            LeaseToken = leased.Lease.Token,
            Verdict = new Verdict { Rationale = "The same flyer.", Measures = { new VerdictMeasure { Kind = MeasureKind.Remove, ClauseId = "fraud-spam" } } },
        })).Decision;
        Assert.Equal(MeasureKind.Remove, removal.Measures[0].Kind);
        Assert.Contains(removal.Reasons.SelectMany(reason => reason.Evidence), evidence => evidence.Value.StartsWith("bank=whole-way entry=e1 ", StringComparison.Ordinal));

        var told = await tenant.Enforcement.GetStatementAsync(new GetStatementRequest { DecisionId = removal.DecisionId });
        var item = told.Statement.Items[0];
        Assert.Equal((true, false), (told.Statement.AutomatedDetection, told.Statement.AutomatedDecision));
        Assert.StartsWith("Picture or video 1 of your post appears to fall under", item.Facts);
        Assert.Contains("found by automated means", item.Facts, StringComparison.Ordinal);
        Assert.NotEmpty(told.Notice.Body);
        Assert.DoesNotContain("whole-way", told.ToString(), StringComparison.Ordinal);

        // The list's owner takes the entry back: what rested on it is listed and reverted in one step.
        await suite.Banks.RemoveBankEntryAsync(new RemoveBankEntryRequest { BankId = "whole-way", EntryId = "e1" });
        var preview = await suite.Bulk.PreviewEvidenceWithdrawalAsync(new PreviewEvidenceWithdrawalRequest { TenantId = tenant.Tenant, Evidence = "whole-way/e1" });
        Assert.Equal(1, preview.Preview.DecisionCount);
        using var watch = tenant.Ingest.WatchDecisions(new WatchDecisionsRequest { Cursor = "0" }, deadline: DateTime.UtcNow.AddSeconds(120));
        await suite.Bulk.StartEvidenceWithdrawalAsync(new StartEvidenceWithdrawalRequest
        {
            TenantId = tenant.Tenant,
            RequestId = "w1",
            Evidence = "whole-way/e1",
            Rationale = "The list's owner took it back.",
            Cap = 1,
        });
        Decision? reverted = null;
        while (reverted is null && await watch.ResponseStream.MoveNext(CancellationToken.None))
            reverted = watch.ResponseStream.Current.Decided is { Cause: "withdrawal:whole-way/e1" } decided ? decided : null;
        Assert.NotNull(reverted);
        Assert.Equal(removal.DecisionId, reverted.Supersedes);
        Assert.Contains(reverted.RevertedMeasures, measure => measure.Kind == MeasureKind.Remove);
        Assert.NotEmpty(reverted.Notice.Body);
    }

    [Fact]
    public async Task Post_that_was_withdrawn_or_edited_is_not_looked_at()
    {
        var tenant = await suite.NewTenantAsync();
        foreach (var post in new[] { "stands", "withdrawn", "edited", "replaced" })
            await LookbackSuite.SubmitAsync(tenant, post, Emblem);
        await tenant.Ingest.WithdrawPostAsync(new WithdrawPostRequest { PostId = "withdrawn" });
        await LookbackSuite.SubmitAsync(tenant, "edited", picture: null, revision: 2);
        await LookbackSuite.SubmitAsync(tenant, "replaced", Dunes, revision: 2);
        await suite.AddAsync("past", "emblem", Emblem, HarmCategory.Hate);
        var job = await suite.RunAsync();
        Assert.Equal((1, 1, 0), (job.PostsMatched, job.TasksOpened, job.PostsPassed));
        Assert.Equal("stands", Assert.Single(await suite.TasksAsync(tenant)).PostId);
        foreach (var (post, kept) in new[] { ("stands", 1), ("withdrawn", 0), ("edited", 0), ("replaced", 1) })
            Assert.Equal(kept, await suite.CountKeptAsync(tenant.Tenant, "author-of-" + post));
        await suite.Banks.RemoveBankEntryAsync(new RemoveBankEntryRequest { BankId = "past", EntryId = "emblem" });
    }

    [Fact]
    public async Task StartLookback_twice_is_one_job_and_a_further_job_joins_the_task()
    {
        var tenant = await suite.NewTenantAsync();
        var picture = LookbackSuite.Picture("benign-sale.png");
        await LookbackSuite.SubmitAsync(tenant, "sale", picture);
        await suite.AddAsync("sales", "s1", picture);
        await suite.WorkAsync();
        var task = Assert.Single(await suite.TasksAsync(tenant));
        var request = new StartLookbackRequest { RequestId = "again", Entries = { new LookbackEntry { BankId = "sales", EntryId = "s1" } }, MaxTasks = 5 };
        var first = (await suite.Lookbacks.StartLookbackAsync(request)).Lookback;
        Assert.Equal(first, (await suite.Lookbacks.StartLookbackAsync(request)).Lookback);
        await suite.WorkAsync();
        var done = (await suite.Lookbacks.GetLookbackAsync(new GetLookbackRequest { LookbackId = first.LookbackId })).Lookback;
        Assert.Equal((LookbackState.Done, "lead@test", 0, 1), (done.State, done.Creator, done.TasksOpened, done.TasksJoined));
        Assert.Equal(task.TaskId, Assert.Single(await suite.TasksAsync(tenant)).TaskId);
        await suite.Banks.RemoveBankEntryAsync(new RemoveBankEntryRequest { BankId = "sales", EntryId = "s1" });
    }

    [Fact]
    public async Task Known_good_entry_vetoes_and_the_budget_of_tasks_ends_a_job()
    {
        var tenant = await suite.NewTenantAsync();
        var picture = LookbackSuite.Picture("benign-bay.png");
        for (var i = 0; i < 4; i++)
            await LookbackSuite.SubmitAsync(tenant, $"bay-{i}", picture);
        await suite.AddAsync("bays", "harmless", picture, isNegative: true);
        await suite.AddAsync("bays", "wrong", picture);
        Assert.Equal(0, (await suite.RunAsync()).PostsMatched);
        await suite.Banks.RemoveBankEntryAsync(new RemoveBankEntryRequest { BankId = "bays", EntryId = "harmless" });
        var request = new StartLookbackRequest { RequestId = "budget", Banks = { new LookbackBank { BankId = "bays" } }, MaxTasks = 2 };
        var started = (await suite.Lookbacks.StartLookbackAsync(request)).Lookback;
        await suite.WorkAsync();
        var ended = (await suite.Lookbacks.GetLookbackAsync(new GetLookbackRequest { LookbackId = started.LookbackId })).Lookback;
        Assert.Equal((LookbackState.Limited, 2), (ended.State, ended.TasksOpened));
        Assert.Equal(2, (await suite.TasksAsync(tenant)).Count);
        await suite.Banks.RemoveBankEntryAsync(new RemoveBankEntryRequest { BankId = "bays", EntryId = "wrong" });
    }

    [Fact]
    public async Task StartLookback_says_all_that_is_wrong_at_once_and_unknown_ones_are_not_found()
    {
        var wrong = new StartLookbackRequest
        {
            MaxTasks = -1,
            SinceTime = Timestamp.FromDateTime(DateTime.UtcNow.AddDays(2)),
            Banks = { new LookbackBank { BankId = "Not A Bank" } },
        };
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await suite.Lookbacks.StartLookbackAsync(wrong));
        Assert.Equal(ErrorReason.InvalidFields, RpcErrors.ReasonOf(failure));
        var fields = failure.GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>()!.FieldViolations.Select(violation => violation.Field); // INVALID_FIELDS has one
        Assert.Equal(["banks[0].bank_id", "max_tasks", "request_id", "since_time"], fields.Order(StringComparer.Ordinal));
        var unknown = new StartLookbackRequest { RequestId = "r", Entries = { new LookbackEntry { BankId = "no", EntryId = "such" } } };
        await FailsAsync(ErrorReason.BankEntryNotFound, async () => await suite.Lookbacks.StartLookbackAsync(unknown));
        await FailsAsync(ErrorReason.LookbackNotFound, async () => await suite.Lookbacks.GetLookbackAsync(new GetLookbackRequest { LookbackId = "lb_01JD3Z8K2V6T9X4N7Q5R8S1W0Y" }));
        await FailsAsync(ErrorReason.InvalidFields, async () => await suite.Lookbacks.GetLookbackAsync(new GetLookbackRequest { LookbackId = "x" }));
    }

    private static async Task FailsAsync(ErrorReason reason, Func<Task> call) =>
        Assert.Equal(reason, RpcErrors.ReasonOf(await Assert.ThrowsAsync<RpcException>(call)));
}
