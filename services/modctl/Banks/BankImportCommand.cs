using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Exchange;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Banks;

/// <summary><c>modctl bank import</c>: a whole hash list. May be stopped and run again.</summary>
internal static class BankImportCommand
{
    public static Command Create(Terminal terminal)
    {
        var bank = BankCommand.Bank();
        var file = new Argument<string>("FILE")
        {
            Description = "A hash list: .ndjson, .jsonl or .csv, perhaps .gz, in python-threatexchange's, NCMEC's or our own shape",
        };
        var category = CategoryOption.One("The harm that entries stand for, where a row has none of the taxonomy");
        var source = new Option<string>("--source") { HelpName = "TEXT", Description = "Where it comes from, at most 200 characters", DefaultValueFactory = _ => "" };
        var command = new Command("import", "Adds the entries of a hash list to a bank; the same list twice adds nothing.") { bank, file, category, source };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfMediaHash(), async (parsed, address, cancellationToken) =>
        {
            var list = new HashListFile(parsed.GetRequiredValue(file));
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var import = new BankImport(new ExchangeService.ExchangeServiceClient(connection.Invoker), terminal);
            var defaults = new HashListDefaults(
                parsed.GetRequiredValue(bank), (MediaHash.Banks.HarmCategory)parsed.GetRequiredValue(category), parsed.GetRequiredValue(source));
            return await import.RunAsync(list, defaults, cancellationToken);
        });
        return command;
    }
}
