using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Policy;

/// <summary>What a policy does and would do: <c>modctl policy figures | simulate | replay</c>.</summary>
internal static class PolicyEvidenceCommands
{
    public static IEnumerable<Command> Create(Terminal terminal) => [Figures(terminal), Simulate(terminal), Replay(terminal)];

    private static Command Figures(Terminal terminal)
    {
        var days = new Option<int>("--days") { Description = "How many days up to now, 1 to 90; 7 unless given", DefaultValueFactory = _ => 7 };
        var command = new Command("figures", "Shows what each rule hit and did, what people say of it and what it costs, one JSON object a rule.") { days };
        command.Calls(terminal, async (client, parsed, cancellationToken) =>
        {
            var figures = await client.GetPolicyFiguresAsync(
                new GetPolicyFiguresRequest { Days = parsed.GetValue(days) }, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            foreach (var rule in figures.Rules)
            {
                terminal.Out.WriteLine(Json.OneLine(rule));
            }

            terminal.Error.WriteLine($"{figures.PostCount} posts. Today: " + (figures.MeasuresToday.Count == 0 ? "no measure" : string.Join(
                ", ", figures.MeasuresToday.Select(m => $"{m.ActionCount} of {ProtoNames.Of(m.Measure)}" + (m.Limit > 0 ? $" (at most {m.Limit})" : "")))));
        });
        return command;
    }

    private static Command Simulate(Terminal terminal)
    {
        var version = new Option<long>("--version-number") { Description = "A stored version; this is its backtest", HelpName = "VERSION" };
        var file = new Option<FileInfo>("--file") { Description = "A policy that is not stored, YAML", HelpName = "FILE" };
        var tenant = new Option<string>("--tenant") { Description = "Only decisions of this tenant", HelpName = "TENANT" };
        var most = new Option<int>("--max") { Description = "At most so many decisions; 100,000 unless given", HelpName = "NUMBER" };
        var command = new Command("simulate", "Runs a policy over recorded decisions beside the one in force; changes nothing. Prints JSON.") { version, file, tenant, most };
        command.Calls(terminal, async (client, parsed, cancellationToken) =>
        {
            var (number, given) = (parsed.GetValue(version), parsed.GetValue(file));
            if ((number == 0) == (given is null))
            {
                throw new UsageException("Give either --version-number or --file.");
            }

            var request = new SimulatePolicyRequest
            {
                Version = number,
                Document = given is null ? null : await PolicyFile.DocumentAsync(PolicyFile.Existing(given, "--file"), cancellationToken),
                TenantId = parsed.GetValue(tenant) ?? "",
                MaxDecisions = parsed.GetValue(most),
            };
            terminal.Out.WriteLine(Json.Indented(await client.SimulatePolicyAsync(request, deadline: PolicyCalls.LongDeadline, cancellationToken: cancellationToken)));
        });
        return command;
    }

    private static Command Replay(Terminal terminal)
    {
        var decision = new Argument<string>("DECISION") { Description = "The decision, d_<shard>_<ulid>" };
        var all = new Option<bool>("--all") { Description = "Also rules that did not fire" };
        var command = new Command("replay", "Decides a recorded decision anew under what decided it, and shows why each rule fired or did not.") { decision, all };
        command.Calls(terminal, async (client, parsed, cancellationToken) =>
        {
            var replayed = await client.ReplayDecisionAsync(
                new ReplayDecisionRequest { DecisionId = parsed.GetRequiredValue(decision) }, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            foreach (var rule in replayed.Rules.Where(r => r.Fired || parsed.GetValue(all)))
            {
                terminal.Out.WriteLine(FailureText.Printable($"{(rule.Fired ? rule.Effect.ToUpperInvariant() : "-")} {rule.RuleId} ({rule.PolicyVersion}, {ProtoNames.Of(rule.Stage)}): {rule.Why}"));
                terminal.Out.WriteLine(FailureText.Printable("        " + string.Join(", ", rule.Values.Select(v => $"{v.Name}={v.Value}"))));
            }

            terminal.Out.WriteLine(FailureText.Printable(replayed.Outcome));
            terminal.Out.WriteLine(replayed.EqualToRecord ? "The same as recorded." : "NOT the same as recorded.");
        });
        return command;
    }
}
