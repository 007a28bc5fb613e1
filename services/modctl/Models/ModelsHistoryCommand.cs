using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Models;

/// <summary><c>modctl models history</c>: who switched what and why, one JSON object a line, oldest first.</summary>
internal static class ModelsHistoryCommand
{
    private const int PageSize = 500;

    public static Command Create(Terminal terminal)
    {
        var command = new Command("history", "Shows who switched which model and why, oldest first.");
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfTextClassify(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var request = new ListTextModelChangesRequest { PageSize = PageSize };
            do
            {
                var page = await ModelsCommand.Client(connection).ListTextModelChangesAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
                foreach (var change in page.Changes)
                {
                    terminal.Out.WriteLine(Json.OneLine(change));
                }

                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
            return 0;
        });
        return command;
    }
}
