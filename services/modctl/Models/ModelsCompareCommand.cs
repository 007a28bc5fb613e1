using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;
using Spectre.Console;

namespace Moderation.ModCtl.Models;

/// <summary><c>modctl models compare</c>: how a shadow scored what the live model scored.</summary>
internal static class ModelsCompareCommand
{
    public static Command Create(Terminal terminal)
    {
        var model = ModelsCommand.Model();
        var live = new Option<string>("--live") { HelpName = "MODEL", Description = "The live model; without it, the one that is live now", DefaultValueFactory = _ => "" };
        var threshold = new Option<float>("--threshold") { HelpName = "SCORE", Description = "From which score on a text counts as flagged: 0.1, 0.2, ... 0.9", DefaultValueFactory = _ => 0.5f };
        var json = new Option<bool>("--json") { Description = "The whole answer as JSON" };
        var command = new Command("compare", "Shows how a shadow agrees with the live model.") { model, live, threshold, json };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfTextClassify(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var request = new CompareTextModelsRequest
            {
                ModelId = parsed.GetRequiredValue(model),
                LiveModelId = parsed.GetRequiredValue(live),
                Threshold = parsed.GetRequiredValue(threshold),
            };
            var answer = await ModelsCommand.Client(connection).CompareTextModelsAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            if (parsed.GetValue(json))
            {
                terminal.Out.WriteLine(Json.Indented(answer));
            }
            else
            {
                Print(answer, request.Threshold, terminal.Console);
            }

            return 0;
        });
        return command;
    }

    private static void Print(CompareTextModelsResponse answer, float threshold, IAnsiConsole console)
    {
        console.WriteLine($"{answer.ShadowVersion} beside {answer.LiveVersion}: {answer.Texts} texts, {answer.Unavailable} unavailable, {answer.Dropped} dropped.");
        var table = new Table().Border(TableBorder.Simple)
            .AddColumns("category", "scored by both", "live alone", "shadow alone", $"both >= {threshold:0.0}", "live only", "shadow only", "agreement", "kappa");
        foreach (var category in answer.Categories)
        {
            string[] cells =
            [
                ProtoNames.Of(category.Category), $"{category.BothScored}", $"{category.LiveOnlyScored}", $"{category.ShadowOnlyScored}", $"{category.BothFlagged}",
                $"{category.LiveOnlyFlagged}", $"{category.ShadowOnlyFlagged}", $"{category.Agreement:P1}", $"{category.Kappa:F2}",
            ];
            table.AddRow(cells.Select(c => new Text(c)));
        }

        console.Write(table);
    }
}
