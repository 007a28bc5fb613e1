using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Bulk;
using Moderation.Enforcement.Tests.Lifecycle;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;
using Xunit;

namespace Moderation.Enforcement.Tests.Bulk;

public sealed class BulkTests(LoopFixture loop) : IClassFixture<LoopFixture>
{
    private static readonly Contracts.V1.Verdict Nothing = new() { Rationale = "The rule was wrong." };

    private static BulkSelection Evidence(string entry) => new() { Evidence = "fraud/" + entry };

    private BulkSelection Rule(string rule, TimeSpan before, TimeSpan after) => new()
    {
        Rule = new BulkRule
        {
            RuleId = rule,
            StartTime = Timestamp.FromDateTimeOffset(loop.Time.GetUtcNow() - before),
            EndTime = Timestamp.FromDateTimeOffset(loop.Time.GetUtcNow() + after),
        },
    };

    private async Task<BulkPreview> PreviewAsync(string tenant, BulkSelection selection, Contracts.V1.Verdict? verdict = null)
        => (await loop.Bulk.PreviewBulkDecisionAsync(
            new PreviewBulkDecisionRequest { TenantId = tenant, Selection = selection, Verdict = verdict ?? Nothing, SampleSize = 5 }, loop.AsPerson())).Preview;

    private async Task<BulkJob> StartAsync(string tenant, BulkSelection selection, Contracts.V1.Verdict? verdict = null, string request = "r1", int cap = 100)
        => (await loop.Bulk.StartBulkDecisionAsync(
            new StartBulkDecisionRequest { TenantId = tenant, RequestId = request, Selection = selection, Verdict = verdict ?? Nothing, Cap = cap }, loop.AsPerson())).Job;

    private async Task<BulkJob> UndoAsync(BulkJob job, string request = "u1")
        => (await loop.Bulk.UndoBulkDecisionAsync(new UndoBulkDecisionRequest { JobId = job.JobId, RequestId = request, Rationale = "It was right." }, loop.AsPerson())).Job;

    private async Task<GetBulkDecisionResponse> GetAsync(BulkJob job)
        => await loop.Bulk.GetBulkDecisionAsync(new GetBulkDecisionRequest { JobId = job.JobId, PageSize = 500 }, loop.AsPerson());

    private async Task<GetBulkDecisionResponse> RunAsync(BulkJob job, int replica = 0)
    {
        while (await loop.Part<BulkRunner>(replica).StepAsync(CancellationToken.None))
        {
        }

        var done = await GetAsync(job);
        Assert.Equal(BulkState.Done, done.Job.State);
        return done;
    }

    private async Task<Decision> DecisionAsync(string tenant, string id)
        => (await loop.Enforcement.GetDecisionAsync(new GetDecisionRequest { DecisionId = id }, loop.AsService(tenant))).Decision;

    [Fact]
    public async Task Preview_counts_what_is_in_force_in_this_tenant_and_changes_nothing()
    {
        var (tenant, other) = (loop.NewTenant(), loop.NewTenant());
        for (var i = 0; i < 8; i++)
        {
            await loop.RemoveAsync(tenant, $"account-{i % 3}", $"post-{i}", "shared");
        }

        await loop.RemoveAsync(tenant, "account-0", "elsewhere", "another");
        await loop.RemoveAsync(other, "account-0", "post-0", "shared");
        var before = await loop.DumpAsync();
        var preview = await PreviewAsync(tenant, Evidence("shared"));
        Assert.Equal((8, 0, 3, 5), (preview.DecisionCount, preview.EndedCount, preview.AccountCount, preview.Sample.Count));
        Assert.Equal(before, await loop.DumpAsync());
        var withdrawal = await loop.Bulk.PreviewEvidenceWithdrawalAsync(
            new PreviewEvidenceWithdrawalRequest { TenantId = tenant, Evidence = "fraud/shared" }, loop.AsPerson());
        Assert.Equal(8, withdrawal.Preview.DecisionCount);
    }

