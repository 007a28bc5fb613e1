using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Tests.Decisions;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;
using Xunit;

namespace Moderation.Enforcement.Tests.Review;

public sealed class SingleReviewFixture : EnforcementFixture
{
    protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?> { ["Review:DoubleReviewShare"] = "0", ["Review:SampleShare"] = "0" };
}

public sealed class ReviewTests(SingleReviewFixture enforcement) : IClassFixture<SingleReviewFixture>
{
    private Casework Of(string tenant) => new(enforcement, tenant);

    private static async Task<ErrorReason> ReasonOf(Func<Task> call) => RpcErrors.ReasonOf(await Assert.ThrowsAsync<RpcException>(call));

    [Fact]
    public async Task Held_post_that_a_person_lets_stand_is_restored_and_its_author_told()
    {
        var work = Of("stands");
        var held = await work.PostAsync("p1");
        var leased = await work.LeaseAsync("ann");
        Assert.Equal(held.ReviewTaskId, leased.Task.TaskId);
        Assert.Equal("as posted", leased.Content.Text);
        Assert.Equal(held, leased.Content.Decision);
        var done = await work.CompleteAsync(leased, "ann", Casework.LetStand);
        Assert.Equal(ReviewTaskState.Done, done.State);
        Assert.Equal(DecisionOutcome.NoAction, done.Decision.Outcome);
        Assert.False(done.Decision.Automated);
        Assert.Equal(held.DecisionId, done.Decision.Supersedes);
        Assert.Equal(held.Measures.Select(m => m.MeasureId), done.Decision.RevertedMeasures.Select(m => m.MeasureId));
        Assert.NotEmpty(done.Decision.Notice.Body);
        var standing = await work.StandingAsync();
        Assert.Empty(standing.PostMeasures);
        Assert.Equal(0, standing.Level);
        Assert.Equal(done.Decision, (await work.CompleteAsync(leased, "ann", Casework.LetStand)).Decision);
    }

    [Fact]
    public async Task Removal_by_a_person_gives_a_strike_and_what_the_ladder_says_in_one_decision()
    {
        var work = Of("removal");
        await work.PostAsync("p1");
        var removed = await work.ReviewAsync("ann", Casework.Impose(Contracts.V1.MeasureKind.Remove));
        Assert.Equal([Contracts.V1.MeasureKind.Remove, Contracts.V1.MeasureKind.WarnAccount], removed.Measures.Select(m => m.Kind));
        Assert.True(removed.Measures[1].FromLadder);
        Assert.Equal(2, removed.Statement.Items.Count);
        Assert.False(removed.Statement.AutomatedDecision);
        Assert.True(removed.Statement.AutomatedDetection);
        var standing = await work.StandingAsync();
        Assert.Equal(1, standing.Level);
        Assert.Equal([removed.DecisionId], Assert.Single(standing.Strikes).DecisionIds);
        Assert.Equal(Contracts.V1.MeasureKind.SuspendAccount, standing.NextStep.Kind);
    }

    [Fact]
    public async Task Ladder_goes_from_a_warning_to_one_three_and_seven_days_and_then_asks_a_person()
    {
        var work = Of("ladder");
        double?[] expected = [null, 1, 3, 3];
        for (var i = 0; i < expected.Length; i++)
        {
            var decision = await work.FraudAsync($"p{i}");
            var followed = decision.Measures.Single(m => m.FromLadder);
            Assert.Equal(expected[i], (followed.EndTime?.ToDateTimeOffset() - decision.CreateTime.ToDateTimeOffset())?.TotalDays);
            enforcement.Clock.Advance(TimeSpan.FromDays(4));
        }

        // 1 + 3 + 3 days of the 7 that machines may take in any 30 are used up; the next is a person's.
        var beyond = await work.FraudAsync("p4");
        Assert.DoesNotContain(beyond.Measures, m => m.FromLadder);
        Assert.NotEmpty(beyond.ReviewTaskId);
        Assert.Equal(5, (await work.StandingAsync()).Level);
    }

