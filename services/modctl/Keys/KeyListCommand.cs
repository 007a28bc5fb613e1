using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;
using Spectre.Console;

namespace Moderation.ModCtl.Keys;

/// <summary><c>modctl key list</c>: a table, or one JSON object a line.</summary>
internal static class KeyListCommand
{
    private const int PageSize = 500;

    public static Command Create(Terminal terminal)
    {
        var tenant = KeyCommand.Tenant();
        var json = new Option<bool>("--json") { Description = "One JSON object a line" };
        var command = new Command("list", "Lists the API keys of a tenant, never their secrets.") { tenant, json };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var client = new EnforcementService.EnforcementServiceClient(connection.Invoker);
            var request = new ListApiKeysRequest { TenantId = parsed.GetRequiredValue(tenant), PageSize = PageSize };
            var keys = new List<ApiKey>();
            do
            {
                var page = await client.ListApiKeysAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
                keys.AddRange(page.Keys);
                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
            if (parsed.GetValue(json))
            {
                keys.ForEach(k => terminal.Out.WriteLine(Json.OneLine(k)));
            }
            else
            {
                Print(keys, terminal.Console);
            }

            return 0;
        });
        return command;
    }

    private static void Print(List<ApiKey> keys, IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("key", "scopes", "made", "ends", "old secret ends", "last used");
        foreach (var key in keys)
        {
            string[] cells =
            [
                key.KeyId, string.Join(' ', key.Scopes.Select(ProtoNames.Of)), Show(key.CreateTime), Show(key.ExpireTime), Show(key.OldSecretEndTime),
                key.LastUseDay.Length > 0 ? key.LastUseDay : "never",
            ];
            table.AddRow(cells.Select(c => new Text(FailureText.Printable(c))));
        }

        console.Write(table);
    }

    private static string Show(Timestamp? time) => time is null ? "-" : $"{time.ToDateTime():yyyy-MM-dd HH:mm}";
}