    [Fact]
    public async Task Preview_tells_which_decisions_the_matrix_would_refuse()
    {
        var tenant = loop.NewTenant();
        await loop.RemoveAsync(tenant, "ann", "p1", "lines");
        var claims = new Contracts.V1.Verdict { Measures = { new VerdictMeasure { Kind = Contracts.V1.MeasureKind.Remove, ClauseId = "false-claims" } } };
        var preview = await PreviewAsync(tenant, Evidence("lines"), claims);
        Assert.Equal(("FALSE_CLAIMS_ARE_ANSWERED", 1), (Assert.Single(preview.Refusals).Line, preview.Refusals[0].Count));
        claims.Rationale = "It is a false claim.";
        var done = await RunAsync(await StartAsync(tenant, Evidence("lines"), claims));
        var result = Assert.Single(done.Results);
        Assert.Equal((BulkSkip.Refused, "FALSE_CLAIMS_ARE_ANSWERED", 1), (result.Skip, result.Line, done.Job.SkippedCount));
    }

    [Fact]
    public async Task Rule_and_time_range_find_just_these()
    {
        var tenant = loop.NewTenant();
        await loop.RemoveAsync(tenant, "ann", "early");
        loop.Time.Advance(TimeSpan.FromHours(2));
        var within = await loop.RemoveAsync(tenant, "bob", "within");
        Assert.Equal(within.DecisionId, Assert.Single((await PreviewAsync(tenant, Rule("fraud.known", TimeSpan.FromHours(1), TimeSpan.FromHours(1)))).Sample).DecisionId);
        Assert.Equal(2, (await PreviewAsync(tenant, Rule("fraud.known", TimeSpan.FromHours(3), TimeSpan.FromHours(1)))).DecisionCount);
        Assert.Equal(0, (await PreviewAsync(tenant, Rule("hate.hold", TimeSpan.FromHours(3), TimeSpan.FromHours(1)))).DecisionCount);
        Assert.Equal(1, (await PreviewAsync(tenant, new BulkSelection { AccountId = "ann" })).DecisionCount);
    }

    [Fact]
    public async Task Withdrawal_of_an_entry_reverts_all_that_rested_on_it_and_the_undo_restores_it()
    {
        var tenant = loop.NewTenant();
        var removed = new List<Decision>();
        for (var i = 0; i < 6; i++)
        {
            removed.Add(await loop.RemoveAsync(tenant, "ann", $"ann-{i}", "withdrawn"));
            removed.Add(await loop.RemoveAsync(tenant, $"bob-{i % 2}", $"bob-{i}", "withdrawn"));
            loop.Time.Advance(TimeSpan.FromHours(25)); // each is an incident of its own, and the ladder goes up
        }

        var kept = await loop.RemoveAsync(tenant, "ann", "other", "stays");
        var (ann, bob) = (await loop.StandingAsync(tenant, "ann"), await loop.StandingAsync(tenant, "bob-0"));
        Assert.True(ann.Level >= 6);
        var job = (await loop.Bulk.StartEvidenceWithdrawalAsync(
            new StartEvidenceWithdrawalRequest
            {
                TenantId = tenant,
                RequestId = "w1",
                Evidence = "fraud/withdrawn",
                Rationale = "The list's owner took it back.",
                Cap = 12,
            },
            loop.AsPerson())).Job;
        Assert.Equal((BulkKind.Withdrawal, 12), (job.Kind, job.TargetCount));
        var done = await RunAsync(job);
        Assert.Equal((12, 0), (done.Job.DecidedCount, done.Job.SkippedCount));
        foreach (var result in done.Results)
        {
            var made = await DecisionAsync(tenant, result.ResultDecisionId);
            Assert.Equal(("withdrawal:fraud/withdrawn", result.DecisionId, false), (made.Cause, made.Supersedes, made.Automated));
            Assert.Empty(made.Measures);
            Assert.Contains(made.RevertedMeasures, m => m.Kind == Contracts.V1.MeasureKind.Remove);
            Assert.NotEmpty(made.Notice.Body);
        }

        var left = await loop.StandingAsync(tenant, "ann");
        Assert.Equal(1, left.Level);
        Assert.All(left.Measures.Where(m => m.Contains("Remove", StringComparison.Ordinal)), m => Assert.StartsWith(kept.PostId, m));
        Assert.Equal(0, (await loop.StandingAsync(tenant, "bob-0")).Level);
        Assert.Equal(0, (await PreviewAsync(tenant, Evidence("withdrawn"))).DecisionCount);

        var undo = await UndoAsync(done.Job);
        var undone = await RunAsync(undo);
        Assert.Equal((12, 0), (undone.Job.DecidedCount, undone.Job.SkippedCount));
        Assert.Equivalent(ann, await loop.StandingAsync(tenant, "ann"), strict: true);
        Assert.Equivalent(bob, await loop.StandingAsync(tenant, "bob-0"), strict: true);
        Assert.Equal(undo.JobId, (await GetAsync(job)).Job.UndoneByJobId);
        foreach (var result in undone.Results)
        {
            var restored = await DecisionAsync(tenant, result.ResultDecisionId);
            Assert.Equal("bulk:" + undo.JobId, restored.Cause);
            Assert.Equal(restored.Measures.Count, restored.Statement.Items.Count);
            Assert.NotEmpty(restored.Notice.Body);
            Assert.Contains(restored.Reasons.SelectMany(r => r.Evidence), e => e.Name == "media.match");
        }

        // It can be withdrawn again: what was restored rests on the same entry.
        Assert.Equal(12, (await PreviewAsync(tenant, Evidence("withdrawn"))).DecisionCount);
        var again = await RunAsync(await StartAsync(tenant, Evidence("withdrawn"), request: "again"));
        Assert.Equal(12, again.Job.DecidedCount);
        Assert.Equal(1, (await loop.StandingAsync(tenant, "ann")).Level);
    }

