using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Ingest.Host;
using Moderation.ServiceDefaults.Errors;
using Moderation.Testing;
using Xunit;

namespace Moderation.Ingest.Tests.Rpc;

public sealed class SubmitPostTests(SuiteFixture suite) : IClassFixture<SuiteFixture>
{
    [Fact]
    public async Task SubmitPost_of_a_public_post_is_decided_and_can_be_read()
    {
        var tenant = await suite.NewTenantAsync();
        var answer = await tenant.Ingest.SubmitPostAsync(Posts.Submit("p1"));
        Assert.Equal(PostState.Decided, answer.State);
        Assert.Equal("p1", answer.Decision.PostId);
        Assert.Equal(SignalStatus.Available, answer.Decision.TextStatus);
        var read = await tenant.Ingest.GetPostAsync(new GetPostRequest { PostId = "p1" });
        Assert.Equal(answer.Decision, read.Decision);
        Assert.Equal(PostState.Decided, read.State);
        Assert.Equal(answer.Decision, (await tenant.Enforcement.GetDecisionAsync(new GetDecisionRequest { DecisionId = answer.Decision.DecisionId })).Decision);
    }

    [Fact]
    public async Task SubmitPost_sent_many_times_at_once_is_one_decision()
    {
        var tenant = await suite.NewTenantAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(async _ => await tenant.Ingest.SubmitPostAsync(Posts.Submit("p1"))));
        Assert.Single(answers.Select(a => a.Decision.DecisionId).Distinct());
    }

    [Fact]
    public async Task SubmitPost_with_a_request_id_of_another_body_is_refused()
    {
        var tenant = await suite.NewTenantAsync();
        var first = Posts.Submit("p1");
        first.RequestId = "r1";
        var decided = await tenant.Ingest.SubmitPostAsync(first);
        Assert.Equal(decided, await tenant.Ingest.SubmitPostAsync(first));
        var other = Posts.Submit("p2");
        other.RequestId = "r1";
        await Posts.AssertFailsAsync(StatusCode.AlreadyExists, ErrorReason.RequestIdReused, async () => await tenant.Ingest.SubmitPostAsync(other));
        await Posts.AssertFailsAsync(
            StatusCode.NotFound, ErrorReason.PostNotFound, async () => await tenant.Ingest.GetPostAsync(new GetPostRequest { PostId = "p2" }));
    }

    [Fact]
    public async Task SubmitPost_that_is_refused_leaves_its_request_id_free()
    {
        var tenant = await suite.NewTenantAsync();
        await tenant.Ingest.SubmitPostAsync(Posts.Submit("p1"));
        var conflict = Posts.Submit("p1", "Another text.");
        conflict.RequestId = "r1";
        await Posts.AssertFailsAsync(StatusCode.AlreadyExists, ErrorReason.RevisionConflict, async () => await tenant.Ingest.SubmitPostAsync(conflict));
        var corrected = Posts.Submit("p1", "Another text.");
        corrected.RequestId = "r1";
        corrected.Post.Revision = 2;
        Assert.Equal(PostState.Decided, (await tenant.Ingest.SubmitPostAsync(corrected)).State);
    }

    [Fact]
    public async Task SubmitPost_of_the_same_revision_with_another_text_is_refused()
    {
        var tenant = await suite.NewTenantAsync();
        await tenant.Ingest.SubmitPostAsync(Posts.Submit("p1"));
        await Posts.AssertFailsAsync(
            StatusCode.AlreadyExists, ErrorReason.RevisionConflict, async () => await tenant.Ingest.SubmitPostAsync(Posts.Submit("p1", "Another text.")));
    }

    [Fact]
    public async Task SubmitPost_of_a_later_revision_becomes_the_current_decision()
    {
        var tenant = await suite.NewTenantAsync();
        await tenant.Ingest.SubmitPostAsync(Posts.Submit("p1"));
        var edit = Posts.Submit("p1", "An edited text.");
        edit.Post.Revision = 2;
        var answer = await tenant.Ingest.SubmitPostAsync(edit);
        var read = await tenant.Ingest.GetPostAsync(new GetPostRequest { PostId = "p1" });
        Assert.Equal(2, read.Revision);
        Assert.Equal(answer.Decision.DecisionId, read.Decision.DecisionId);
    }

    [Fact]
    public async Task SubmitPost_of_an_older_revision_is_recorded_and_changes_nothing()
    {
        var tenant = await suite.NewTenantAsync();
        var late = Posts.Submit("p1");
        late.Post.Revision = 5;
        var current = await tenant.Ingest.SubmitPostAsync(late);
        var old = Posts.Submit("p1", "An older text.");
        old.Post.Revision = 2;
        Assert.Equal(DecisionOutcome.Superseded, (await tenant.Ingest.SubmitPostAsync(old)).Decision.Outcome);
        var read = await tenant.Ingest.GetPostAsync(new GetPostRequest { PostId = "p1" });
        Assert.Equal(5, read.Revision);
        Assert.Equal(current.Decision.DecisionId, read.Decision.DecisionId);
    }

    [Fact]
    public async Task SubmitPost_of_another_account_with_a_known_post_id_is_refused()
    {
        var tenant = await suite.NewTenantAsync();
        await tenant.Ingest.SubmitPostAsync(Posts.Submit("p1"));
        var other = Posts.Submit("p1");
        other.Post.AccountId = "someone-else";
        await Posts.AssertFailsAsync(StatusCode.FailedPrecondition, ErrorReason.PostOfOtherAccount, async () => await tenant.Ingest.SubmitPostAsync(other));
    }

    [Fact]
    public async Task SubmitPost_after_a_withdrawal_is_refused_and_withdrawing_twice_is_withdrawing_once()
    {
        var tenant = await suite.NewTenantAsync();
        await tenant.Ingest.SubmitPostAsync(Posts.Submit("p1"));
        var first = await tenant.Ingest.WithdrawPostAsync(new WithdrawPostRequest { PostId = "p1" });
        Assert.Equal(first, await tenant.Ingest.WithdrawPostAsync(new WithdrawPostRequest { PostId = "p1" }));
        Assert.Equal(PostState.Withdrawn, (await tenant.Ingest.GetPostAsync(new GetPostRequest { PostId = "p1" })).State);
        var edit = Posts.Submit("p1", "Again.");
        edit.Post.Revision = 2;
        await Posts.AssertFailsAsync(StatusCode.FailedPrecondition, ErrorReason.PostWithdrawn, async () => await tenant.Ingest.SubmitPostAsync(edit));
    }

    [Theory]
    [InlineData(Audience.Private)]
    [InlineData(Audience.Unspecified)]
    public async Task SubmitPost_that_is_not_public_is_refused_and_leaves_nothing(Audience audience)
    {
        var tenant = await suite.NewTenantAsync();
        var before = await suite.KeysAsync();
        var request = Posts.Submit("private-post");
        request.Post.Audience = audience;
        await Posts.AssertFailsAsync(
            StatusCode.InvalidArgument, ErrorReason.PrivateContentNotAccepted, async () => await tenant.Ingest.SubmitPostAsync(request));
        Assert.DoesNotContain(await suite.KeysAsync(), k => k.Contains("private-post", StringComparison.Ordinal) && !before.Contains(k));
    }

    [Fact]
    public async Task SubmitPost_with_an_empty_id_and_ten_megabytes_of_text_names_both_and_leaves_nothing()
    {
        var tenant = await suite.NewTenantAsync();
        var request = Posts.Submit("big-post", new string('x', 10_000_000));
        request.Post.AccountId = "";
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await tenant.Ingest.SubmitPostAsync(request));
        Assert.Equal(ErrorReason.InvalidFields, RpcErrors.ReasonOf(failure));
        var fields = failure.GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>()!.FieldViolations.Select(v => v.Field);
        Assert.Equal(["post.account_id", "post.text"], fields);
        Assert.DoesNotContain(await suite.KeysAsync(), k => k.Contains("big-post", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SubmitPost_with_a_wrong_key_or_none_is_refused()
    {
        var wrong = new IngestService.IngestServiceClient(suite.Suite.ConnectWithKey(IngestHost.Name, "mk_nobody_" + new string('0', 64)));
        await Posts.AssertFailsAsync(StatusCode.Unauthenticated, ErrorReason.Unauthenticated, async () => await wrong.SubmitPostAsync(Posts.Submit("p1")));
        var none = new IngestService.IngestServiceClient(suite.Suite.Channel(IngestHost.Name));
        await Posts.AssertFailsAsync(StatusCode.Unauthenticated, ErrorReason.Unauthenticated, async () => await none.SubmitPostAsync(Posts.Submit("p1")));
    }

    [Fact]
    public async Task GetPost_of_another_tenant_is_not_found()
    {
        var tenant = await suite.NewTenantAsync();
        var other = await suite.NewTenantAsync();
        var answer = await tenant.Ingest.SubmitPostAsync(Posts.Submit("p1"));
        await Posts.AssertFailsAsync(
            StatusCode.NotFound, ErrorReason.PostNotFound, async () => await other.Ingest.GetPostAsync(new GetPostRequest { PostId = "p1" }));
        await Posts.AssertFailsAsync(
            StatusCode.NotFound, ErrorReason.DecisionNotFound,
            async () => await other.Enforcement.GetDecisionAsync(new GetDecisionRequest { DecisionId = answer.Decision.DecisionId }));
    }

    [Fact]
    public async Task SubmitPost_with_no_time_to_wait_is_pending_and_decided_all_the_same()
    {
        var tenant = await suite.NewTenantAsync();
        var request = Posts.Submit("p1");
        request.Wait = new Google.Protobuf.WellKnownTypes.Duration();
        var answer = await tenant.Ingest.SubmitPostAsync(request);
        Assert.Equal(PostState.Pending, answer.State);
        request.Wait = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromSeconds(10));
        Assert.Equal(PostState.Decided, (await tenant.Ingest.SubmitPostAsync(request)).State);
    }

    [Fact]
    public async Task StreamPosts_answers_each_post_and_a_bad_one_ends_nothing()
    {
        var tenant = await suite.NewTenantAsync();
        using var stream = tenant.Ingest.StreamPosts();
        for (ulong i = 1; i <= 20; i++)
        {
            var submit = Posts.Submit(i == 7 ? "" : $"p{i}");
            await stream.RequestStream.WriteAsync(new StreamPostsRequest { CorrelationId = i, Submit = submit });
        }

        await stream.RequestStream.CompleteAsync();
        var answers = new Dictionary<ulong, StreamPostsResponse>();
        await foreach (var answer in stream.ResponseStream.ReadAllAsync())
        {
            answers.Add(answer.CorrelationId, answer);
        }

        Assert.Equal(20, answers.Count);
        Assert.Equal((int)StatusCode.InvalidArgument, answers[7].Error.Code);
        Assert.All(answers.Where(a => a.Key != 7), a => Assert.Equal($"p{a.Key}", a.Value.Accepted.Decision.PostId));
    }
}
