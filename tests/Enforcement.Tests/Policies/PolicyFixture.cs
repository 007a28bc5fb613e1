using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Policies;
using Moderation.Enforcement.Tests.Decisions;
using Moderation.Enforcement.Tests.Review;
using Moderation.ServiceDefaults.Errors;
using Xunit;

namespace Moderation.Enforcement.Tests.Policies;

/// <summary>The service with gates and breakers so low that a test reaches them.</summary>
public sealed class PolicyFixture : EnforcementFixture
{
    public const string Author = "ada@test";
    public const string Colleague = "ben@test";

    protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
    {
        ["Policy:LeastHits"] = "3",
        ["Policy:ReviewShare"] = "1",
        ["Breakers:RuleShare"] = "1",
        ["Breakers:RuleActions"] = "12",
        ["Review:DoubleReviewShare"] = "0",
    };

    internal PolicyService.PolicyServiceClient Policies => new(Invoker);

    internal PolicyCatalogue Catalogue => Services.GetRequiredService<PolicyCatalogue>();

    /// <summary>The default policy under another name, with a rule more.</summary>
    internal static PolicyDocument Document(string name, string rule = "") => new()
    {
        Text = DefaultPolicy.Yaml.Replace("version: default@1", $"version: {name}", StringComparison.Ordinal) + rule,
        GoldenCases = DefaultPolicy.GoldenYaml,
    };

    /// <summary>A rule that removes, so it needs a second person.</summary>
    internal static string Removes(string id, string least = "0.65") => $"""

          - id: {id}
            clause: fraud-spam
            category: FRAUD_SPAM
            when: text.score.fraud_spam >= {least} && text.score.fraud_spam < 0.8 && post.link_count >= 1
            measures: [REMOVE]
            severity: 3

        """;

    internal Metadata AsAuthor => As(Author, Role.Policy);

    internal Metadata AsColleague => As(Colleague, Role.Lead);

    internal async Task<CreatePolicyVersionResponse> ProposeAsync(PolicyDocument document)
        => await Policies.CreatePolicyVersionAsync(new CreatePolicyVersionRequest { Document = document, Reason = "A test." }, AsAuthor);

    internal async Task<PolicyState> MoveAsync(string rule, PolicyStage stage, double share = 0, string backtest = "", Metadata? by = null)
        => (await Policies.MoveRuleAsync(
            new MoveRuleRequest { RuleId = rule, Stage = stage, Share = share, BacktestId = backtest, Reason = "A test." }, by ?? AsAuthor)).State;

    internal async Task<PolicyRuleState> RuleAsync(string rule)
        => (await Policies.GetPolicyStateAsync(new GetPolicyStateRequest(), AsAuthor)).State.Rules.Where(r => r.RuleId == rule).MaxBy(r => r.Version)!;

    /// <summary>What a gate says is missing.</summary>
    internal static async Task<string> MissingAsync(Func<Task> move)
    {
        var closed = await Assert.ThrowsAsync<RpcException>(move);
        Assert.Equal(ErrorReason.PolicyGateClosed, RpcErrors.ReasonOf(closed));
        return closed.GetRpcStatus()!.GetDetail<Google.Rpc.ErrorInfo>()!.Metadata["missing"]; // of the reason just asserted
    }

    internal static async Task RefusedAsync(ErrorReason reason, Func<Task> call)
        => Assert.Equal(reason, RpcErrors.ReasonOf(await Assert.ThrowsAsync<RpcException>(call)));

    internal async Task<DecisionRecord> RecordAsync(Decision decision)
        => (await Services.GetRequiredService<DecisionStore>().FindRecordAsync(decision.DecisionId))!; // it was just made

    /// <summary>A post that the default policy gives less reach, and the rule of <see cref="Removes"/> finds.</summary>
    internal static Task<Decision> FoundAsync(Casework work, string post, string account)
        => work.DecideAsync(post, account, 1, 0, post, signals => signals.Scores.Add(new CategoryScore { Category = Contracts.V1.HarmCategory.FraudSpam, Score = 0.7f }));

    internal Task StepAsync<TWork>() where TWork : class, Moderation.Enforcement.Host.Work.IWork
        => Services.GetRequiredService<TWork>().StepAsync(CancellationToken.None);
}