    [Fact]
    public async Task Job_killed_half_way_goes_on_elsewhere_and_decides_each_once()
    {
        var tenant = loop.NewTenant();
        for (var i = 0; i < 20; i++)
        {
            await loop.RemoveAsync(tenant, $"account-{i}", $"post-{i}", "killed");
        }

        var job = await StartAsync(tenant, Evidence("killed"));
        var (dying, store) = (loop.Part<BulkRunner>(), loop.Part<BulkJobStore>());
        var targets = await store.NextAsync(job.JobId, 20);
        var record = (await store.FindAsync(job.JobId))!.Job; // it was just started
        foreach (var target in targets.Take(5))
        {
            await store.SettleAsync(job.JobId, await dying.DecideAsync(record, target));
        }

        // It dies between the decision and the note of it.
        var made = await dying.DecideAsync(record, targets[5]);
        var done = await RunAsync(job, replica: 1);
        Assert.Equal((20, 0), (done.Job.DecidedCount, done.Job.SkippedCount));
        Assert.Equal(20, done.Results.Select(r => r.ResultDecisionId).Distinct().Count());
        Assert.Equal(made.ResultDecisionId, done.Results.Single(r => r.DecisionId == targets[5]).ResultDecisionId);
        var audited = new List<string>();
        for (var shard = 0; shard < loop.Keys.ShardCount; shard++)
        {
            var entries = await loop.Database.StreamRangeAsync(KeySpace.Audit(shard));
            audited.AddRange(entries.Select(e => AuditEntry.Parser.ParseFrom((byte[])e["a"]!).Committed?.Cause ?? "").Where(c => c == job.Cause));
        }

        Assert.Equal(20, audited.Count);
        Assert.False(await loop.Part<BulkRunner>().StepAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Two_workers_at_once_decide_each_once()
    {
        var tenant = loop.NewTenant();
        for (var i = 0; i < 20; i++)
        {
            await loop.RemoveAsync(tenant, $"account-{i % 2}", $"post-{i}", "both");
        }

        var job = await StartAsync(tenant, Evidence("both"));
        await Task.WhenAll(RunAsync(job, replica: 0), RunAsync(job, replica: 1));
        var done = await GetAsync(job);
        Assert.Equal((20, 0), (done.Job.DecidedCount, done.Job.SkippedCount));
        Assert.Equal(20, done.Results.Select(r => r.DecisionId).Distinct().Count());
        Assert.Equal(0, (await loop.StandingAsync(tenant, "account-0")).Level);
    }

    [Fact]
    public async Task Job_leaves_alone_what_somebody_has_decided_since()
    {
        var tenant = loop.NewTenant();
        var (moved, plain) = (await loop.RemoveAsync(tenant, "ann", "moved", "since"), await loop.RemoveAsync(tenant, "bob", "plain", "since"));
        var label = new Contracts.V1.Verdict { Rationale = "A label will do.", Measures = { new VerdictMeasure { Kind = Contracts.V1.MeasureKind.Label, ClauseId = "fraud-spam" } } };
        var job = await StartAsync(tenant, Evidence("since"), label);
        await loop.Enforcement.MakeDecisionAsync(
            new MakeDecisionRequest { TenantId = tenant, RequestId = "m1", PostId = "moved", Verdict = new Contracts.V1.Verdict { Rationale = "It is fine." } }, loop.AsPerson());
        var done = await RunAsync(job);
        var results = done.Results.ToDictionary(r => r.DecisionId);
        Assert.Equal(BulkSkip.Ended, results[moved.DecisionId].Skip);
        var made = await DecisionAsync(tenant, results[plain.DecisionId].ResultDecisionId);
        Assert.Equal(Contracts.V1.MeasureKind.Label, Assert.Single(made.Measures).Kind);
        Assert.NotEmpty(made.Statement.Items);

        // An undo too: somebody decides about the post that the job has labelled.
        await loop.Enforcement.MakeDecisionAsync(
            new MakeDecisionRequest { TenantId = tenant, RequestId = "m2", PostId = "plain", Verdict = new Contracts.V1.Verdict { Rationale = "No label either." } }, loop.AsPerson());
        var standing = await loop.StandingAsync(tenant, "bob");
        var undone = await RunAsync(await UndoAsync(done.Job));
        Assert.NotEqual(BulkSkip.Unspecified, Assert.Single(undone.Results).Skip);
        Assert.Equivalent(standing, await loop.StandingAsync(tenant, "bob"), strict: true);
    }

    [Fact]
    public async Task Undo_of_a_verdict_with_measures_brings_back_what_was_before()
    {
        var tenant = loop.NewTenant();
        await loop.RemoveAsync(tenant, "ann", "p1", "swap");
        var before = await loop.StandingAsync(tenant, "ann");
        var label = new Contracts.V1.Verdict { Rationale = "A label will do.", Measures = { new VerdictMeasure { Kind = Contracts.V1.MeasureKind.Label, ClauseId = "fraud-spam" } } };
        var done = await RunAsync(await StartAsync(tenant, Evidence("swap"), label));
        Assert.NotEqual(before.Measures, (await loop.StandingAsync(tenant, "ann")).Measures);
        loop.Time.Advance(TimeSpan.FromDays(3));
        await RunAsync(await UndoAsync(done.Job));
        Assert.Equivalent(before, await loop.StandingAsync(tenant, "ann"), strict: true);
    }

    public static TheoryData<Contracts.V1.MeasureKind> Measures()
        => [.. System.Enum.GetValues<Contracts.V1.MeasureKind>().Where(k => k is not
            (Contracts.V1.MeasureKind.Unspecified or Contracts.V1.MeasureKind.HoldForReview or Contracts.V1.MeasureKind.TerminateAccount))]; // refused, below

    [Theory]
    [MemberData(nameof(Measures))]
    public async Task Measure_has_its_notice_and_statement_through_bulk_its_undo_and_a_withdrawal(Contracts.V1.MeasureKind kind)
    {
        var tenant = loop.NewTenant();
        await loop.RemoveAsync(tenant, "ann", "p1", "explained");
        var measure = new VerdictMeasure { Kind = kind, ClauseId = "fraud-spam" };
        if (kind is Contracts.V1.MeasureKind.RestrictFeature or Contracts.V1.MeasureKind.SuspendAccount)
        {
            measure.EndTime = Timestamp.FromDateTimeOffset(loop.Time.GetUtcNow().AddDays(5));
            measure.Feature = kind == Contracts.V1.MeasureKind.RestrictFeature ? "posting" : "";
        }

        var imposed = await RunAsync(await StartAsync(
            tenant, Evidence("explained"), new Contracts.V1.Verdict { Rationale = "All of it is one fraud.", Measures = { measure } }));
        var undone = await RunAsync(await UndoAsync(imposed.Job));
        var withdrawn = await RunAsync((await loop.Bulk.StartEvidenceWithdrawalAsync(
            new StartEvidenceWithdrawalRequest { TenantId = tenant, RequestId = "w1", Evidence = "fraud/explained", Rationale = "It was no fraud.", Cap = 2 },
            loop.AsPerson())).Job);
        var byPerson = await DecisionAsync(tenant, Assert.Single(imposed.Results).ResultDecisionId);
        Assert.Contains(byPerson.Measures, m => m.Kind == kind);
        var restored = await DecisionAsync(tenant, Assert.Single(undone.Results).ResultDecisionId);
        Assert.Contains(restored.RevertedMeasures, m => m.Kind == kind);
        Assert.Equal(Contracts.V1.MeasureKind.Remove, restored.Measures[0].Kind);
        // Where the strike stood all the time, the warning that the ladder gave with it is the first decision's still: it is taken back with the
        // removal, or by a decision of its own.
        Assert.All(withdrawn.Results, r => Assert.True(r.ResultDecisionId.Length > 0 || r.Skip == BulkSkip.Ended));
        var takenBack = await Task.WhenAll(withdrawn.Results.Where(r => r.ResultDecisionId.Length > 0).Select(r => DecisionAsync(tenant, r.ResultDecisionId)));
        Assert.Equal(
            [Contracts.V1.MeasureKind.Remove, Contracts.V1.MeasureKind.WarnAccount], takenBack.SelectMany(d => d.RevertedMeasures).Select(m => m.Kind).Order());
        Assert.All(takenBack, d => Assert.Empty(d.Measures));
        Assert.Equal(0, (await loop.StandingAsync(tenant, "ann")).Level);
        foreach (var decision in takenBack.Append(byPerson).Append(restored))
        {
            Assert.NotEmpty(decision.Notice.Body);
            Assert.Equal(decision.Measures.Select(m => m.Kind), decision.Statement?.Items.Select(i => i.Measure) ?? []);
        }
    }

    [Fact]
    public async Task Start_holds_the_cap_the_request_id_and_the_limits()
    {
        var tenant = loop.NewTenant();
        for (var i = 0; i < 3; i++)
        {
            await loop.RemoveAsync(tenant, "ann", $"post-{i}", "capped");
        }

        await FailsAsync(ErrorReason.BulkCapExceeded, () => StartAsync(tenant, Evidence("capped"), cap: 2));
        await FailsAsync(ErrorReason.InvalidFields, () => StartAsync(tenant, Evidence("capped"), cap: 10_001));
        await FailsAsync(ErrorReason.InvalidFields, () => StartAsync(tenant, new BulkSelection()));
        await FailsAsync(ErrorReason.InvalidFields, () => StartAsync(tenant, Evidence("a/b")));
        var end = new Contracts.V1.Verdict { Rationale = "Out.", Measures = { new VerdictMeasure { Kind = Contracts.V1.MeasureKind.TerminateAccount, ClauseId = "fraud-spam" } } };
        await FailsAsync(ErrorReason.InvalidFields, () => StartAsync(tenant, Evidence("capped"), end));
        Assert.Equal(3, (await loop.StandingAsync(tenant, "ann")).Measures.Count(m => m.Contains("Remove", StringComparison.Ordinal)));

        var jobs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => StartAsync(tenant, Evidence("capped"), cap: 3)));
        Assert.Single(jobs.Select(j => j.JobId).Distinct());
        await FailsAsync(ErrorReason.RequestIdReused, () => StartAsync(tenant, Evidence("capped"), cap: 4));
        await FailsAsync(ErrorReason.BulkNotUndoable, () => UndoAsync(jobs[0]));
        var done = await RunAsync(jobs[0]);
        Assert.Equal(3, done.Job.DecidedCount);
        var undo = await UndoAsync(done.Job);
        Assert.Equal(undo.JobId, (await UndoAsync(done.Job)).JobId);
        await FailsAsync(ErrorReason.BulkNotUndoable, () => UndoAsync(done.Job, "u2"));
    }

