using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Banks;

/// <summary><c>modctl bank status</c></summary>
internal static class BankStatusCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("status", "Shows what a replica of media-hash matches with and how far it is behind, as JSON.");
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfMediaHash(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var answer = await new BankService.BankServiceClient(connection.Invoker).GetIndexStatusAsync(
                new GetIndexStatusRequest(), deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            terminal.Out.WriteLine(Json.Indented(answer));
            return 0;
        });
        return command;
    }
}
