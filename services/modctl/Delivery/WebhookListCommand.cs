using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;
using Spectre.Console;

namespace Moderation.ModCtl.Delivery;

/// <summary><c>modctl webhook list</c>: a table, or one JSON object a line.</summary>
internal static class WebhookListCommand
{
    public static Command Create(Terminal terminal)
    {
        var tenant = WebhookCommand.Tenant();
        var json = new Option<bool>("--json") { Description = "One JSON object a line" };
        var command = new Command("list", "Lists a tenant's webhooks by id.") { tenant, json };
        return command.Calls(terminal, async (parsed, client, cancellationToken) =>
        {
            var request = new ListWebhooksRequest { TenantId = parsed.GetRequiredValue(tenant), PageSize = 100 };
            do
            {
                var page = await client.ListWebhooksAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
                if (parsed.GetValue(json))
                {
                    foreach (var webhook in page.Webhooks)
                    {
                        terminal.Out.WriteLine(Json.OneLine(webhook));
                    }
                }
                else
                {
                    Print(page.Webhooks, terminal.Console);
                }

                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
        });
    }

    private static void Print(IEnumerable<Webhook> webhooks, IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("webhook", "state", "types", "keys", "url");
        foreach (var webhook in webhooks)
        {
            var cause = webhook.State == WebhookState.Disabled ? $" ({ProtoNames.Of(webhook.DisableCause)})" : "";
            var types = webhook.EventTypes.Count == 0 ? "all" : string.Join(", ", webhook.EventTypes);
            string[] cells = [webhook.WebhookId, ProtoNames.Of(webhook.State) + cause, types, string.Join(", ", webhook.KeyIds), webhook.Url];
            table.AddRow(cells.Select(c => new Text(FailureText.Printable(c))));
        }

        console.Write(table);
    }
}
