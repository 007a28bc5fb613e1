using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;
using Xunit;

namespace Moderation.Enforcement.Tests.Decisions;

public sealed class DecidePostTests(EnforcementFixture enforcement) : IClassFixture<EnforcementFixture>
{
    private const string Tenant = "tenant";

    private static DecidePostRequest Request(string post, double hate = 0.01, long revision = 1) => new()
    {
        TenantId = Tenant,
        Cause = "submit",
        Facts = new Contracts.V1.PostFacts
        {
            PostId = post,
            AccountId = "author-of-" + post,
            Revision = revision,
            AuthorLanguage = "es",
            TextLength = 40,
            IntakeTime = Timestamp.FromDateTime(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc)),
        },
        Text = new TextSignals
        {
            Status = Contracts.V1.SignalStatus.Available,
            ModelVersion = "test",
            Language = "en",
            Scores = { new CategoryScore { Category = Contracts.V1.HarmCategory.Hate, Score = (float)hate } },
            Spans = { new Contracts.V1.TextSpan { Category = Contracts.V1.HarmCategory.Hate, Start = 3, End = 9 } },
        },
        Media = new MediaSignals { Status = Contracts.V1.SignalStatus.NotApplicable },
    };

    private async Task<Decision> DecideAsync(DecidePostRequest request)
        => (await enforcement.Client.DecidePostAsync(request, enforcement.AsService())).Decision;

    private IDatabase Database => enforcement.Services.GetRequiredService<RedisConnectionStore>().Multiplexer.GetDatabase();

    private int ShardOf(string post) => enforcement.Services.GetRequiredService<KeySpace>().ShardOf(Tenant, "author-of-" + post);

    [Fact]
    public async Task DecidePost_called_many_times_at_once_commits_once()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(async _ => await enforcement.Client.DecidePostAsync(Request("once", 0.99), enforcement.AsService())));
        var id = Assert.Single(answers.Select(a => a.Decision.DecisionId).Distinct());
        Assert.Equal(63, answers.Count(a => a.RepeatedCall));
        Assert.All(answers, a => Assert.Equal(answers[0].Decision, a.Decision));
        var shard = ShardOf("once");
        var audited = (await Database.StreamRangeAsync(KeySpace.Audit(shard))).Select(e => AuditEntry.Parser.ParseFrom((byte[])e["a"]!));
        Assert.Single(audited, a => a.Committed.DecisionId == id);
        Assert.Equal(1, await Database.StreamLengthAsync(KeySpace.Outbox(shard, Tenant)));
    }

    [Fact]
    public async Task DecidePost_with_a_measure_stores_notice_statement_and_what_it_rested_on()
    {
        var decision = await DecideAsync(Request("measured", 0.99));
        Assert.Equal(DecisionOutcome.Measures, decision.Outcome);
        Assert.Equal("es", decision.Statement.Language);
        Assert.Equal(decision.Measures.Count, decision.Statement.Items.Count);
        Assert.NotEmpty(decision.Notice.Body);
        Assert.NotEmpty(decision.Reasons);
        Assert.All(decision.Reasons, reason =>
        {
            Assert.NotEmpty(reason.ClauseTitle);
            Assert.Contains(reason.Evidence, e => e.Name == "text.score.hate" && e.Spans.Count == 1);
        });
        var read = await enforcement.Client.GetDecisionAsync(new GetDecisionRequest { DecisionId = decision.DecisionId }, enforcement.AsService(Tenant));
        Assert.Equal(decision, read.Decision);
        var record = await enforcement.Services.GetRequiredService<DecisionStore>().FindRecordAsync(decision.DecisionId);
        Assert.Equal(Request("measured", 0.99), record!.Inputs);
        Assert.Equal(16, record.Nonce.Length);
        var audited = (await Database.StreamRangeAsync(KeySpace.Audit(ShardOf("measured")))).Select(e => AuditEntry.Parser.ParseFrom((byte[])e["a"]!).Committed)
            .Single(c => c?.DecisionId == decision.DecisionId);
        Assert.Equal(StoredDecision.Hash(record), audited.ContentHash);
    }

    [Fact]
    public async Task DecidePost_of_an_older_revision_is_superseded_and_tells_the_author_nothing()
    {
        var current = await DecideAsync(Request("edited", 0.01, revision: 3));
        var old = await DecideAsync(Request("edited", 0.99, revision: 2));
        Assert.Equal(DecisionOutcome.Superseded, old.Outcome);
        Assert.Empty(old.Measures);
        Assert.Null(old.Notice);
        var row = await Database.HashGetAsync(KeySpace.Post(ShardOf("edited"), Tenant, "edited"), "current");
        Assert.Equal(current.DecisionId, row.ToString());
    }

    [Fact]
    public async Task DecidePost_of_a_later_revision_closes_the_task_of_the_earlier_one()
    {
        var held = await DecideAsync(Request("held", 0.99));
        Assert.NotEmpty(held.ReviewTaskId);
        var shard = ShardOf("held");
        var queue = KeySpace.ReviewQueue(shard, Tenant, "general");
        Assert.NotNull(await Database.SortedSetScoreAsync(queue, held.ReviewTaskId));
        var harmless = await DecideAsync(Request("held", 0.01, revision: 2));
        Assert.Null(await Database.SortedSetScoreAsync(queue, held.ReviewTaskId));
        Assert.Equal("closed", await Database.HashGetAsync(KeySpace.ReviewTask(shard, held.ReviewTaskId), "s"));
        Assert.Equal(held.DecisionId, harmless.Supersedes);
        Assert.Equal(held.Measures.Select(m => m.MeasureId), harmless.RevertedMeasures.Select(m => m.MeasureId));
    }

    [Fact]
    public async Task DecidePost_without_a_measure_after_one_with_keeps_the_post_for_the_appeal()
    {
        await DecideAsync(Request("kept", 0.99));
        var harmless = await DecideAsync(Request("kept", 0.01, revision: 2));
        var shard = ShardOf("kept");
        Assert.True(await Database.KeyTimeToLiveAsync(KeySpace.Post(shard, Tenant, "kept")) > TimeSpan.FromDays(213));
        Assert.True(await Database.KeyTimeToLiveAsync(KeySpace.Decision(shard, harmless.DecisionId)) < TimeSpan.FromDays(8));
    }

    [Fact]
    public async Task Commit_of_a_measure_without_its_statement_is_refused_by_the_script()
    {
        var request = Request("unexplained", 0.99);
        var decision = Decided(request, Contracts.V1.HarmCategory.Hate, Contracts.V1.MeasureKind.Remove);
        var store = enforcement.Services.GetRequiredService<DecisionStore>();
        var refused = await Assert.ThrowsAsync<RpcException>(() => store.CommitAsync(Pending(decision, request, Decider.Person)));
        Assert.Equal(ErrorReason.DecisionRefused, RpcErrors.ReasonOf(refused));
        Assert.False(await Database.KeyExistsAsync(KeySpace.Post(ShardOf("unexplained"), Tenant, "unexplained")));
    }

    [Theory]
    [InlineData(Contracts.V1.HarmCategory.FalseClaim, Contracts.V1.MeasureKind.Remove, Decider.Person)]
    [InlineData(Contracts.V1.HarmCategory.FalseClaim, Contracts.V1.MeasureKind.Label, Decider.Automatic)]
    [InlineData(Contracts.V1.HarmCategory.ChildSexualExploitation, Contracts.V1.MeasureKind.Remove, Decider.Automatic)]
    [InlineData(Contracts.V1.HarmCategory.Hate, Contracts.V1.MeasureKind.TerminateAccount, Decider.Automatic)]
    public async Task Commit_across_a_line_of_the_matrix_is_refused_on_any_path(
        Contracts.V1.HarmCategory category, Contracts.V1.MeasureKind measure, Decider by)
    {
        var request = Request("line", 0.99);
        var store = enforcement.Services.GetRequiredService<DecisionStore>();
        var refused = await Assert.ThrowsAsync<RpcException>(() => store.CommitAsync(Pending(Decided(request, category, measure), request, by)));
        Assert.Equal(ErrorReason.DecisionRefused, RpcErrors.ReasonOf(refused));
    }

    [Fact]
    public async Task DecidePost_with_wrong_fields_names_them_all()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await enforcement.Client.DecidePostAsync(
            new DecidePostRequest { TenantId = "Not A Tenant", Cause = "" }, enforcement.AsService()));
        var fields = failure.GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>()!.FieldViolations.Select(v => v.Field);
        Assert.Equal(["tenant_id", "cause", "facts", "text", "media"], fields);
    }

    [Theory]
    [InlineData(Contracts.V1.HarmCategory.ChildSexualExploitation, 0.5f)]
    [InlineData(Contracts.V1.HarmCategory.Hate, 1.5f)]
    [InlineData(Contracts.V1.HarmCategory.Hate, float.NaN)]
    public async Task DecidePost_with_a_score_that_no_model_may_give_is_refused(Contracts.V1.HarmCategory category, float score)
    {
        var request = Request("bad-score");
        request.Text.Scores.Add(new CategoryScore { Category = category, Score = score });
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await enforcement.Client.DecidePostAsync(request, enforcement.AsService()));
        Assert.Equal(ErrorReason.InvalidFields, RpcErrors.ReasonOf(failure));
    }

    [Fact]
    public async Task DecidePost_with_a_tenants_key_or_a_persons_token_is_denied()
    {
        var created = await enforcement.Client.CreateApiKeyAsync(new CreateApiKeyRequest { TenantId = Tenant, KeyId = "denied" }, enforcement.AsPerson());
        foreach (var headers in new[] { new Metadata { { "x-api-key", created.ApiKey } }, enforcement.AsPerson() })
        {
            var failure = await Assert.ThrowsAsync<RpcException>(async () => await enforcement.Client.DecidePostAsync(Request("denied"), headers));
            Assert.Equal(ErrorReason.AccessDenied, RpcErrors.ReasonOf(failure));
        }
    }

    [Fact]
    public async Task DecideStream_answers_each_call_and_a_bad_one_ends_nothing()
    {
        using var stream = enforcement.Client.DecideStream(enforcement.AsService());
        var message = new DecideStreamRequest();
        for (ulong i = 1; i <= 8; i++)
        {
            message.Calls.Add(new DecideStreamCall { CorrelationId = i, Request = i == 5 ? new DecidePostRequest() : Request($"stream{i}") });
        }

        await stream.RequestStream.WriteAsync(message);
        await stream.RequestStream.CompleteAsync();
        var answers = new List<DecideStreamAnswer>();
        await foreach (var answer in stream.ResponseStream.ReadAllAsync())
        {
            answers.AddRange(answer.Answers);
        }

        Assert.Equal(8, answers.Count);
        Assert.Equal(5UL, Assert.Single(answers, a => a.Error is not null).CorrelationId);
        Assert.All(answers.Where(a => a.Error is null), a => Assert.Equal($"stream{a.CorrelationId}", a.Response.Decision.PostId));
    }

    private static PendingDecision Pending(Decision decision, DecidePostRequest request, Decider by) => new(
        new DecisionRecord { Decision = decision, Inputs = request }, PostView.Unseen, by, new Dictionary<string, EvidenceBasis> { ["r"] = EvidenceBasis.TextScore });

    private static Decision Decided(DecidePostRequest request, Contracts.V1.HarmCategory category, Contracts.V1.MeasureKind measure) => new()
    {
        DecisionId = KeySpace.MintId('d', 0, DateTimeOffset.UnixEpoch),
        TenantId = Tenant,
        PostId = request.Facts.PostId,
        AccountId = request.Facts.AccountId,
        Revision = 1,
        Cause = "review:t_0_test",
        CreateTime = request.Facts.IntakeTime,
        Outcome = DecisionOutcome.Measures,
        Measures = { new Measure { Kind = measure, Category = category, RuleId = "r", ClauseId = "c" } },
    };
}
