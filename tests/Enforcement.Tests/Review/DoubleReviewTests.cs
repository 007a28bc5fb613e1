using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Tests.Decisions;
using Moderation.ServiceDefaults.Errors;
using Xunit;

namespace Moderation.Enforcement.Tests.Review;

public sealed class DoubleReviewFixture : EnforcementFixture
{
    protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?> { ["Review:DoubleReviewShare"] = "1", ["Review:SampleShare"] = "0.1" };
}

public sealed class DoubleReviewTests(DoubleReviewFixture enforcement) : IClassFixture<DoubleReviewFixture>
{
    private Casework Of(string tenant) => new(enforcement, tenant);

    private static async Task<ErrorReason> ReasonOf(Func<Task> call) => RpcErrors.ReasonOf(await Assert.ThrowsAsync<RpcException>(call));

    [Fact]
    public async Task Two_who_agree_decide()
    {
        var work = Of("agree");
        await work.PostAsync("p1");
        var first = await work.LeaseAsync("ann");
        var waiting = await work.CompleteAsync(first, "ann", Casework.LetStand);
        Assert.Equal(ReviewTaskState.Open, waiting.State);
        Assert.Null(waiting.Decision);
        Assert.Equal(ReviewTaskState.Open, (await work.CompleteAsync(first, "ann", Casework.LetStand)).State);
        Assert.Equal(ErrorReason.NoReviewTask, await ReasonOf(() => work.LeaseAsync("ann")));
        Assert.NotNull(await work.ReviewAsync("bob", Casework.LetStand));
        var figures = await enforcement.Reviews.GetReviewFiguresAsync(new GetReviewFiguresRequest { TenantId = "agree" }, enforcement.As("lead", Role.Lead));
        Assert.Equal((1, 1), (figures.DoubleReviews, figures.Agreements));
    }

    [Fact]
    public async Task Two_who_disagree_leave_it_to_a_lead()
    {
        var work = Of("disagree");
        await work.PostAsync("p1");
        await work.CompleteAsync(await work.LeaseAsync("ann"), "ann", Casework.LetStand);
        var disputed = await work.CompleteAsync(await work.LeaseAsync("bob"), "bob", Casework.Impose(Contracts.V1.MeasureKind.Remove));
        Assert.Equal(ReviewTaskState.Disputed, disputed.State);
        Assert.Equal(ErrorReason.NoReviewTask, await ReasonOf(() => work.LeaseAsync("cat")));
        var decision = await work.ReviewAsync("dan", Casework.Impose(Contracts.V1.MeasureKind.Remove), Role.Lead);
        Assert.Contains(decision.Measures, m => m.Kind == Contracts.V1.MeasureKind.Remove);
        var figures = await enforcement.Reviews.GetReviewFiguresAsync(new GetReviewFiguresRequest { TenantId = "disagree" }, enforcement.As("lead", Role.Lead));
        Assert.Equal((1, 0), (figures.DoubleReviews, figures.Agreements));
        // None of the three hears the appeal.
        await work.AppealAsync(decision);
        foreach (var person in new[] { "ann", "bob", "dan" })
        {
            Assert.Equal(ErrorReason.NoReviewTask, await ReasonOf(() => work.LeaseAsync(person, Role.Lead)));
        }

        Assert.Equal(ReviewTaskKind.Appeal, (await work.LeaseAsync("eve")).Task.Kind);
    }

    [Fact]
    public async Task Share_of_posts_without_a_measure_is_reviewed_so_that_what_is_missed_is_known()
    {
        var work = Of("sample");
        for (var i = 0; i < 60; i++)
        {
            var harmless = await work.PostAsync($"p{i}", hate: 0.01);
            Assert.Equal("", harmless.ReviewTaskId);
        }

        var listed = await enforcement.Reviews.ListReviewTasksAsync(new ListReviewTasksRequest { TenantId = "sample", Queue = "sample" }, enforcement.As("ann"));
        Assert.InRange(listed.Tasks.Count, 1, 30);
        var sample = await work.LeaseAsync("ann", Role.Reviewer, "sample");
        await work.CompleteAsync(sample, "ann", Casework.Impose(Contracts.V1.MeasureKind.Label));
        await work.CompleteAsync(await work.LeaseAsync("bob", Role.Reviewer, "sample"), "bob", Casework.Impose(Contracts.V1.MeasureKind.Label));
        var figures = await enforcement.Reviews.GetReviewFiguresAsync(new GetReviewFiguresRequest { TenantId = "sample" }, enforcement.As("lead", Role.Lead));
        Assert.Equal((1, 1), (figures.SamplesReviewed, figures.SamplesMissed));
        Assert.Equal(listed.Tasks.Count - 1, figures.Queues.Single(q => q.Queue == "sample").Waiting);
    }
}
