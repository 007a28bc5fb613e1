using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Claims;

/// <summary><c>modctl claim list</c>: one JSON object a line.</summary>
internal static class ClaimListCommand
{
    private const int PageSize = 500;

    public static Command Create(Terminal terminal)
    {
        var command = new Command("list", "Lists the fact-checks by claim id, one JSON object a line.");
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfTextClassify(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var client = ClaimCommand.Client(connection);
            var request = new ListFactChecksRequest { PageSize = PageSize };
            do
            {
                var page = await client.ListFactChecksAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
                foreach (var check in page.FactChecks)
                {
                    terminal.Out.WriteLine(Json.OneLine(check));
                }

                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
            return 0;
        });
        return command;
    }
}
