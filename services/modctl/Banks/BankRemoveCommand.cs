using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Banks;

/// <summary><c>modctl bank remove</c></summary>
internal static class BankRemoveCommand
{
    public static Command Create(Terminal terminal)
    {
        var (bank, entry) = (BankCommand.Bank(), BankCommand.Entry());
        var command = new Command("remove", "Removes an entry from a bank.") { bank, entry };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfMediaHash(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var request = new RemoveBankEntryRequest { BankId = parsed.GetRequiredValue(bank), EntryId = parsed.GetRequiredValue(entry) };
            var answer = await new MediaHashService.MediaHashServiceClient(connection.Invoker).RemoveBankEntryAsync(
                request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            terminal.Out.WriteLine($"Entry {request.EntryId} is removed; banks of version {answer.BankVersion} and later do not match it.");
            return 0;
        });
        return command;
    }
}
