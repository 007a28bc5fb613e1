using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;
using Spectre.Console;

namespace Moderation.ModCtl.Claims;

/// <summary><c>modctl claim match</c>: the claims that a text may repeat.</summary>
internal static class ClaimMatchCommand
{
    public static Command Create(Terminal terminal)
    {
        var text = new Argument<string>("TEXT") { Description = "The text" };
        var command = new Command("match", "Finds the claims that a text may repeat, likeliest first.") { text };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfTextClassify(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var answer = await ClaimCommand.Client(connection).MatchClaimsAsync(
                new MatchClaimsRequest { Text = parsed.GetRequiredValue(text) }, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            var table = new Table().Border(TableBorder.Simple).AddColumns("score", "claim", "rating", "publisher", "fact-check");
            foreach (var match in answer.Matches)
            {
                var check = match.FactCheck;
                string[] cells = [$"{match.Score:F3}", check.Claim, check.Rating, check.PublisherName.Length > 0 ? check.PublisherName : check.PublisherSite, check.Address];
                table.AddRow(cells.Select(c => new Text(FailureText.Printable(c))));
            }

            terminal.Console.Write(table);
            return 0;
        });
        return command;
    }
}