    [Fact]
    public async Task Task_is_held_by_one_person_until_the_lease_ends()
    {
        var work = Of("lease");
        await work.PostAsync("p1");
        var first = await work.LeaseAsync("ann");
        Assert.Equal(ErrorReason.NoReviewTask, await ReasonOf(() => work.LeaseAsync("bob")));
        enforcement.Clock.Advance(TimeSpan.FromMinutes(16));
        var second = await work.LeaseAsync("bob");
        Assert.Equal(first.Task.TaskId, second.Task.TaskId);
        Assert.True(second.Lease.Token > first.Lease.Token);
        Assert.Equal(ErrorReason.LeaseLost, await ReasonOf(() => work.CompleteAsync(first, "ann", Casework.LetStand)));
        await enforcement.Reviews.RenewReviewLeaseAsync(
            new RenewReviewLeaseRequest { TaskId = second.Task.TaskId, LeaseToken = second.Lease.Token }, enforcement.As("bob"));
        await enforcement.Reviews.ReleaseReviewTaskAsync(
            new ReleaseReviewTaskRequest { TaskId = second.Task.TaskId, LeaseToken = second.Lease.Token }, enforcement.As("bob"));
        Assert.Equal(first.Task.TaskId, (await work.LeaseAsync("ann")).Task.TaskId);
    }

    [Fact]
    public async Task Task_about_a_post_that_was_edited_or_withdrawn_is_closed()
    {
        var work = Of("edited");
        await work.PostAsync("p1");
        var leased = await work.LeaseAsync("ann");
        await work.PostAsync("p1", hate: 0.01, revision: 2);
        Assert.Equal(ErrorReason.LeaseLost, await ReasonOf(() => work.CompleteAsync(leased, "ann", Casework.Impose(Contracts.V1.MeasureKind.Remove))));
        var held = await work.PostAsync("p2");
        await enforcement.Client.RecordWithdrawalAsync(
            new RecordWithdrawalRequest { TenantId = "edited", PostId = "p2", AccountId = "author" }, enforcement.AsService("edited"));
        var task = await enforcement.Reviews.GetReviewTaskAsync(new GetReviewTaskRequest { TaskId = held.ReviewTaskId }, enforcement.As("ann"));
        Assert.Equal(ReviewTaskState.Done, task.Task.State);
        Assert.Equal("", task.Content.Text);
        Assert.Equal(ErrorReason.NoReviewTask, await ReasonOf(() => work.LeaseAsync("ann")));
    }

    [Fact]
    public async Task Automatic_decision_never_replaces_a_persons_about_the_same_revision()
    {
        var work = Of("person");
        await work.PostAsync("p1");
        await work.ReviewAsync("ann", Casework.LetStand);
        var request = await work.DecideAsync("p1", "author", 1, 0, "as posted", s => s.Scores.Add(new CategoryScore { Category = Contracts.V1.HarmCategory.Hate, Score = 0.99f }));
        Assert.Equal("submit", request.Cause); // the key had decided before
        Assert.Empty((await work.StandingAsync()).PostMeasures);
    }

    [Fact]
    public async Task Tasks_come_by_severity_reach_and_age_and_none_starves()
    {
        var work = Of("rank");
        await work.PostAsync("plain");
        await work.PostAsync("wide", reach: 10_000_000, account: "b");
        enforcement.Clock.Advance(TimeSpan.FromHours(11));
        await work.PostAsync("late-wide", reach: 1_000_000_000_000, account: "c");
        var listed = await enforcement.Reviews.ListReviewTasksAsync(new ListReviewTasksRequest { TenantId = "rank", PageSize = 2 }, enforcement.As("ann"));
        Assert.Equal(["wide", "plain"], listed.Tasks.Select(t => t.PostId));
        Assert.All(listed.Tasks, t => Assert.True(t.Overdue));
        var rest = await enforcement.Reviews.ListReviewTasksAsync(
            new ListReviewTasksRequest { TenantId = "rank", PageSize = 2, PageToken = listed.NextPageToken }, enforcement.As("ann"));
        Assert.Equal("late-wide", Assert.Single(rest.Tasks).PostId);
        Assert.Equal("", rest.NextPageToken);
    }

