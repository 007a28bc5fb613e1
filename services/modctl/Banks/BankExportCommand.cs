using System.CommandLine;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Exchange;
using Moderation.ModCtl.Shell;
using Moderation.ModCtl.Submit;
using Spectre.Console;

namespace Moderation.ModCtl.Banks;

/// <summary><c>modctl bank export</c>: a whole bank as a hash list.</summary>
internal static class BankExportCommand
{
    public static Command Create(Terminal terminal)
    {
        var bank = BankCommand.Bank();
        var file = new Argument<string>("FILE") { Description = "Where to: a name that ends in .ndjson, .jsonl or .csv. It is there once it is whole" };
        var shape = new Option<HashListShape>("--shape")
        {
            Description = "entries (all that is known), threatexchange (signal_type and signal_str) or ncmec (a column a kind of hash)",
            HelpName = "SHAPE",
            DefaultValueFactory = _ => HashListShape.Entries,
        };
        var command = new Command("export", "Writes the entries of a bank to a file.") { bank, file, shape };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfMediaHash(), async (parsed, address, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(file);
            var writer = new HashListWriter(parsed.GetValue(shape), HashListFile.IsCsvName(path));
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var client = new ExchangeService.ExchangeServiceClient(connection.Invoker);
            var partial = path + ".part";
            var count = await terminal.Console.Progress().AutoClear(false)
                .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
                .StartAsync(display => WriteAsync(
                    client, parsed.GetRequiredValue(bank), partial, writer, display.AddTask("Exporting", maxValue: 1), cancellationToken));
            File.Move(partial, path, overwrite: true);
            terminal.Console.WriteLine($"{SubmitReport.Number(count)} entries written to {path}.");
            return 0;
        });
        return command;
    }

    private static async Task<long> WriteAsync(
        ExchangeService.ExchangeServiceClient client, string bank, string path, HashListWriter writer, ProgressTask bar, CancellationToken cancellationToken)
    {
        var count = 0L;
        await using var file = new StreamWriter(path);
        if (writer.Header is { } header)
        {
            await file.WriteLineAsync(header);
        }

        using var call = client.ExportEntries(new ExportEntriesRequest { BankId = bank }, cancellationToken: cancellationToken);
        await foreach (var part in call.ResponseStream.ReadAllAsync(cancellationToken))
        {
            foreach (var entry in part.Entries)
            {
                await file.WriteLineAsync(writer.Write(EntryMapping.ToCore(entry)));
            }

            count += part.Entries.Count;
            bar.Value = part.Share;
        }

        return count;
    }
}
