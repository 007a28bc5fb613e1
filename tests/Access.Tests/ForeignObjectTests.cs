using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host;
using Moderation.Ingest.Host;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;
using Xunit;

namespace Moderation.Access.Tests;

/// <summary>What belongs to another tenant is answered exactly as what does not exist, by every RPC that takes an id.</summary>
public sealed partial class ForeignObjectTests(ForeignObjectTests.Objects objects) : IClassFixture<ForeignObjectTests.Objects>
{
    // Ids that name no object: they are the caller's own choice.
    private static readonly string[] OwnChoice = ["tenant_id", "request_id"];

    // What is made by a call has no object yet. That key ids are unique in the installation is said in the contract.
    private static readonly string[] Makers = ["enforcement.EnforcementService/CreateApiKey", "enforcement.DeliveryService/CreateWebhook"];

    public static TheoryData<string> Rpcs() =>
    [
        .. AnyRpc.All.Where(r => (r.Value.IsPublic || r.Value.IsPeoples) && !r.Value.InstallationWide && !r.Value.Method.IsClientStreaming)
            .Where(r => !Makers.Contains(r.Key) && Ids(r.Value.Method.InputType).Any()).Select(r => r.Key).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Rpcs))]
    public async Task Object_of_another_tenant_is_as_unknown_as_one_that_does_not_exist(string rpc)
    {
        var rule = AnyRpc.All[rpc];
        var callers = new List<Metadata>();
        if (rule.IsPublic)
        {
            callers.Add(await objects.Access.KeyAsync(AccessFixture.Other, [.. ApiKeyScopes.All]));
        }

        callers.AddRange(rule.Roles.Select(r => objects.Access.Person(r, AccessFixture.Other, AccessFixture.Other)));
        foreach (var caller in callers)
        {
            var foreign = await OutcomeAsync(rule, objects.Real, caller);
            Assert.DoesNotContain("INVALID_FIELDS", foreign, StringComparison.Ordinal); // else nothing was looked for
            Assert.Equal(await OutcomeAsync(rule, objects.Unknown, caller), foreign);
        }
    }

    [Fact]
    public async Task Objects_are_there_for_their_own_tenant()
    {
        foreach (var rpc in new[]
        {
            "ingest.IngestService/GetPost", "enforcement.EnforcementService/GetDecision", "enforcement.EnforcementService/GetAccountStanding",
            "enforcement.ReviewService/GetReviewTask", "enforcement.AppealService/GetAppeal",
        })
        {
            var rule = AnyRpc.All[rpc];
            var auditor = objects.Access.Person(Role.Auditor, AccessFixture.Mine, AccessFixture.Mine);
            Assert.NotEqual(await OutcomeAsync(rule, objects.Unknown, auditor), await OutcomeAsync(rule, objects.Real, auditor));
        }
    }

    private static IEnumerable<FieldDescriptor> Ids(MessageDescriptor type) => type.Fields.InDeclarationOrder()
        .Where(f => f.FieldType == FieldType.String && !f.IsRepeated && f.Name.EndsWith("_id", StringComparison.Ordinal) && !OwnChoice.Contains(f.Name));

    private async Task<string> OutcomeAsync(AccessRule rule, IReadOnlyDictionary<string, string> ids, Metadata caller)
    {
        var request = Request(rule.Method.InputType, ids, caller.Get(AccessInterceptor.TenantHeader)?.Value ?? AccessFixture.Other);
        try
        {
            var answer = await AnyRpc.CallAsync(objects.Access.Suite.Channel(AnyRpc.HostOf(rule.Method)), rule.Method, request, caller);
            return Neutral($"{answer}", ids);
        }
        catch (RpcException failure)
        {
            return Neutral($"{failure.StatusCode} {failure.Status.Detail} {failure.GetRpcStatus()?.GetDetail<Google.Rpc.ErrorInfo>()}", ids);
        }
    }

    private static IMessage Request(MessageDescriptor type, IReadOnlyDictionary<string, string> ids, string tenant)
    {
        var request = type.Parser.ParseFrom([]);
        foreach (var id in Ids(type))
        {
            Assert.True(ids.TryGetValue(id.Name, out var value), $"{type.Name}.{id.Name}: say in {nameof(Objects)} which object this is.");
            id.Accessor.SetValue(request, value);
        }

        type.FindFieldByName("etag")?.Accessor.SetValue(request, "1");
        type.FindFieldByName("tenant_id")?.Accessor.SetValue(request, tenant);
        switch (request)
        {
            case RotateApiKeyRequest rotate:
                rotate.OldSecretEndTime = Timestamp.FromDateTime(DateTime.UtcNow);
                break;
            case UpdateWebhookRequest update:
                update.Webhook = new Webhook { State = WebhookState.Paused };
                update.UpdateMask = FieldMask.FromString("state");
                break;
            case MakeDecisionRequest decide:
                decide.RequestId = $"request-{Guid.NewGuid():n}";
                decide.Verdict = new Verdict { Rationale = "It breaks no rule." };
                break;
            case CompleteReviewRequest complete:
                complete.Verdict = new Verdict { Rationale = "It breaks no rule." };
                break;
        }

        return request;
    }

    // Ids that are minted and times differ between any two calls; the ids that were asked for stand in answers.
    private static string Neutral(string answer, IReadOnlyDictionary<string, string> ids)
        => Changing().Replace(ids.Values.Aggregate(answer, (text, id) => text.Replace(id, "ID", StringComparison.Ordinal)), "-");

    [GeneratedRegex(@"[a-z]_\d+_[0-9A-Z]{26}|\d{4}-\d\d-\d\dT[0-9:.]+Z|request-[0-9a-f]{32}")]
    private static partial Regex Changing();

    /// <summary>One object of each kind of the tenant "mine", and ids of the same form that nobody has.</summary>
    public sealed class Objects(AccessFixture access) : IAsyncLifetime
    {
        public AccessFixture Access => access;

        public Dictionary<string, string> Real { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, string> Unknown { get; } = new(StringComparer.Ordinal)
        {
            ["post_id"] = "post-of-nobody",
            ["account_id"] = "account-of-nobody",
            ["decision_id"] = "d_1_01ARZ3NDEKTSV4RRFFQ69G5FAV",
            ["task_id"] = "t_1_01ARZ3NDEKTSV4RRFFQ69G5FAV",
            ["appeal_id"] = "a_1_01ARZ3NDEKTSV4RRFFQ69G5FAV",
            ["key_id"] = "key-of-nobody",
            ["webhook_id"] = "webhook-of-nobody",
        };

        public async ValueTask InitializeAsync()
        {
            var key = await access.KeyAsync(AccessFixture.Mine, [.. ApiKeyScopes.All]);
            var channel = access.Suite.Channel(EnforcementHost.Name);
            var ingest = new IngestService.IngestServiceClient(access.Suite.Channel(IngestHost.Name));
            var submitted = await ingest.SubmitPostAsync(
                new SubmitPostRequest
                {
                    Post = new Post { PostId = "foreign-post", AccountId = "foreign-account", Audience = Audience.Public, Text = "Fresh bread every morning." },
                    RequestId = "foreign-request",
                    Wait = Duration.FromTimeSpan(TimeSpan.FromSeconds(10)),
                },
                key);
            Assert.Equal(PostState.Decided, submitted.State);

            // A decision with a measure, so that there is an appeal and its task.
            var decided = await new EnforcementService.EnforcementServiceClient(channel).DecidePostAsync(
                new DecidePostRequest
                {
                    TenantId = AccessFixture.Mine,
                    Cause = "submit",
                    Facts = new PostFacts { PostId = "foreign-fraud", AccountId = "foreign-account", Revision = 1, AuthorLanguage = "en", TextLength = 4, LinkCount = 1, Fingerprint = "f" },
                    Text = new TextSignals
                    {
                        Status = SignalStatus.Available, ModelVersion = "test", Language = "en", Scores = { new CategoryScore { Category = HarmCategory.FraudSpam, Score = 0.999f } },
                    },
                    Media = new MediaSignals { Status = SignalStatus.NotApplicable },
                    ReviewText = "text",
                },
                access.Service(AccessFixture.Mine));
            var appeal = await new AppealService.AppealServiceClient(channel).FileAppealAsync(
                new FileAppealRequest { DecisionId = decided.Decision.DecisionId, Text = "It was irony." }, key);
            var tasks = await new ReviewService.ReviewServiceClient(channel).ListReviewTasksAsync(
                new ListReviewTasksRequest { TenantId = AccessFixture.Mine, Queue = "appeals" }, access.Person(Role.Auditor, AccessFixture.Mine, AccessFixture.Mine));
            await access.Suite.CreateApiKeyAsync(AccessFixture.Mine, "foreign-key");
            await new DeliveryService.DeliveryServiceClient(channel).CreateWebhookAsync(
                new CreateWebhookRequest { TenantId = AccessFixture.Mine, WebhookId = "foreign-webhook", Url = "https://hooks.example/moderation" },
                access.Person(Role.Admin, AccessFixture.Mine, AccessFixture.Mine));
            Real["post_id"] = "foreign-post";
            Real["account_id"] = "foreign-account";
            Real["decision_id"] = decided.Decision.DecisionId;
            Real["task_id"] = tasks.Tasks[0].TaskId;
            Real["appeal_id"] = appeal.Appeal.AppealId;
            Real["key_id"] = "foreign-key";
            Real["webhook_id"] = "foreign-webhook";
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
