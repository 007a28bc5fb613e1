using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Policy;

/// <summary>Rules on their way: <c>modctl policy state | history | move | approve | override</c>.</summary>
internal static class PolicyRuleCommands
{
    public static IEnumerable<Command> Create(Terminal terminal) => [State(terminal), History(terminal), Move(terminal), Approve(terminal), Override(terminal)];

    private static Command State(Terminal terminal)
    {
        var json = new Option<bool>("--json") { Description = "As JSON" };
        var command = new Command("state", "Shows what decides now: versions, stages, what each rule still needs, overrides.") { json };
        command.Calls(terminal, async (client, parsed, cancellationToken) =>
        {
            var state = (await client.GetPolicyStateAsync(new GetPolicyStateRequest(), deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken)).State;
            if (parsed.GetValue(json))
            {
                terminal.Out.WriteLine(Json.Indented(state));
            }
            else
            {
                PolicyCalls.Write(terminal.Out, state);
            }
        });
        return command;
    }

    private static Command History(Terminal terminal)
    {
        var rule = new Option<string>("--rule") { Description = "Only changes of this rule", HelpName = "ID" };
        var command = new Command("history", "Lists every change of what decides, the latest first: when, who, what, why.") { rule };
        command.Calls(terminal, async (client, parsed, cancellationToken) =>
        {
            var request = new ListPolicyChangesRequest { PageSize = 200, RuleId = parsed.GetValue(rule) ?? "" };
            do
            {
                var page = await client.ListPolicyChangesAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
                foreach (var change in page.Changes)
                {
                    var stages = change.ToStage == PolicyStage.Unspecified ? "" : $" {ProtoNames.Of(change.FromStage)} -> {ProtoNames.Of(change.ToStage)}";
                    terminal.Out.WriteLine(FailureText.Printable(
                        $"{change.StateVersion}\t{change.CreateTime.ToDateTimeOffset():u}\t{change.Actor}\t{change.Action} {change.Version} {change.RuleId}{stages}\t{change.Reason}"));
                }

                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
        });
        return command;
    }

    private static Command Move(Terminal terminal)
    {
        var (rule, reason, state) = (PolicyCalls.Rule(), PolicyCalls.Reason(), PolicyCalls.State());
        var stage = new Argument<string>("STAGE") { Description = string.Join(", ", ProtoNames.All<PolicyStage>()) };
        var share = new Option<double>("--share") { Description = "For PARTIAL: the share of accounts, above 0 up to 1", HelpName = "SHARE" };
        var backtest = new Option<string>("--backtest") { Description = "For SHADOW: the simulation that you have read, from modctl policy simulate", HelpName = "ID" };
        var command = new Command("move", "Moves a rule to another stage, through its gate.") { rule, stage, share, backtest, reason, state };
        command.Calls(terminal, async (client, parsed, cancellationToken) =>
        {
            var wanted = parsed.GetRequiredValue(stage);
            var request = new MoveRuleRequest
            {
                RuleId = parsed.GetRequiredValue(rule),
                Stage = ProtoNames.Find<PolicyStage>(wanted)
                    ?? throw new UsageException($"STAGE: there is no stage '{wanted}'; expected one of {string.Join(", ", ProtoNames.All<PolicyStage>())}."),
                Share = parsed.GetValue(share),
                BacktestId = parsed.GetValue(backtest) ?? "",
                Reason = parsed.GetRequiredValue(reason),
                StateVersion = parsed.GetValue(state),
            };
            PolicyCalls.Write(terminal.Out, (await client.MoveRuleAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken)).State);
        });
        return command;
    }

    private static Command Approve(Terminal terminal)
    {
        var (rule, reason, state) = (PolicyCalls.Rule(), PolicyCalls.Reason(), PolicyCalls.State());
        var command = new Command("approve", "Approves a rule that removes or suspends, as another person than its author.") { rule, reason, state };
        command.Calls(terminal, async (client, parsed, cancellationToken) =>
        {
            var request = new ApproveRuleRequest { RuleId = parsed.GetRequiredValue(rule), Reason = parsed.GetRequiredValue(reason), StateVersion = parsed.GetValue(state) };
            PolicyCalls.Write(terminal.Out, (await client.ApproveRuleAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken)).State);
        });
        return command;
    }

    private static Command Override(Terminal terminal) => new("override", "Lets a rule act in spite of its breakers, for some hours; takes two people.")
    {
        ProposeOverride(terminal),
        OnOverride(terminal, "approve", "Approves an override, as another person; it begins.", async (client, id, reason, token) => Json.OneLine((await client.ApproveOverrideAsync(
            new ApproveOverrideRequest { OverrideId = id, Reason = reason }, deadline: ServiceConnection.Deadline, cancellationToken: token)).Override)),
        OnOverride(terminal, "end", "Ends an override, or drops a proposal.", async (client, id, reason, token) =>
        {
            await client.EndOverrideAsync(new EndOverrideRequest { OverrideId = id, Reason = reason }, deadline: ServiceConnection.Deadline, cancellationToken: token);
            return $"{id} has ended.";
        }),
    };

    private static Command ProposeOverride(Terminal terminal)
    {
        var (rule, reason) = (PolicyCalls.Rule(), PolicyCalls.Reason());
        var time = new Option<TimeSpan?>("--for")
        {
            Description = "How long from now, at most 24h",
            Required = true,
            HelpName = "TIME",
            CustomParser = Durations.Between(TimeSpan.FromMinutes(1), TimeSpan.FromHours(24)),
        };
        var request = new Option<string>("--request-id") { Description = "An id of yours for this request; the same again proposes nothing twice", Required = true };
        var command = new Command("propose", "Proposes an override; its id is shown on standard output.") { rule, time, request, reason };
        command.Calls(terminal, async (client, parsed, cancellationToken) =>
        {
            var answer = await client.ProposeOverrideAsync(
                new ProposeOverrideRequest
                {
                    RuleId = parsed.GetRequiredValue(rule),
                    Reason = parsed.GetRequiredValue(reason),
                    RequestId = parsed.GetRequiredValue(request),
                    EndTime = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow + parsed.GetRequiredValue(time)!.Value), // required, and parsed
                },
                deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            terminal.Out.WriteLine(answer.Override.OverrideId);
        });
        return command;
    }

    private static Command OnOverride(
        Terminal terminal, string name, string description, Func<PolicyService.PolicyServiceClient, string, string, CancellationToken, Task<string>> call)
    {
        var id = new Argument<string>("OVERRIDE") { Description = "The override's id" };
        var reason = PolicyCalls.Reason();
        var command = new Command(name, description) { id, reason };
        command.Calls(terminal, async (client, parsed, cancellationToken) => terminal.Out.WriteLine(FailureText.Printable(
            await call(client, parsed.GetRequiredValue(id), parsed.GetRequiredValue(reason), cancellationToken))));
        return command;
    }
}
