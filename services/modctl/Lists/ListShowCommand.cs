using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;
using Spectre.Console;

namespace Moderation.ModCtl.Lists;

/// <summary><c>modctl list show</c>: a table, or one JSON object a line. Each page is printed as it comes.</summary>
internal static class ListShowCommand
{
    private const int PageSize = 500;

    public static Command Create(Terminal terminal)
    {
        var tenant = ListCommand.Tenant();
        var json = new Option<bool>("--json") { Description = "One JSON object a line" };
        var command = new Command("show", "Shows the entries by entry id.") { tenant, json };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfTextClassify(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var client = ListCommand.Client(connection);
            var request = new ListTextListEntriesRequest { TenantId = parsed.GetRequiredValue(tenant), PageSize = PageSize };
            var count = 0;
            do
            {
                var page = await client.ListTextListEntriesAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
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
                terminal.Console.WriteLine($"{count} entries {(request.TenantId.Length > 0 ? $"of {request.TenantId}" : "for all tenants")}.");
            }

            return 0;
        });
        return command;
    }

    private static void Print(ListTextListEntriesResponse page, IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("entry", "category", "kind", "pattern", "until", "added", "by");
        Array.ForEach([0, 1, 2], i => table.Columns[i].NoWrap());
        foreach (var entry in page.Entries)
        {
            var (kind, pattern) = ListCommand.Pattern(entry);
            string[] cells =
            [
                entry.EntryId, ProtoNames.Of(entry.Category), kind, pattern, $"{entry.EndTime?.ToDateTime():yyyy-MM-dd HH:mm}",
                $"{entry.CreateTime?.ToDateTime():yyyy-MM-dd HH:mm}", entry.Creator,
            ];
            table.AddRow(cells.Select(c => new Text(FailureText.Printable(c))));
        }

        console.Write(table);
    }
}
