using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;
using Spectre.Console;

namespace Moderation.ModCtl.Banks;

/// <summary><c>modctl bank list</c>: a table, or one JSON object a line. Each page is printed as it comes.</summary>
internal static class BankListCommand
{
    private const int PageSize = 500;

    public static Command Create(Terminal terminal)
    {
        var bank = BankCommand.Bank();
        var json = new Option<bool>("--json") { Description = "One JSON object a line" };
        var state = BankCommand.OneOf<BankEntryState>("--state", "Only entries of this state; QUARANTINED are those that wait for a person");
        var command = new Command("list", "Lists the entries of a bank by entry id.") { bank, json, state };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfMediaHash(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var client = new MediaHashService.MediaHashServiceClient(connection.Invoker);
            var request = new ListBankEntriesRequest { BankId = parsed.GetRequiredValue(bank), PageSize = PageSize, State = parsed.GetValue(state) ?? default };
            var count = 0;
            do
            {
                var page = await client.ListBankEntriesAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
                if (parsed.GetValue(json))
                {
                    foreach (var entry in page.Entries)
                    {
                        terminal.Out.WriteLine(Json.OneLine(entry));
                    }
                }
                else if (page.Entries.Count > 0)
                {
                    Print(page, terminal.Console);
                }

                count += page.Entries.Count;
                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
            if (!parsed.GetValue(json))
            {
                terminal.Console.WriteLine($"{count} entries in {request.BankId}.");
            }

            return 0;
        });
        return command;
    }

    // A video's entry holds a hash a frame.
    private static string Short(string value) => value.Split(',') is { Length: > 1 } frames ? $"{frames[0]} and {frames.Length - 1} more" : value;

    private static void Print(ListBankEntriesResponse page, IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("entry", "state", "category", "kind", "value", "source", "added", "by");
        Array.ForEach([0, 1, 2, 3], i => table.Columns[i].NoWrap());
        foreach (var entry in page.Entries)
        {
            string[] cells =
            [
                entry.EntryId, ProtoNames.Of(entry.State), ProtoNames.Of(entry.Category), ProtoNames.Of(entry.Kind), Short(entry.Value), entry.Source,
                $"{entry.CreateTime?.ToDateTime():yyyy-MM-dd HH:mm}", entry.Creator,
            ];
            table.AddRow(cells.Select(c => new Text(FailureText.Printable(c))));
        }

        console.Write(table);
    }
}
