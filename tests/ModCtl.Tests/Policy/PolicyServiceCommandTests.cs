using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement;
using Moderation.ModCtl.Tests.Fakes;

namespace Moderation.ModCtl.Tests.Policy;

/// <summary>What <c>modctl policy</c> asks of the service, and what it prints of the answer.</summary>
public sealed class PolicyServiceCommandTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private GrpcServer<FakePolicy> _server = null!; // set by InitializeAsync

    public async ValueTask InitializeAsync() => _server = await GrpcServer<FakePolicy>.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _folder.Dispose();
        await _server.DisposeAsync();
    }

    private Task<ModCtlProgram.Outcome> RunAsync(params string[] arguments)
        => ModCtlProgram.RunAsync(["policy", .. arguments, "--address", _server.Address, "--token", "t"]);

    [Fact]
    public async Task Propose_sends_the_file_with_its_includes_and_prints_the_number()
    {
        _folder.Write("fraud.yaml", "clauses:\n  - { id: c, category: FRAUD_SPAM, title: t, text: t }\n");
        var file = _folder.Write("policy.yaml", "version: a@2\nincludes: [fraud.yaml]\nrules: []\n");
        var run = await RunAsync("propose", file, "--cases", _folder.Write("cases.yaml", DefaultPolicy.GoldenYaml), "--reason", "Floods.", "--state", "7");
        Assert.Equal((0, $"2{Environment.NewLine}"), (run.Code, run.Output));
        var request = Assert.IsType<CreatePolicyVersionRequest>(_server.Service.Last);
        Assert.Equal(("Floods.", 7, DefaultPolicy.GoldenYaml), (request.Reason, request.StateVersion, request.Document.GoldenCases));
        Assert.Equal(await File.ReadAllTextAsync(_folder.Of("fraud.yaml"), TestContext.Current.CancellationToken), request.Document.Includes["fraud.yaml"]);
    }

    [Theory]
    [InlineData("promote", typeof(PromotePolicyVersionRequest))]
    [InlineData("withdraw", typeof(WithdrawPolicyVersionRequest))]
    [InlineData("rollback", typeof(RollBackPolicyRequest))]
    public async Task Changes_of_versions_send_number_and_reason_and_show_what_decides(string command, System.Type request)
    {
        var run = await RunAsync(command, "2", "--reason", "Because.");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.IsType(request, _server.Service.Last);
        Assert.Contains("\"version\": \"2\", \"reason\": \"Because.\"", _server.Service.Last!.ToString(), StringComparison.Ordinal); // a request came
        Assert.Contains("state 9: version 1 (a@1) is in force, 2 (a@2) is on its way", run.Output, StringComparison.Ordinal);
        Assert.Contains("fraud.new: SHADOW", run.Output, StringComparison.Ordinal);
        Assert.Contains("still needed: 50 hits", run.Output, StringComparison.Ordinal);
        Assert.Contains("hate.hold: SUSPENDED (too many)", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Move_sends_stage_share_and_backtest()
    {
        var run = await RunAsync("move", "fraud.new", "partial", "--share", "0.05", "--backtest", "bt_1", "--reason", "Read.");
        Assert.Equal(0, run.Code);
        var request = Assert.IsType<MoveRuleRequest>(_server.Service.Last);
        Assert.Equal(("fraud.new", PolicyStage.Partial, 0.05, "bt_1", "Read."), (request.RuleId, request.Stage, request.Share, request.BacktestId, request.Reason));
    }

    [Theory]
    [InlineData("move fraud.new sideways --reason x")]
    [InlineData("move fraud.new LIVE")]
    [InlineData("override propose fraud.new --for 25h --request-id r --reason x")]
    [InlineData("simulate")]
    public async Task Wrong_command_line_exits_2_and_asks_nothing(string line)
    {
        Assert.Equal(2, (await RunAsync(line.Split(' '))).Code);
        Assert.Null(_server.Service.Last);
    }

    [Fact]
    public async Task Approvals_and_overrides_send_what_they_are_about()
    {
        await RunAsync("approve", "fraud.new", "--reason", "Read.");
        Assert.Equal("fraud.new", Assert.IsType<ApproveRuleRequest>(_server.Service.Last).RuleId);
        var before = DateTimeOffset.UtcNow;
        Assert.Contains("v_1", (await RunAsync("override", "propose", "hate.hold", "--for", "2h", "--request-id", "r", "--reason", "Wave.")).Output, StringComparison.Ordinal);
        Assert.InRange(Assert.IsType<ProposeOverrideRequest>(_server.Service.Last).EndTime.ToDateTimeOffset(), before.AddHours(2), DateTimeOffset.UtcNow.AddHours(2));
        await RunAsync("override", "approve", "v_1", "--reason", "Yes.");
        Assert.Equal("v_1", Assert.IsType<ApproveOverrideRequest>(_server.Service.Last).OverrideId);
        Assert.Contains("has ended", (await RunAsync("override", "end", "v_1", "--reason", "Over.")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task State_versions_document_history_figures_simulation_and_replay_are_shown()
    {
        Assert.Contains("\"stateVersion\": \"9\"", (await RunAsync("state", "--json")).Output, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("versions")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length); // one a page
        Assert.Equal("version: a@2\n", (await RunAsync("get", "2")).Output);
        Assert.Contains("rule.moved 2 fraud.new DRAFT -> BACKTEST", (await RunAsync("history", "--rule", "fraud.new")).Output, StringComparison.Ordinal);
        var figures = await RunAsync("figures", "--days", "30");
        Assert.Contains("\"ruleId\": \"fraud.new\"", figures.Output, StringComparison.Ordinal);
        Assert.Contains("3 of REMOVE (at most 10)", figures.Error, StringComparison.Ordinal);
        Assert.Contains("\"backtestId\": \"bt_1\"", (await RunAsync("simulate", "--version-number", "2", "--max", "50")).Output, StringComparison.Ordinal);
        Assert.Equal((2, 50), Assert.IsType<SimulatePolicyRequest>(_server.Service.Last) is var asked ? (asked.Version, asked.MaxDecisions) : default);
        var replay = await RunAsync("replay", "d_1");
        Assert.Contains("ACT fraud.new (a@2, PARTIAL): the condition holds", replay.Output, StringComparison.Ordinal);
        Assert.Contains("NOT the same as recorded", replay.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hate.hold", replay.Output, StringComparison.Ordinal);
        Assert.Contains("hate.hold", (await RunAsync("replay", "d_1", "--all")).Output, StringComparison.Ordinal);
    }

    private sealed class FakePolicy : PolicyService.PolicyServiceBase
    {
        private static readonly PolicyState Now = new()
        {
            StateVersion = 9,
            BaseVersion = 1,
            BaseName = "a@1",
            CandidateVersion = 2,
            CandidateName = "a@2",
            Rules =
            {
                new PolicyRuleState { RuleId = "hate.hold", Version = 1, Stage = PolicyStage.Suspended, Share = 1, SuspendedReason = "too many" },
                new PolicyRuleState { RuleId = "fraud.new", Version = 2, Stage = PolicyStage.Shadow, Share = 1, Missing = { "50 hits" } },
            },
        };

        private static readonly PolicyOverride Given = new() { OverrideId = "v_1", RuleId = "hate.hold", EndTime = new Timestamp { Seconds = 1 } };

        public IMessage? Last { get; private set; }

        public override Task<CreatePolicyVersionResponse> CreatePolicyVersion(CreatePolicyVersionRequest request, ServerCallContext context)
            => Answer(request, new CreatePolicyVersionResponse { Version = new PolicyVersion { Version = 2, Changes = { "fraud.new: added" } }, State = Now });

        public override Task<GetPolicyVersionResponse> GetPolicyVersion(GetPolicyVersionRequest request, ServerCallContext context)
            => Answer(request, new GetPolicyVersionResponse { Document = new PolicyDocument { Text = "version: a@2\n" } });

        public override Task<ListPolicyVersionsResponse> ListPolicyVersions(ListPolicyVersionsRequest request, ServerCallContext context)
            => Answer(request, request.PageToken.Length == 0
                ? new ListPolicyVersionsResponse { Versions = { new PolicyVersion { Version = 2 } }, NextPageToken = "1" }
                : new ListPolicyVersionsResponse { Versions = { new PolicyVersion { Version = 1 } } });

        public override Task<PromotePolicyVersionResponse> PromotePolicyVersion(PromotePolicyVersionRequest request, ServerCallContext context)
            => Answer(request, new PromotePolicyVersionResponse { State = Now });

        public override Task<WithdrawPolicyVersionResponse> WithdrawPolicyVersion(WithdrawPolicyVersionRequest request, ServerCallContext context)
            => Answer(request, new WithdrawPolicyVersionResponse { State = Now });

        public override Task<RollBackPolicyResponse> RollBackPolicy(RollBackPolicyRequest request, ServerCallContext context)
            => Answer(request, new RollBackPolicyResponse { State = Now });

        public override Task<GetPolicyStateResponse> GetPolicyState(GetPolicyStateRequest request, ServerCallContext context)
            => Answer(request, new GetPolicyStateResponse { State = Now });

        public override Task<ListPolicyChangesResponse> ListPolicyChanges(ListPolicyChangesRequest request, ServerCallContext context)
            => Answer(request, new ListPolicyChangesResponse
            {
                Changes =
                {
                    new PolicyChange
                    {
                        StateVersion = 3,
                        CreateTime = new Timestamp(),
                        Actor = "ada",
                        Action = "rule.moved",
                        Version = 2,
                        RuleId = request.RuleId,
                        FromStage = PolicyStage.Draft,
                        ToStage = PolicyStage.Backtest,
                        Reason = "Ready.",
                    },
                },
            });

        public override Task<MoveRuleResponse> MoveRule(MoveRuleRequest request, ServerCallContext context) => Answer(request, new MoveRuleResponse { State = Now });

        public override Task<ApproveRuleResponse> ApproveRule(ApproveRuleRequest request, ServerCallContext context)
            => Answer(request, new ApproveRuleResponse { State = Now });

        public override Task<ProposeOverrideResponse> ProposeOverride(ProposeOverrideRequest request, ServerCallContext context)
            => Answer(request, new ProposeOverrideResponse { Override = Given });

        public override Task<ApproveOverrideResponse> ApproveOverride(ApproveOverrideRequest request, ServerCallContext context)
            => Answer(request, new ApproveOverrideResponse { Override = Given });

        public override Task<EndOverrideResponse> EndOverride(EndOverrideRequest request, ServerCallContext context)
            => Answer(request, new EndOverrideResponse { State = Now });

        public override Task<GetPolicyFiguresResponse> GetPolicyFigures(GetPolicyFiguresRequest request, ServerCallContext context)
            => Answer(request, new GetPolicyFiguresResponse
            {
                Rules = { new PolicyRuleFigures { RuleId = "fraud.new" } },
                MeasuresToday = { new PolicyMeasureFigures { Measure = Contracts.V1.MeasureKind.Remove, ActionCount = 3, Limit = 10 } },
            });

        public override Task<SimulatePolicyResponse> SimulatePolicy(SimulatePolicyRequest request, ServerCallContext context)
            => Answer(request, new SimulatePolicyResponse { BacktestId = "bt_1" });

        public override Task<ReplayDecisionResponse> ReplayDecision(ReplayDecisionRequest request, ServerCallContext context)
            => Answer(request, new ReplayDecisionResponse
            {
                Rules =
                {
                    new ReplayedRule { RuleId = "fraud.new", PolicyVersion = "a@2", Stage = PolicyStage.Partial, Fired = true, Effect = "act", Why = "the condition holds" },
                    new ReplayedRule { RuleId = "hate.hold", PolicyVersion = "a@1", Stage = PolicyStage.Live, Effect = "none", Why = "false" },
                },
            });

        private Task<T> Answer<T>(IMessage request, T answer)
        {
            Last = request;
            return Task.FromResult(answer);
        }
    }
}
