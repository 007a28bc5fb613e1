using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Models;

/// <summary><c>modctl models show</c>: languages, figures and card of a model.</summary>
internal static class ModelsShowCommand
{
    public static Command Create(Terminal terminal)
    {
        var model = ModelsCommand.Model();
        var json = new Option<bool>("--json") { Description = "The whole answer as JSON" };
        var command = new Command("show", "Shows what a model judges, how well, what it was trained with, and its card.") { model, json };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfTextClassify(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var answer = await ModelsCommand.Client(connection).GetTextModelAsync(
                new GetTextModelRequest { ModelId = parsed.GetRequiredValue(model) }, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            if (parsed.GetValue(json))
            {
                terminal.Out.WriteLine(Json.Indented(answer));
            }
            else
            {
                Print(answer, terminal.Out);
            }

            return 0;
        });
        return command;
    }

    private static void Print(GetTextModelResponse answer, TextWriter output)
    {
        output.WriteLine($"{answer.Model.ModelId}  {ProtoNames.Of(answer.Model.Kind)}  {answer.Model.Version}  {ProtoNames.Of(answer.Model.State)}");
        if (answer.Model.Fault.Length > 0)
        {
            output.WriteLine($"Can't be used: {FailureText.Printable(answer.Model.Fault)}");
        }

        foreach (var language in answer.Languages)
        {
            output.WriteLine($"judges {language.Language}: {string.Join(", ", language.Categories.Select(ProtoNames.Of))}");
        }

        foreach (var figures in answer.Figures.GroupBy(f => f.Category))
        {
            output.WriteLine($"{ProtoNames.Of(figures.Key)}: mean average precision {figures.Average(f => f.AveragePrecision):F3} over {figures.Count()} held-out data sets");
        }

        if (answer.Sources.Count > 0)
        {
            output.WriteLine($"trained with {answer.Sources.Sum(s => s.Rows):N0} rows of {answer.Sources.Count} data sets");
        }

        foreach (var line in answer.Card.Split('\n'))
        {
            output.WriteLine(FailureText.Printable(line));
        }
    }
}
