using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Tests.Decisions;
using Moderation.ServiceDefaults.Errors;
using Xunit;

namespace Moderation.Enforcement.Tests.Review;

public sealed class AppealTests(SingleReviewFixture enforcement) : IClassFixture<SingleReviewFixture>
{
    private Casework Of(string tenant) => new(enforcement, tenant);

    private static async Task<ErrorReason> ReasonOf(Func<Task> call) => RpcErrors.ReasonOf(await Assert.ThrowsAsync<RpcException>(call));

    [Fact]
    public async Task Overturn_restores_content_strike_and_what_followed_from_it_in_one_decision()
    {
        var work = Of("overturn");
        var first = await work.FraudAsync("p1");
        enforcement.Clock.Advance(TimeSpan.FromDays(2));
        var second = await work.FraudAsync("p2");
        var suspension = second.Measures.Single(m => m.FromLadder);
        Assert.Equal(Contracts.V1.MeasureKind.SuspendAccount, suspension.Kind);
        var appeal = await work.AppealAsync(first);
        Assert.Equal(AppealState.Open, appeal.State);
        var overturned = await work.ReviewAsync("ann", Casework.LetStand);
        Assert.Equal("appeal:" + appeal.AppealId, overturned.Cause);
        Assert.Equal(DecisionOutcome.NoAction, overturned.Outcome);
        // The second strike is the first now: a warning has no end, so the suspension that it brought is over.
        Assert.Equal(
            first.Measures.Append(suspension).Select(m => m.MeasureId).Order(StringComparer.Ordinal),
            overturned.RevertedMeasures.Select(m => m.MeasureId).Order(StringComparer.Ordinal));
        var standing = await work.StandingAsync();
        Assert.Equal(1, standing.Level);
        Assert.DoesNotContain(standing.PostMeasures, m => m.PostId == "p1");
        var told = (await enforcement.Appeals.GetAppealAsync(new GetAppealRequest { AppealId = appeal.AppealId }, enforcement.AsService("overturn"))).Appeal;
        Assert.Equal(AppealState.Overturned, told.State);
        Assert.Equal(overturned.DecisionId, told.OutcomeDecisionId);
        Assert.NotEmpty(overturned.Notice.Body);
        var figures = await enforcement.Reviews.GetReviewFiguresAsync(new GetReviewFiguresRequest { TenantId = "overturn" }, enforcement.As("lead", Role.Lead));
        Assert.Equal((1, 1), (figures.AppealsDecided, figures.AppealsOverturned));
        Assert.Contains(figures.Rules, r => r is { RuleId: "fraud.remove", Judged: 1, Upheld: 0 });
    }

    [Fact]
    public async Task Appeal_against_a_direct_decision_never_goes_to_who_made_it()
    {
        var work = Of("direct");
        await work.AppealAsync(await work.DirectAsync("r1", "", "author", Casework.Impose(Contracts.V1.MeasureKind.WarnAccount)));
        Assert.Equal(ErrorReason.NoReviewTask, await ReasonOf(() => work.LeaseAsync("moderator", Role.Lead, "appeals")));
        Assert.Equal(ReviewTaskKind.Appeal, (await work.LeaseAsync("zoe", Role.Reviewer, "appeals")).Task.Kind);
    }

