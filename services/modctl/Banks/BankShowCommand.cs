using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Banks;

/// <summary><c>modctl bank show</c></summary>
internal static class BankShowCommand
{
    public static Command Create(Terminal terminal)
    {
        var (bank, entry) = (BankCommand.Bank(), BankCommand.Entry());
        var command = new Command("show", "Shows an entry and what reviewers say of its matches, as JSON.") { bank, entry };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfMediaHash(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var answer = await new BankService.BankServiceClient(connection.Invoker).GetBankEntryAsync(
                new GetBankEntryRequest { BankId = parsed.GetRequiredValue(bank), EntryId = parsed.GetRequiredValue(entry) },
                deadline: ServiceConnection.Deadline,
                cancellationToken: cancellationToken);
            terminal.Out.WriteLine(Json.Indented(answer));
            return 0;
        });
        return command;
    }
}