    [Fact]
    public async Task Job_of_another_tenant_is_not_there()
    {
        var tenant = loop.NewTenant();
        await loop.RemoveAsync(tenant, "ann", "p1", "theirs");
        var job = await StartAsync(tenant, Evidence("theirs"));
        var stranger = loop.AsPerson("eve@test", loop.NewTenant());
        await FailsAsync(ErrorReason.BulkJobNotFound, async () => await loop.Bulk.GetBulkDecisionAsync(new GetBulkDecisionRequest { JobId = job.JobId }, stranger));
        await FailsAsync(ErrorReason.BulkJobNotFound, async () => await loop.Bulk.UndoBulkDecisionAsync(
            new UndoBulkDecisionRequest { JobId = job.JobId, RequestId = "x", Rationale = "x" }, stranger));
        await FailsAsync(ErrorReason.TenantDenied, async () => await loop.Bulk.PreviewBulkDecisionAsync(
            new PreviewBulkDecisionRequest { TenantId = tenant, Selection = Evidence("theirs"), Verdict = Nothing }, stranger));
    }

    private static async Task FailsAsync(ErrorReason reason, Func<Task> call)
        => Assert.Equal(reason, RpcErrors.ReasonOf(await Assert.ThrowsAsync<RpcException>(call)));
}