    [Fact]
    public async Task Person_with_a_conflict_of_interest_is_not_handed_the_account()
    {
        var work = Of("conflict");
        await work.PostAsync("p1");
        await enforcement.Reviews.DeclareConflictAsync(new DeclareConflictRequest { TenantId = "conflict", AccountId = "author" }, enforcement.As("ann"));
        Assert.Equal(ErrorReason.NoReviewTask, await ReasonOf(() => work.LeaseAsync("ann")));
        Assert.Equal("p1", (await work.LeaseAsync("bob")).Task.PostId);
    }

    [Fact]
    public async Task Child_safety_queue_needs_its_clearance_and_shows_no_media()
    {
        var request = new DecidePostRequest
        {
            TenantId = "child",
            Cause = "submit",
            Facts = new Contracts.V1.PostFacts { PostId = "p1", AccountId = "author", Revision = 1, MediaIds = { "m_1" } },
            Text = new TextSignals { Status = Contracts.V1.SignalStatus.NotApplicable },
            Media = new MediaSignals
            {
                Status = Contracts.V1.SignalStatus.Available,
                Matches =
                {
                    new Contracts.V1.BankMatch
                    {
                        MediaId = "m_1", BankId = "b", EntryId = "e", Category = Contracts.V1.HarmCategory.ChildSexualExploitation, Kind = Contracts.V1.HashKind.Sha256, Quality = 100,
                    },
                },
            },
        };
        var decision = (await enforcement.Client.DecidePostAsync(request, enforcement.AsService())).Decision;
        Assert.Equal(ErrorReason.ReviewTaskNotFound, await ReasonOf(
            async () => await enforcement.Reviews.GetReviewTaskAsync(new GetReviewTaskRequest { TaskId = decision.ReviewTaskId }, enforcement.As("ann"))));
        var lease = new LeaseReviewTaskRequest { TenantId = "child", Queues = { "child-safety" } };
        Assert.Equal(ErrorReason.ClearanceDenied, await ReasonOf(async () => await enforcement.Reviews.LeaseReviewTaskAsync(lease, enforcement.As("ann"))));
        var leased = await enforcement.Reviews.LeaseReviewTaskAsync(lease, enforcement.As("cy", Role.Reviewer, Person.ChildSafety));
        Assert.True(leased.Content.MediaWithheld);
        Assert.Equal(2, leased.Task.ReviewsRequired);
    }

    [Fact]
    public async Task Verdict_with_wrong_fields_names_them_all()
    {
        var work = Of("wrong");
        await work.PostAsync("p1");
        var leased = await work.LeaseAsync("ann");
        var verdict = new Contracts.V1.Verdict
        {
            Measures =
            {
                new VerdictMeasure { Kind = Contracts.V1.MeasureKind.HoldForReview, ClauseId = "nowhere" },
                new VerdictMeasure { Kind = Contracts.V1.MeasureKind.RestrictFeature, ClauseId = "hate", Feature = "singing" },
            },
        };
        var failure = await Assert.ThrowsAsync<RpcException>(() => work.CompleteAsync(leased, "ann", verdict));
        var fields = failure.GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>()!.FieldViolations.Select(v => v.Field);
        Assert.Equal(
            [
                "verdict.rationale", "verdict.measures[0].kind", "verdict.measures[0].clause_id", "verdict.measures[1].end_time", "verdict.measures[1].feature",
            ],
            fields);
        Assert.Equal(ErrorReason.LeadRequired, await ReasonOf(() => work.CompleteAsync(leased, "ann", Casework.Impose(Contracts.V1.MeasureKind.TerminateAccount))));
        Assert.Equal(ErrorReason.DecisionRefused, await ReasonOf(
            () => work.CompleteAsync(leased, "ann", Casework.Impose(Contracts.V1.MeasureKind.Remove, "false-claims"))));
    }

    public static TheoryData<Contracts.V1.MeasureKind> Measures()
        => [.. Enum.GetValues<Contracts.V1.MeasureKind>().Where(k => k is not (Contracts.V1.MeasureKind.Unspecified or Contracts.V1.MeasureKind.HoldForReview))];

