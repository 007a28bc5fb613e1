using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Banks;

/// <summary><c>modctl bank history</c>: one JSON object a line, each page as it comes.</summary>
internal static class BankHistoryCommand
{
    private const int PageSize = 100;

    public static Command Create(Terminal terminal)
    {
        var (bank, entry) = (BankCommand.Bank(), BankCommand.Entry());
        var command = new Command("history", "Shows what an entry was before each of its changes, latest first, one JSON object a line.") { bank, entry };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfMediaHash(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var client = new BankService.BankServiceClient(connection.Invoker);
            var request = new ListBankEntryRevisionsRequest
            {
                BankId = parsed.GetRequiredValue(bank),
                EntryId = parsed.GetRequiredValue(entry),
                PageSize = PageSize,
            };
            do
            {
                var page = await client.ListBankEntryRevisionsAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
                foreach (var revision in page.Revisions)
                {
                    terminal.Out.WriteLine(Json.OneLine(revision));
                }

                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
            return 0;
        });
        return command;
    }
}
