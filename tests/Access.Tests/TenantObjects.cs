using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host;
using Moderation.Ingest.Host;
using Moderation.ServiceDefaults.Auth;
using Xunit;

namespace Moderation.Access.Tests;

/// <summary>One object of each kind of the tenant "mine", and ids of the same form that nobody has.</summary>
public sealed class TenantObjects(AccessFixture access) : IAsyncLifetime
{
    private const string Mine = AccessFixture.Mine;

    public AccessFixture Access => access;

    public Dictionary<string, string> Real { get; } = new(StringComparer.Ordinal)
    {
        ["post_id"] = "foreign-post",
        ["account_id"] = "foreign-account",
        ["reporter_id"] = "foreign-reporter",
        ["flagger_id"] = "foreign-flagger",
        ["trusted_flagger_id"] = "foreign-flagger",
        ["key_id"] = "foreign-key",
        ["webhook_id"] = "foreign-webhook",
        ["entry_id"] = "foreign-entry",
    };

    public Dictionary<string, string> Unknown { get; } = new(StringComparer.Ordinal)
    {
        ["post_id"] = "post-of-nobody",
        ["account_id"] = "account-of-nobody",
        ["reporter_id"] = "reporter-of-nobody",
        ["flagger_id"] = "flagger-of-nobody",
        ["trusted_flagger_id"] = "flagger-of-nobody",
        ["key_id"] = "key-of-nobody",
        ["webhook_id"] = "webhook-of-nobody",
        ["entry_id"] = "entry-of-nobody",
        ["erasure_id"] = "e_1_01ARZ3NDEKTSV4RRFFQ69G5FAV",
        ["hold_id"] = "h_1_01ARZ3NDEKTSV4RRFFQ69G5FAV",
        ["job_id"] = "b_1_01ARZ3NDEKTSV4RRFFQ69G5FAV",
        ["decision_id"] = "d_1_01ARZ3NDEKTSV4RRFFQ69G5FAV",
        ["task_id"] = "t_1_01ARZ3NDEKTSV4RRFFQ69G5FAV",
        ["appeal_id"] = "a_1_01ARZ3NDEKTSV4RRFFQ69G5FAV",
        ["report_id"] = "r_1_01ARZ3NDEKTSV4RRFFQ69G5FAV",
        ["order_id"] = "o_1_01ARZ3NDEKTSV4RRFFQ69G5FAV",
        ["preservation_id"] = "p_1_01ARZ3NDEKTSV4RRFFQ69G5FAV",
    };

