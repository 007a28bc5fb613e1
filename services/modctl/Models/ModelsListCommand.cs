using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;
using Spectre.Console;

namespace Moderation.ModCtl.Models;

/// <summary><c>modctl models list</c></summary>
internal static class ModelsListCommand
{
    public static Command Create(Terminal terminal)
    {
        var json = new Option<bool>("--json") { Description = "One JSON object a line" };
        var command = new Command("list", "Shows the models and what they are used for.") { json };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfTextClassify(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var client = ModelsCommand.Client(connection);
            var request = new ListTextModelsRequest();
            var table = new Table().Border(TableBorder.Simple).AddColumns("model", "kind", "version", "ordered", "serving", "fault");
            do
            {
                var page = await client.ListTextModelsAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
                foreach (var model in page.Models)
                {
                    if (parsed.GetValue(json))
                    {
                        terminal.Out.WriteLine(Json.OneLine(model));
                        continue;
                    }

                    string[] cells =
                    [
                        model.ModelId, ProtoNames.Of(model.Kind), model.Version, ProtoNames.Of(model.State), ProtoNames.Of(model.ServingState), model.Fault,
                    ];
                    table.AddRow(cells.Select(c => new Text(FailureText.Printable(c))));
                }

                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
            if (!parsed.GetValue(json))
            {
                terminal.Console.Write(table);
            }

            return 0;
        });
        return command;
    }
}
