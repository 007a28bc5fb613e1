using System.CommandLine;
using System.Text;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;
using Spectre.Console;

namespace Moderation.ModCtl.Texts;

/// <summary><c>modctl explain</c>: what a text scores, and which words made it.</summary>
internal static class ExplainCommand
{
    private const int Shown = 8;

    public static Command Create(Terminal terminal)
    {
        var text = new Argument<string>("TEXT") { Description = "The text" };
        var tenant = new Option<string>("--tenant") { Description = "The tenant whose lists it is compared with; without it, the shared ones", HelpName = "TENANT", DefaultValueFactory = _ => "" };
        var language = new Option<string>("--language") { Description = "Its language, BCP 47, if known", HelpName = "TAG", DefaultValueFactory = _ => "" };
        var json = new Option<bool>("--json") { Description = "The whole answer as JSON" };
        var command = new Command("explain", "Scores a text and says what each word added.") { text, tenant, language, json };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfTextClassify(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var request = new ExplainTextRequest { Text = parsed.GetRequiredValue(text), TenantId = parsed.GetRequiredValue(tenant), Language = parsed.GetRequiredValue(language) };
            var answer = await new TextClassifyService.TextClassifyServiceClient(connection.Invoker).ExplainTextAsync(
                request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            if (parsed.GetValue(json))
            {
                terminal.Out.WriteLine(Json.Indented(answer));
            }
            else
            {
                Print(request.Text, answer, terminal.Console);
            }

            return 0;
        });
        return command;
    }

    private static void Print(string text, ExplainTextResponse answer, IAnsiConsole console)
    {
        console.WriteLine(answer.Signals.OutOfDomain
            ? $"Language {answer.Signals.Language}: out of the model's domain, no scores."
            : $"Language {answer.Signals.Language}, model {answer.Signals.ModelVersion}.");
        var runes = text.EnumerateRunes().ToArray();
        var table = new Table().Border(TableBorder.Simple).AddColumns("category", "score", "raised by", "lowered by");
        foreach (var explanation in answer.Explanations)
        {
            string[] cells = [ProtoNames.Of(explanation.Category), $"{explanation.Score:F3}", Words(runes, explanation.Raising), Words(runes, explanation.Lowering)];
            table.AddRow(cells.Select(c => new Text(FailureText.Printable(c))));
        }

        console.Write(table);
        foreach (var hit in answer.Signals.ListHits)
        {
            console.WriteLine($"{(hit.Shared ? "shared" : "own")} list: {hit.EntryId} ({ProtoNames.Of(hit.Kind)}, {ProtoNames.Of(hit.Category)}) at {hit.Start}-{hit.End}");
        }
    }

    private static string Words(Rune[] runes, IEnumerable<TextSpan> spans)
        => string.Join(", ", spans.Take(Shown).Select(s => $"{string.Concat(runes.Take(s.End).Skip(s.Start))} {s.Contribution:+0.0;-0.0}"));
}
