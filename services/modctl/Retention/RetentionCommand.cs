using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;
using Spectre.Console;

namespace Moderation.ModCtl.Retention;

/// <summary><c>modctl retention</c>: how long each kind of record is kept.</summary>
internal static class RetentionCommand
{
    public static Command Create(Terminal terminal) => new("retention", "Shows how long each kind of record is kept.") { Show(terminal) };

    private static Command Show(Terminal terminal)
    {
        var json = new Option<bool>("--json") { Description = "As one JSON object" };
        var command = new Command("show", "Shows the retention table and what the last sweep removed.") { json };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var answer = await new DataService.DataServiceClient(connection.Invoker).GetRetentionAsync(
                new GetRetentionRequest(), deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            if (parsed.GetValue(json))
            {
                terminal.Out.WriteLine(Json.Indented(answer));
                return 0;
            }

            var table = new Table().Border(TableBorder.Simple).AddColumns("kind", "minimum", "configured", "maximum", "ended by", "setting", "why");
            foreach (var row in answer.Rows)
            {
                string[] cells = [row.Kind, Days(row.Minimum), Days(row.Configured), Days(row.Maximum), row.EndedBy, row.Setting, row.Source];
                table.AddRow(cells.Select(c => new Text(FailureText.Printable(c))));
            }

            terminal.Console.Write(table);
            terminal.Console.WriteLine(answer.LastSweep is { } last
                ? $"The last sweep ended at {last.EndTime.ToDateTime():yyyy-MM-dd HH:mm}: {last.KeyCount} keys, {last.HeldCount} records held, removed "
                    + (last.Removed.Count == 0 ? "nothing." : string.Join(", ", last.Removed.Select(r => $"{r.Count} {r.Kind}")) + ".")
                : "No sweep has come to its end yet.");
            return 0;
        });
        return command;
    }

    private static string Days(Duration? duration) => duration is null ? "" : $"{duration.ToTimeSpan().TotalDays:0.##} d";
}
