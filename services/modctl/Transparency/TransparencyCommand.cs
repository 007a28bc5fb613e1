using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Transparency;

/// <summary><c>modctl transparency</c>: decisions as the DSA Transparency Database takes them.</summary>
internal static class TransparencyCommand
{
    public static Command Create(Terminal terminal)
    {
        var decisions = new Argument<string[]>("DECISION_ID") { Description = "The decisions", Arity = ArgumentArity.OneOrMore };
        var command = new Command("transparency", "Writes decisions for the DSA Transparency Database, one JSON statement a line. Nothing is sent.") { decisions };
        var key = CredentialOptions.ApiKey().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, key.Header(parsed, terminal));
            var client = new TransparencyService.TransparencyServiceClient(connection.Invoker);
            foreach (var decision in parsed.GetRequiredValue(decisions))
            {
                var answer = await client.GetTransparencyStatementsAsync(
                    new GetTransparencyStatementsRequest { DecisionId = decision }, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
                foreach (var statement in answer.Statements)
                {
                    terminal.Out.WriteLine(statement.Json);
                }
            }

            return 0;
        });
        return command;
    }
}
