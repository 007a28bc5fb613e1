using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Lists;

/// <summary><c>modctl list remove</c></summary>
internal static class ListRemoveCommand
{
    public static Command Create(Terminal terminal)
    {
        var (tenant, entry) = (ListCommand.Tenant(), ListCommand.Entry());
        var command = new Command("remove", "Removes an entry.") { entry, tenant };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfTextClassify(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var request = new RemoveTextListEntryRequest { TenantId = parsed.GetRequiredValue(tenant), EntryId = parsed.GetRequiredValue(entry) };
            var answer = await ListCommand.Client(connection).RemoveTextListEntryAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            terminal.Out.WriteLine($"Entry {request.EntryId} is removed; lists of version {answer.ListVersion} and later do not match it.");
            return 0;
        });
        return command;
    }
}