    [Theory]
    [MemberData(nameof(Measures))]
    public async Task Measure_has_its_notice_and_statement_on_every_path_of_people(Contracts.V1.MeasureKind kind)
    {
        var work = Of("explained-" + (int)kind);
        DateTimeOffset? end = kind is Contracts.V1.MeasureKind.RestrictFeature or Contracts.V1.MeasureKind.SuspendAccount ? enforcement.Clock.GetUtcNow().AddDays(5) : null;
        var verdict = Casework.Impose(kind, end: end, feature: kind == Contracts.V1.MeasureKind.RestrictFeature ? "posting" : "");
        var direct = await work.DirectAsync("r1", "", "other", MeasureMatrix.IsAccountMeasure((MeasureKind)kind) ? verdict : Casework.LetStand);
        await work.PostAsync("p1");
        var reviewed = await CompleteTwiceAsync(work, verdict);
        await work.AppealAsync(reviewed);
        enforcement.Clock.Advance(TimeSpan.FromMinutes(1));
        var appealed = await CompleteTwiceAsync(work, verdict, "zoe", "yan");
        var onPost = await work.DirectAsync("r2", "p2", "third", verdict);
        foreach (var decision in new[] { direct, reviewed, appealed, onPost }.Where(d => d.Measures.Count > 0))
        {
            var read = (await enforcement.Client.GetDecisionAsync(new GetDecisionRequest { DecisionId = decision.DecisionId }, enforcement.AsService(work.Tenant))).Decision;
            Assert.Equal(read.Measures.Select(m => m.Kind), read.Statement.Items.Select(i => i.Measure));
            Assert.NotEmpty(read.Notice.Body);
            Assert.All(read.Measures, m => Assert.Equal(Contracts.V1.HarmCategory.Hate, m.Category));
        }

        Assert.Contains(appealed.Measures, m => m.Kind == kind);
        Assert.Equal(appealed.DecisionId, (await work.AppealAsync(reviewed)).OutcomeDecisionId);
    }

    // To end an account takes two leads; other measures one person.
    private static async Task<Decision> CompleteTwiceAsync(Casework work, Contracts.V1.Verdict verdict, string first = "ann", string second = "bob")
    {
        var done = await work.CompleteAsync(await work.LeaseAsync(first, Role.Lead), first, verdict, Role.Lead);
        return done.Decision ?? (await work.CompleteAsync(await work.LeaseAsync(second, Role.Lead), second, verdict, Role.Lead)).Decision;
    }

    [Fact]
    public async Task Direct_decision_is_made_once_and_a_decision_without_measures_lifts_what_is_in_force_about_an_account()
    {
        var work = Of("direct");
        var suspend = Casework.Impose(Contracts.V1.MeasureKind.SuspendAccount, end: enforcement.Clock.GetUtcNow().AddDays(3));
        var decision = await work.DirectAsync("r1", "", "author", suspend);
        Assert.Equal(decision, await work.DirectAsync("r1", "", "author", suspend));
        Assert.Single((await work.StandingAsync()).AccountMeasures);
        var lifted = await work.DirectAsync("r2", "", "author", Casework.LetStand);
        Assert.Equal(decision.Measures[0].MeasureId, Assert.Single(lifted.RevertedMeasures).MeasureId);
        Assert.Empty((await work.StandingAsync()).AccountMeasures);
        Assert.NotEmpty(lifted.Notice.Body);
        Assert.Equal(ErrorReason.PostNotFound, await ReasonOf(() => work.DirectAsync("r3", "unknown", "", Casework.LetStand)));
    }

    [Fact]
    public async Task Review_of_another_tenants_task_is_as_unknown_as_one_that_does_not_exist()
    {
        var held = await Of("mine").PostAsync("p1");
        var token = enforcement.Services.GetRequiredService<PeopleTokens>().Issue(Person.Of("eve", [Role.Reviewer], ["theirs"]), TimeSpan.FromDays(1000));
        var eve = new Metadata { { "authorization", "Bearer " + token } };
        foreach (var id in new[] { held.ReviewTaskId, "t_1_01JD3Z8K2V6T9X4N7Q5R8S1W0Y" })
        {
            Assert.Equal(ErrorReason.ReviewTaskNotFound, await ReasonOf(
                async () => await enforcement.Reviews.GetReviewTaskAsync(new GetReviewTaskRequest { TaskId = id }, eve)));
        }
    }
}
