using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Moderation.Contracts.V1;
using Moderation.DevHost;
using Moderation.Enforcement.Audit;
using Moderation.Enforcement.Host;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;
using Moderation.Testing;
using StackExchange.Redis;
using Xunit;

namespace Moderation.Enforcement.Tests.Audit;

/// <summary>The whole suite, with no post sampled for review: a sampled one does not settle.</summary>
public sealed class UnsampledSuite : SuiteFixture
{
    /// <inheritdoc />
    protected override IReadOnlyDictionary<string, IReadOnlyDictionary<string, string?>> Settings => new Dictionary<string, IReadOnlyDictionary<string, string?>>
    {
        [EnforcementHost.Name] = new Dictionary<string, string?> { ["Review:SampleShare"] = "0" },
    };
}

/// <summary>The whole suite: what it promises about a post holds after the post has settled too.</summary>
public sealed class SettledPostTests(UnsampledSuite suite) : IClassFixture<UnsampledSuite>, IAsyncLifetime
{
    private readonly string _archive = Directory.CreateTempSubdirectory("moderation-archive-").FullName;
    private readonly AuditSigner _signer = AuditSigner.FromPem(AuditSigner.CreatePem());
    private static int _started;
    private AuditRig _rig = null!; // set by InitializeAsync

    public async ValueTask InitializeAsync()
    {
        // Ahead of the suite's clock, so that all it did is old enough, and ahead of the test before, whose leases have ended by then.
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow.AddMinutes(-5 + (10 * Interlocked.Increment(ref _started))));
        _rig = new AuditRig(suite.Redis.ConnectionString, _archive, _signer, time, shards: KeySpace.DefaultShardCount);
        await Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        _signer.Dispose();
        Directory.Delete(_archive, recursive: true);
    }

    private static SubmitPostRequest Request(string post, string text = "Fresh bread every morning from six, come by!", long revision = 1) => new()
    {
        Post = new Post { PostId = post, AccountId = "author-of-" + post, Audience = Audience.Public, Text = text, Language = "en", Revision = revision },
        Wait = Duration.FromTimeSpan(TimeSpan.FromSeconds(10)),
    };

    [Fact]
    public async Task Submitted_again_it_has_the_same_decision_and_other_content_is_a_conflict()
    {
        var tenant = await suite.NewTenantAsync();
        var request = Request("bread");
        request.RequestId = "request-1";
        var first = await tenant.Ingest.SubmitPostAsync(request);
        Assert.Equal(DecisionOutcome.NoAction, first.Decision.Outcome);
        await SettleAsync(tenant.Tenant, "bread", gone: true);

        var again = await tenant.Ingest.SubmitPostAsync(request);
        Assert.Equal((PostState.Decided, first.Decision.DecisionId, DecisionOutcome.NoAction), (again.State, again.Decision.DecisionId, again.Decision.Outcome));
        Assert.Equal(first.Decision.CreateTime, again.Decision.CreateTime);
        Assert.Equal((1L, "author-of-bread", "submit"), (again.Decision.Revision, again.Decision.AccountId, again.Decision.Cause));
        Assert.False(await ExistsAsync(tenant.Tenant, "bread"), "asking again does not make it whole");

        Assert.Equal(ErrorReason.RevisionConflict, await ReasonAsync(tenant.Ingest.SubmitPostAsync(Request("bread", "Other words."))));
        var stolen = Request("bread");
        stolen.Post.AccountId = "thief";
        Assert.Equal(ErrorReason.PostOfOtherAccount, await ReasonAsync(tenant.Ingest.SubmitPostAsync(stolen)));
        var reused = Request("cake");
        reused.RequestId = "request-1";
        Assert.Equal(ErrorReason.RequestIdReused, await ReasonAsync(tenant.Ingest.SubmitPostAsync(reused)));

        var post = await tenant.Ingest.GetPostAsync(new GetPostRequest { PostId = "bread" });
        Assert.Equal((PostState.Decided, 1L, "author-of-bread", first.Decision.DecisionId), (post.State, post.Revision, post.AccountId, post.Decision.DecisionId));
        Assert.Equal(first.Decision, await _rig.Decisions.FindAsync(tenant.Tenant, first.Decision.DecisionId));
        Assert.Equal(ErrorReason.DecisionArchived, await ReasonAsync(tenant.Enforcement.GetDecisionAsync(new GetDecisionRequest { DecisionId = first.Decision.DecisionId })));
    }

    [Fact]
    public async Task Later_revision_makes_it_whole_again_and_both_settle_together()
    {
        var tenant = await suite.NewTenantAsync();
        var first = (await tenant.Ingest.SubmitPostAsync(Request("edited"))).Decision;
        await SettleAsync(tenant.Tenant, "edited", gone: true);
        var second = (await tenant.Ingest.SubmitPostAsync(Request("edited", "Fresh rolls too.", revision: 2))).Decision;
        Assert.NotEqual(first.DecisionId, second.DecisionId);
        Assert.Equal(first.DecisionId, (await tenant.Ingest.SubmitPostAsync(Request("edited"))).Decision.DecisionId);
        Assert.Equal(ErrorReason.RevisionConflict, await ReasonAsync(tenant.Ingest.SubmitPostAsync(Request("edited", "Changed."))));
        Assert.Equal(second.DecisionId, (await tenant.Ingest.GetPostAsync(new GetPostRequest { PostId = "edited" })).Decision.DecisionId);

        await SettleAsync(tenant.Tenant, "edited", gone: true);
        Assert.Equal(first.DecisionId, (await tenant.Ingest.SubmitPostAsync(Request("edited"))).Decision.DecisionId);
        Assert.Equal(second.DecisionId, (await tenant.Ingest.SubmitPostAsync(Request("edited", "Fresh rolls too.", revision: 2))).Decision.DecisionId);
        Assert.Equal(2, (await tenant.Ingest.GetPostAsync(new GetPostRequest { PostId = "edited" })).Revision);

        // A third stays whole: two is what fits. Its decisions leave all the same.
        var third = (await tenant.Ingest.SubmitPostAsync(Request("edited", "And cake.", revision: 3))).Decision;
        await SettleAsync(tenant.Tenant, "edited", gone: false);
        Assert.Equal(first.DecisionId, (await tenant.Ingest.SubmitPostAsync(Request("edited"))).Decision.DecisionId);
        Assert.Equal(third.DecisionId, (await tenant.Ingest.GetPostAsync(new GetPostRequest { PostId = "edited" })).Decision.DecisionId);
    }

    [Fact]
    public async Task Withdrawn_it_takes_no_further_revisions()
    {
        var tenant = await suite.NewTenantAsync();
        await tenant.Ingest.SubmitPostAsync(Request("withdrawn"));
        await SettleAsync(tenant.Tenant, "withdrawn", gone: true);
        await tenant.Ingest.WithdrawPostAsync(new WithdrawPostRequest { PostId = "withdrawn" });
        Assert.Equal(PostState.Withdrawn, (await tenant.Ingest.GetPostAsync(new GetPostRequest { PostId = "withdrawn" })).State);
        Assert.Equal(ErrorReason.PostWithdrawn, await ReasonAsync(tenant.Ingest.SubmitPostAsync(Request("withdrawn", "Again.", revision: 2))));
        await SettleAsync(tenant.Tenant, "withdrawn", gone: false);
    }

    [Fact]
    public async Task Decided_again_by_a_late_call_it_has_the_same_decision()
    {
        var tenant = await suite.NewTenantAsync();
        var first = (await tenant.Ingest.SubmitPostAsync(Request("late"))).Decision;
        await SettleAsync(tenant.Tenant, "late", gone: true);
        var enforcement = new EnforcementService.EnforcementServiceClient(suite.Suite.ConnectAsService(EnforcementHost.Name, "ingest"));
        var answer = await enforcement.DecidePostAsync(new DecidePostRequest
        {
            TenantId = tenant.Tenant,
            Cause = "submit",
            Facts = new Contracts.V1.PostFacts { PostId = "late", AccountId = "author-of-late", Revision = 1 },
            Text = new TextSignals { Status = Contracts.V1.SignalStatus.NotApplicable },
            Media = new MediaSignals { Status = Contracts.V1.SignalStatus.NotApplicable },
        });
        Assert.True(answer.RepeatedCall);
        Assert.Equal(first.DecisionId, answer.Decision.DecisionId);
    }

    [Fact]
    public async Task Reported_it_is_whole_again_and_stays_so_while_its_task_is_open()
    {
        var tenant = await suite.NewTenantAsync();
        var first = (await tenant.Ingest.SubmitPostAsync(Request("reported"))).Decision;
        await SettleAsync(tenant.Tenant, "reported", gone: true);
        var reports = new ReportService.ReportServiceClient(suite.Suite.ConnectWithKey(EnforcementHost.Name, tenant.ApiKey));
        await reports.FileReportAsync(new FileReportRequest
        {
            PostId = "reported",
            ReporterId = "reader",
            Category = Contracts.V1.HarmCategory.Harassment,
            Explanation = "It is about my neighbour.",
        });
        var shard = _rig.Keys.ShardOf(tenant.Tenant, "author-of-reported");
        var row = await _rig.Database.HashGetAsync(KeySpace.Post(shard, tenant.Tenant, "reported"), ["current", "task"]);
        Assert.Equal(first.DecisionId, row[0].ToString());
        Assert.StartsWith("t_", row[1].ToString(), StringComparison.Ordinal);
        await SettleAsync(tenant.Tenant, "reported", gone: false);
        Assert.Equal(first.DecisionId, (await tenant.Ingest.SubmitPostAsync(Request("reported"))).Decision.DecisionId);
    }

    [Fact]
    public async Task Post_with_a_measure_or_a_review_task_never_settles()
    {
        var tenant = await suite.NewTenantAsync();
        var held = (await tenant.Ingest.SubmitPostAsync(Request("scam", "You won a prize! Claim your free $1000 now: http://prize.example"))).Decision;
        Assert.NotEqual((0, 0), (held.Measures.Count, held.ReviewTaskId.Length));
        await SettleAsync(tenant.Tenant, "scam", gone: false);
        Assert.Equal(held, (await tenant.Enforcement.GetDecisionAsync(new GetDecisionRequest { DecisionId = held.DecisionId })).Decision);
    }

    private async Task SettleAsync(string tenant, string post, bool gone)
    {
        await _rig.RoundAsync();
        Assert.Equal(!gone, await ExistsAsync(tenant, post));
    }

    private async Task<bool> ExistsAsync(string tenant, string post)
        => await _rig.Database.KeyExistsAsync(KeySpace.Post(_rig.Keys.ShardOf(tenant, "author-of-" + post), tenant, post));

    private static async Task<ErrorReason> ReasonAsync<T>(AsyncUnaryCall<T> call)
        => RpcErrors.ReasonOf(await Assert.ThrowsAsync<RpcException>(async () => await call));
}