    public async ValueTask InitializeAsync()
    {
        var key = await access.KeyAsync(Mine, [.. ApiKeyScopes.All]);
        var channel = access.Suite.Channel(EnforcementHost.Name);
        var ingest = new IngestService.IngestServiceClient(access.Suite.Channel(IngestHost.Name));
        var submitted = await ingest.SubmitPostAsync(
            new SubmitPostRequest
            {
                Post = new Post { PostId = Real["post_id"], AccountId = Real["account_id"], Audience = Audience.Public, Text = "Fresh bread every morning." },
                RequestId = "foreign-request",
                Wait = Duration.FromTimeSpan(TimeSpan.FromSeconds(10)),
            },
            key);
        Assert.Equal(PostState.Decided, submitted.State);

        // A decision with a measure, so that there is an appeal and its task.
        Real["decision_id"] = await DecideAsync(channel, "foreign-fraud", r => r.Text.Scores.Add(new CategoryScore { Category = HarmCategory.FraudSpam, Score = 0.999f }));
        var appeal = await new AppealService.AppealServiceClient(channel).FileAppealAsync(
            new FileAppealRequest { DecisionId = Real["decision_id"], Text = "It was irony." }, key);
        Real["appeal_id"] = appeal.Appeal.AppealId;
        var tasks = await new ReviewService.ReviewServiceClient(channel).ListReviewTasksAsync(
            new ListReviewTasksRequest { TenantId = Mine, Queue = "appeals" }, As(Role.Auditor));
        Real["task_id"] = tasks.Tasks[0].TaskId;

        var preserved = await DecideAsync(channel, "foreign-picture", MatchKnownPicture);
        Real["preservation_id"] = "p" + preserved[1..];
        await ReportAsync(channel, key);
        await KeepAsync(channel, key);
        await access.Suite.CreateApiKeyAsync(Mine, Real["key_id"]);
        await new DeliveryService.DeliveryServiceClient(channel).CreateWebhookAsync(
            new CreateWebhookRequest { TenantId = Mine, WebhookId = Real["webhook_id"], Url = "https://hooks.example/moderation" }, As(Role.Admin));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Metadata As(Role role) => access.Person(role, Mine, Mine);

    private async Task ReportAsync(ChannelBase channel, Metadata key)
    {
        var reports = new ReportService.ReportServiceClient(channel);
        await reports.AddTrustedFlaggerAsync(
            new AddTrustedFlaggerRequest { TenantId = Mine, Flagger = new TrustedFlagger { FlaggerId = Real["flagger_id"], Name = "A flagger" } }, As(Role.Admin));
        var report = await reports.FileReportAsync(
            new FileReportRequest { PostId = Real["post_id"], ReporterId = Real["reporter_id"], Category = HarmCategory.FraudSpam, Explanation = "It is a scam." }, key);
        Real["report_id"] = report.Report.ReportId;
        var order = await new OrderService.OrderServiceClient(channel).FileOrderAsync(
            new FileOrderRequest
            {
                TenantId = Mine,
                Order = new AuthorityOrder
                {
                    Authority = "An authority",
                    AuthorityCountry = "DE",
                    LegalGround = "Section 1 of the Example Act",
                    Reference = "1/2026",
                    TerritorialScope = { "DE" },
                    PostId = Real["post_id"],
                    Category = HarmCategory.FraudSpam,
                    ReceiveTime = Timestamp.FromDateTime(DateTime.UtcNow.AddHours(-1)),
                },
            },
            As(Role.Lead));
        Real["order_id"] = order.Order.OrderId;
    }

    // What outlives the decision: an erasure, a hold, a bulk job, an entry of a list.
    private async Task KeepAsync(ChannelBase channel, Metadata key)
    {
        var data = new DataService.DataServiceClient(channel);
        Real["erasure_id"] = (await data.EraseAccountAsync(new EraseAccountRequest { AccountId = "foreign-erased", RequestId = "foreign-1" }, key)).Erasure.ErasureId;
        var hold = await data.SetLegalHoldAsync(
            new SetLegalHoldRequest
            {
                TenantId = Mine,
                AccountId = "foreign-held",
                LegalGround = "Case 1",
                EndTime = Timestamp.FromDateTime(DateTime.UtcNow.AddDays(1)),
                RequestId = "foreign-2",
            },
            As(Role.Admin));
        Real["hold_id"] = hold.Hold.HoldId;
        var job = await new BulkService.BulkServiceClient(channel).StartBulkDecisionAsync(
            new StartBulkDecisionRequest
            {
                TenantId = Mine,
                RequestId = "foreign-3",
                Selection = new BulkSelection { Evidence = "hotline/e1" },
                Verdict = new Verdict { Rationale = "It breaks no rule." },
                Cap = 10,
            },
            As(Role.Lead));
        Real["job_id"] = job.Job.JobId;
        await new TextListService.TextListServiceClient(access.Suite.Channel("text-classify")).AddTextListEntriesAsync(
            new AddTextListEntriesRequest
            {
                TenantId = Mine,
                Entries = { new TextListEntry { EntryId = Real["entry_id"], Category = HarmCategory.FraudSpam, Term = "a term" } },
            },
            As(Role.Policy));
    }

    private async Task<string> DecideAsync(ChannelBase channel, string post, Action<DecidePostRequest> signal)
    {
        var request = new DecidePostRequest
        {
            TenantId = Mine,
            Cause = "submit",
            Facts = new PostFacts
            {
                PostId = post,
                AccountId = Real["account_id"],
                Revision = 1,
                AuthorLanguage = "en",
                TextLength = 4,
                LinkCount = 1,
                Fingerprint = post,
            },
            Text = new TextSignals { Status = SignalStatus.Available, ModelVersion = "test", Language = "en" },
            Media = new MediaSignals { Status = SignalStatus.NotApplicable },
            ReviewText = "text",
        };
        signal(request);
        var decided = await new EnforcementService.EnforcementServiceClient(channel).DecidePostAsync(request, access.Service(Mine));
        Assert.NotEmpty(decided.Decision.Measures);
        return decided.Decision.DecisionId;
    }

    private static void MatchKnownPicture(DecidePostRequest request)
    {
        request.Facts.MediaIds.Add("m_known");
        request.Media = new MediaSignals
        {
            Status = SignalStatus.Available,
            BankVersion = 1,
            Matches =
            {
                new BankMatch
                {
                    MediaId = "m_known", BankId = "hotline", EntryId = "e1", Category = HarmCategory.ChildSexualExploitation, Kind = HashKind.Sha256, Quality = 100,
                },
            },
        };
    }
}