    [Fact]
    public async Task Appeal_never_goes_to_who_decided_and_waits_when_there_is_nobody_else()
    {
        var work = Of("own");
        await work.PostAsync("p1");
        var removed = await work.ReviewAsync("ann", Casework.Impose(Contracts.V1.MeasureKind.Remove));
        var appeal = await work.AppealAsync(removed);
        Assert.Equal(ErrorReason.NoReviewTask, await ReasonOf(() => work.LeaseAsync("ann")));
        Assert.Equal(ErrorReason.NoReviewTask, await ReasonOf(() => work.LeaseAsync("ann", Role.Lead)));
        enforcement.Clock.Advance(TimeSpan.FromDays(8));
        var listed = await enforcement.Reviews.ListReviewTasksAsync(new ListReviewTasksRequest { TenantId = "own", Queue = "appeals", OverdueOnly = true }, enforcement.As("ann"));
        Assert.Equal(appeal.AppealId, Assert.Single(listed.Tasks).SourceId);
        var upheld = await work.ReviewAsync("bob", Casework.Impose(Contracts.V1.MeasureKind.Remove));
        Assert.Contains(upheld.Measures, m => m.Kind == Contracts.V1.MeasureKind.Remove);
        Assert.Equal(AppealState.Upheld, (await work.AppealAsync(removed)).State);
        // The strike is counted once, from its own time, and what followed from it has not begun anew.
        var standing = await work.StandingAsync();
        Assert.Equal(1, standing.Level);
        Assert.Equal(removed.CreateTime, Assert.Single(standing.Strikes).CreateTime);
        Assert.Equal(ErrorReason.NothingToAppeal, await ReasonOf(() => work.AppealAsync(upheld)));
    }

    [Fact]
    public async Task Appeal_against_one_measure_leaves_the_others()
    {
        var work = Of("one");
        var decision = await work.FraudAsync("p1");
        Assert.Equal(Contracts.V1.MeasureKind.WarnAccount, decision.Measures[1].Kind);
        await work.AppealAsync(decision, measure: 2);
        var outcome = await work.ReviewAsync("ann", Casework.LetStand);
        Assert.Equal(decision.Measures[1].MeasureId, outcome.RevertedMeasures.Single(m => m.Kind == Contracts.V1.MeasureKind.WarnAccount).MeasureId);
        var standing = await work.StandingAsync();
        Assert.Equal(Contracts.V1.MeasureKind.Remove, Assert.Single(standing.PostMeasures).Kind);
        Assert.Empty(standing.AccountMeasures);
        Assert.Equal(1, standing.Level);
    }

    [Fact]
    public async Task Appeal_filed_many_times_at_once_is_one()
    {
        var work = Of("once");
        var decision = await work.PostAsync("p1", hate: 0.6);
        var appeals = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => work.AppealAsync(decision)));
        Assert.Single(appeals.Select(a => a.AppealId).Distinct());
        var listed = await enforcement.Reviews.ListReviewTasksAsync(new ListReviewTasksRequest { TenantId = "once", Queue = "appeals" }, enforcement.As("ann"));
        Assert.Single(listed.Tasks);
    }

    [Fact]
    public async Task Appeal_is_open_for_six_months()
    {
        var work = Of("late");
        var decision = await work.PostAsync("p1", hate: 0.6);
        enforcement.Clock.Advance(decision.CreateTime.ToDateTimeOffset().AddMonths(6) - enforcement.Clock.GetUtcNow());
        Assert.Equal(AppealState.Open, (await work.AppealAsync(decision)).State);
        enforcement.Clock.Advance(TimeSpan.FromSeconds(1));
        var other = new Casework(enforcement, "later");
        var old = await other.PostAsync("p1", hate: 0.6);
        enforcement.Clock.Advance(TimeSpan.FromDays(185));
        Assert.Equal(ErrorReason.AppealTooLate, await ReasonOf(() => other.AppealAsync(old)));
    }

    [Fact]
    public async Task Appeal_against_what_was_never_done_is_refused()
    {
        var work = Of("nothing");
        var harmless = await work.PostAsync("p1", hate: 0.01);
        Assert.Equal(ErrorReason.NothingToAppeal, await ReasonOf(() => work.AppealAsync(harmless)));
        var reduced = await work.PostAsync("p2", hate: 0.6);
        Assert.Equal(ErrorReason.NothingToAppeal, await ReasonOf(() => work.AppealAsync(reduced, measure: 2)));
        Assert.Equal(ErrorReason.DecisionNotFound, await ReasonOf(() => Of("other").AppealAsync(reduced)));
    }
}
