using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Audit;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Policies;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

/// <summary>How a policy is changed. One RPC a file.</summary>
internal sealed partial class PolicyRpc(
    PolicyDesk desk, PolicyStateStore store, PolicyCatalogue catalogue, PolicyLibrary library, PolicyWorkbench workbench, RuleFigureStore figures,
    PolicyEvidence evidence, DecisionStore decisions, ArchivedDecisions archived, Microsoft.Extensions.Options.IOptions<BreakerOptions> breakers, TimeProvider time)
    : PolicyService.PolicyServiceBase
{
    private const int LongestText = 1_000_000;
    private const int MostIncludes = 50;
    private const int LongestReason = 1000;

    private static PolicyActor ActorOf(ServerCallContext context, string reason, long stateVersion = 0)
        => new(Caller.Of(context).Subject, reason, stateVersion);

    private static void RequireReason(FieldViolations violations, string reason)
        => violations.Require(reason.Trim().Length is > 0 and <= LongestReason, "reason", $"must be 1..{LongestReason} characters: it is kept for good");

    private static void RequireState(FieldViolations violations, long stateVersion)
        => violations.Require(stateVersion >= 0, "state_version", "must be as answered before, or 0 for whatever it is");

    private static void RequireVersion(FieldViolations violations, long version)
        => violations.Require(version >= 1, "version", "must be the number of a version, from 1 on");

    private static void RequireDocument(FieldViolations violations, PolicyDocument? document)
    {
        violations.Require(document?.Text.Length is > 0 and <= LongestText, "document.text", $"must be 1..{LongestText} characters of YAML");
        violations.Require(
            document is null || (document.Includes.Count <= MostIncludes && document.Includes.Sum(i => i.Value.Length) <= LongestText), "document.includes",
            $"must be at most {MostIncludes} documents of {LongestText} characters together");
        violations.Require(
            document is null || document.GoldenCases.Length <= LongestText, "document.golden_cases", $"must be at most {LongestText} characters");
    }

    /// <exception cref="RpcException">POLICY_INVALID with all that is wrong.</exception>
    private static CompiledPolicy Compile(PolicyDocument document)
    {
        var compilation = PolicyDocuments.Compile(document);
        var faults = compilation.Errors.Select(e => new FieldViolation("document.text", e.ToString())).ToList();
        if (compilation.Policy is { } policy && document.GoldenCases.Length > 0)
        {
            var results = GoldenCases.Run(document.GoldenCases, policy, out var errors);
            faults.AddRange(errors.Select(e => new FieldViolation("document.golden_cases", e.ToString())));
            faults.AddRange(results.Where(r => r.Difference is not null).Select(r => new FieldViolation("document.golden_cases", $"{r.Name}: {r.Difference}")));
        }

        return faults.Count == 0 && compilation.Policy is { } good
            ? good
            : throw RpcErrors.Create(ErrorReason.PolicyInvalid, "The policy does not compile, or its cases do not hold.", faults);
    }
}
