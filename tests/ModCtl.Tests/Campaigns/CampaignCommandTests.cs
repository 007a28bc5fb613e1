using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Tests.Fakes;

namespace Moderation.ModCtl.Tests.Campaigns;

/// <summary>What <c>modctl campaign</c> asks of the service, and what it prints of the answer.</summary>
public sealed class CampaignCommandTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private GrpcServer<FakeCampaigns> _server = null!; // set by InitializeAsync

    public async ValueTask InitializeAsync() => _server = await GrpcServer<FakeCampaigns>.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _folder.Dispose();
        await _server.DisposeAsync();
    }

    private Task<ModCtlProgram.Outcome> RunAsync(params string[] arguments)
        => ModCtlProgram.RunAsync(["campaign", .. arguments, "--address", _server.Address, "--token", "t"]);

    [Fact]
    public async Task Create_sends_the_file_and_says_what_is_still_needed()
    {
        var file = _folder.Write("c.json", """
            {"campaignId": "fraud-spring", "plan": {"categories": ["HARM_CATEGORY_FRAUD_SPAM"], "languages": ["en"], "reason": "A wave.", "owner": "ada",
             "startTime": "2026-01-02T00:00:00Z", "endTime": "2026-01-16T00:00:00Z", "thresholds": [{"name": "fraud_high", "value": 0.85}],
             "reviewBoost": "3600s", "budget": "2000"}}
            """);
        var run = await RunAsync("create", "-f", file, "--state", "4");
        Assert.Equal((0, ""), (run.Code, run.Error));
        var request = Assert.IsType<CreateCampaignRequest>(_server.Service.Last);
        Assert.Equal(("fraud-spring", 4, 2000, 0.85), (request.CampaignId, request.StateVersion, request.Plan.Budget, request.Plan.Thresholds[0].Value));
        Assert.Equal(
            ["c1: SHADOW, 2026-01-02 00:00:00Z to 2026-01-16 00:00:00Z, state 5, approved by ben", "  still needed to go live: 24 hours"],
            run.Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("""{"campaignId": "a", "plan": {"category": []}}""")]
    [InlineData("not json")]
    public async Task File_that_is_no_campaign_is_named_and_asks_nothing(string text)
    {
        var run = await RunAsync("create", "-f", _folder.Write("bad.json", text));
        Assert.Equal(1, run.Code);
        Assert.Contains("bad.json: ", run.Error, StringComparison.Ordinal);
        Assert.Null(_server.Service.Last);
    }

    [Theory]
    [InlineData("create -f missing.json")]
    [InlineData("create")]
    [InlineData("live c1")]
    [InlineData("end --reason x")]
    public async Task Wrong_command_line_exits_2_and_asks_nothing(string line)
    {
        Assert.Equal(2, (await RunAsync(line.Split(' '))).Code);
        Assert.Null(_server.Service.Last);
    }

    [Theory]
    [InlineData("approve", typeof(ApproveCampaignRequest))]
    [InlineData("live", typeof(PutCampaignLiveRequest))]
    [InlineData("end", typeof(EndCampaignRequest))]
    public async Task Changes_send_id_reason_and_state(string command, System.Type request)
    {
        var run = await RunAsync(command, "c1", "--reason", "Because.", "--state", "7");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.IsType(request, _server.Service.Last);
        Assert.Contains("\"campaignId\": \"c1\", \"reason\": \"Because.\", \"stateVersion\": \"7\"", _server.Service.Last!.ToString(), StringComparison.Ordinal); // a request came
        Assert.Contains("c1: SHADOW", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Campaigns_and_reports_are_shown()
    {
        Assert.Contains("\"campaignId\": \"c1\"", (await RunAsync("show", "c1")).Output, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("list")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length); // one a page
        var report = await RunAsync("report", "c1");
        Assert.Equal(
            [
                "c1: AFTER_PENDING; 2 of 10 measures caused, 1 posts to review instead; 1 of 1 appeals overturned",
                "  BEFORE: 5 posts, nothing sampled",
                "  DURING: 100 posts, prevalence 2.00 % (1.00 % to 4.00 %; 0.0 % of the posts unsampled)",
                "  the time after is pending until 2026-01-23 00:00:00Z",
                "  fraud_high: 0.85 in the campaign, 0.9 in the policy, which decides",
            ],
            report.Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("\"overturnedCount\": \"1\"", (await RunAsync("report", "c1", "--json")).Output, StringComparison.Ordinal);
    }

    private sealed class FakeCampaigns : CampaignService.CampaignServiceBase
    {
        private static readonly Campaign One = new()
        {
            CampaignId = "c1",
            Stage = CampaignStage.Shadow,
            StateVersion = 5,
            Approvers = { "ben" },
            Missing = { "24 hours" },
            Plan = new CampaignPlan
            {
                Categories = { Contracts.V1.HarmCategory.FraudSpam },
                StartTime = Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero)),
                EndTime = Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 1, 16, 0, 0, 0, TimeSpan.Zero)),
            },
        };

        public IMessage? Last { get; private set; }

        public override Task<CreateCampaignResponse> CreateCampaign(CreateCampaignRequest request, ServerCallContext context)
            => Answer(request, new CreateCampaignResponse { Campaign = One });

        public override Task<ApproveCampaignResponse> ApproveCampaign(ApproveCampaignRequest request, ServerCallContext context)
            => Answer(request, new ApproveCampaignResponse { Campaign = One });

        public override Task<PutCampaignLiveResponse> PutCampaignLive(PutCampaignLiveRequest request, ServerCallContext context)
            => Answer(request, new PutCampaignLiveResponse { Campaign = One });

        public override Task<EndCampaignResponse> EndCampaign(EndCampaignRequest request, ServerCallContext context)
            => Answer(request, new EndCampaignResponse { Campaign = One });

        public override Task<GetCampaignResponse> GetCampaign(GetCampaignRequest request, ServerCallContext context)
            => Answer(request, new GetCampaignResponse { Campaign = One });

        public override Task<ListCampaignsResponse> ListCampaigns(ListCampaignsRequest request, ServerCallContext context)
            => Answer(request, new ListCampaignsResponse { Campaigns = { One }, NextPageToken = request.PageToken.Length == 0 ? "1" : "" });

        public override Task<GetCampaignReportResponse> GetCampaignReport(GetCampaignReportRequest request, ServerCallContext context)
            => Answer(request, new GetCampaignReportResponse
            {
                Report = new CampaignReport
                {
                    CampaignId = "c1",
                    State = CampaignReportState.AfterPending,
                    WatchEndTime = Timestamp.FromDateTimeOffset(new DateTimeOffset(2026, 1, 23, 0, 0, 0, TimeSpan.Zero)),
                    Spent = 2,
                    Budget = 10,
                    OverBudgetCount = 1,
                    AppealCount = 1,
                    OverturnedCount = 1,
                    ThresholdsRestored = true,
                    Thresholds = { new CampaignThresholdReport { Name = "fraud_high", Value = 0.85, PolicyValue = 0.9 } },
                    Periods =
                    {
                        new CampaignPeriodFigures { Period = CampaignPeriod.Before, PostCount = 5, UnsampledShare = 1 },
                        new CampaignPeriodFigures
                        {
                            Period = CampaignPeriod.During, PostCount = 100, Prevalence = 0.02, PrevalenceLow = 0.01, PrevalenceHigh = 0.04,
                        },
                    },
                },
            });

        private Task<T> Answer<T>(IMessage request, T answer)
        {
            Last = request;
            return Task.FromResult(answer);
        }
    }
}
