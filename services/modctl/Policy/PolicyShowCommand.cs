using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;
using Spectre.Console;

namespace Moderation.ModCtl.Policy;

/// <summary><c>modctl policy show</c></summary>
internal static class PolicyShowCommand
{
    public static Command Create(Terminal terminal)
    {
        var json = new Option<bool>("--json") { Description = "As JSON" };
        var command = new Command("show", "Shows the clauses and rules of the policy in force.") { json };
        var key = CredentialOptions.ApiKey().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, key.Header(parsed, terminal));
            var policy = await new EnforcementService.EnforcementServiceClient(connection.Invoker).GetPolicyAsync(
                new GetPolicyRequest(), deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            if (parsed.GetValue(json))
            {
                terminal.Out.WriteLine(Json.Indented(policy));
            }
            else
            {
                Print(policy, terminal.Console);
            }

            return 0;
        });
        return command;
    }

    private static void Print(GetPolicyResponse policy, IAnsiConsole console)
    {
        console.WriteLine($"Policy {policy.Version}");
        var clauses = new Table().Border(TableBorder.Simple).AddColumns("clause", "category", "title", "text");
        foreach (var clause in policy.Clauses)
        {
            clauses.AddRow(Cells(clause.ClauseId, ProtoNames.Of(clause.Category), clause.Title, clause.Text));
        }

        var rules = new Table().Border(TableBorder.Simple).AddColumns("rule", "clause", "category", "severity", "measures");
        foreach (var rule in policy.Rules)
        {
            rules.AddRow(Cells(
                rule.RuleId, rule.ClauseId, ProtoNames.Of(rule.Category), $"{rule.Severity}", string.Join(", ", rule.Measures.Select(ProtoNames.Of))));
        }

        console.Write(clauses);
        console.Write(rules);
    }

    private static IEnumerable<Text> Cells(params string[] cells) => cells.Select(c => new Text(FailureText.Printable(c)));
}
