using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;
using Spectre.Console;

namespace Moderation.ModCtl.Effects;

/// <summary><c>modctl effects</c>: what the platform has not confirmed.</summary>
internal static class EffectsCommand
{
    private const int PageSize = 500;

    public static Command Create(Terminal terminal) => new("effects", "Shows what the platform has not confirmed.") { List(terminal) };

    private static Command List(Terminal terminal)
    {
        var tenant = TenantArgument.Create();
        var json = new Option<bool>("--json") { Description = "One JSON object a line" };
        var command = new Command("list", "Lists decisions that should have been confirmed by now and are not.") { tenant, json };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var client = new EffectService.EffectServiceClient(connection.Invoker);
            var request = new ListUnconfirmedEffectsRequest { TenantId = parsed.GetRequiredValue(tenant), PageSize = PageSize };
            var count = 0;
            do
            {
                var page = await client.ListUnconfirmedEffectsAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
                Print(page, parsed.GetValue(json), terminal);
                count += page.Decisions.Count;
                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
            if (!parsed.GetValue(json))
            {
                terminal.Console.WriteLine($"{count} decisions of {request.TenantId} are not confirmed.");
            }

            return 0;
        });
        return command;
    }

    private static void Print(ListUnconfirmedEffectsResponse page, bool json, Terminal terminal)
    {
        if (json)
        {
            foreach (var decision in page.Decisions)
            {
                terminal.Out.WriteLine(Json.OneLine(decision));
            }

            return;
        }

        if (page.Decisions.Count == 0)
        {
            return;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns("decision", "post", "account", "decided", "missing");
        foreach (var decision in page.Decisions)
        {
            var missing = decision.Effects.Select(e => $"{ProtoNames.Of(e.Kind)} {e.MeasureId} {ProtoNames.Of(e.State)} {e.Reason}".Trim());
            string[] cells =
            [
                decision.DecisionId, decision.PostId, decision.AccountId, $"{decision.CreateTime?.ToDateTime():yyyy-MM-dd HH:mm}", string.Join('\n', missing),
            ];
            table.AddRow(cells.Select(c => new Text(string.Join('\n', c.Split('\n').Select(FailureText.Printable)))));
        }

        terminal.Console.Write(table);
    }
}
