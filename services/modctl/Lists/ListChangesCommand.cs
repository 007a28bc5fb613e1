using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Lists;

/// <summary><c>modctl list changes</c>: who added and removed what, one JSON object a line, oldest first.</summary>
internal static class ListChangesCommand
{
    private const int PageSize = 500;

    public static Command Create(Terminal terminal)
    {
        var tenant = ListCommand.Tenant();
        var command = new Command("changes", "Shows who added and removed what, oldest first.") { tenant };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfTextClassify(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var client = ListCommand.Client(connection);
            var request = new ListTextListChangesRequest { TenantId = parsed.GetRequiredValue(tenant), PageSize = PageSize };
            do
            {
                var page = await client.ListTextListChangesAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
                foreach (var change in page.Changes)
                {
                    terminal.Out.WriteLine(Json.OneLine(change));
                }

                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
            return 0;
        });
        return command;
    }
}
