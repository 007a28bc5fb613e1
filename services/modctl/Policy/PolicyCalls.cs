using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Policy;

/// <summary>What the commands that change or read the policy of an installation have in common.</summary>
internal static class PolicyCalls
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);

    /// <summary>Sets an action that calls the policy service as a person.</summary>
    public static void Calls(this Command command, Terminal terminal, Func<PolicyService.PolicyServiceClient, ParseResult, CancellationToken, Task> call)
    {
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            await call(new PolicyService.PolicyServiceClient(connection.Invoker), parsed, cancellationToken);
            return 0;
        });
    }

    /// <summary>Simulations look at many decisions.</summary>
    public static DateTime LongDeadline => DateTime.UtcNow + Long;

    public static Argument<long> Version() => new("VERSION") { Description = "The number of the version, from modctl policy versions" };

    public static Argument<string> Rule() => new("RULE") { Description = "The rule's id" };

    public static Option<string> Reason() => new("--reason") { Description = "Why; kept for good", Required = true, HelpName = "TEXT" };

    public static Option<long> State() => new("--state")
    {
        Description = "Refuse when what decides is not at this state version any more, from modctl policy state",
        HelpName = "NUMBER",
    };

    /// <summary>What decides, in a few lines.</summary>
    public static void Write(TextWriter output, PolicyState state)
    {
        output.WriteLine($"state {state.StateVersion}: version {state.BaseVersion} ({FailureText.Printable(state.BaseName)}) is in force"
            + (state.CandidateVersion == 0 ? "" : $", {state.CandidateVersion} ({FailureText.Printable(state.CandidateName)}) is on its way"));
        foreach (var rule in state.Rules.Where(r => r.Version == state.CandidateVersion || r.Stage != PolicyStage.Live))
        {
            var share = rule.Share < 1 ? FormattableString.Invariant($" {rule.Share:P1}") : "";
            output.WriteLine(FailureText.Printable($"  {rule.RuleId}: {ProtoNames.Of(rule.Stage)}{share}{Because(rule)}"));
            foreach (var missing in rule.Missing)
            {
                output.WriteLine(FailureText.Printable($"    still needed: {missing}"));
            }
        }

        foreach (var given in state.Overrides)
        {
            var standing = given.Approver.Length == 0 ? "proposed" : $"approved by {given.Approver}";
            output.WriteLine(FailureText.Printable($"  override {given.OverrideId} of {given.RuleId}: {standing}, till {given.EndTime.ToDateTimeOffset():u}"));
        }
    }

    private static string Because(PolicyRuleState rule) => rule.SuspendedReason.Length == 0 ? "" : $" ({rule.SuspendedReason})";
}
