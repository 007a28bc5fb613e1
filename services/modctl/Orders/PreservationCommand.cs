using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Orders;

/// <summary><c>modctl preservation</c>: what is preserved of child sexual exploitation, as JSON. Each read is in the audit.</summary>
internal static class PreservationCommand
{
    public static Command Create(Terminal terminal)
        => new("preservation", "Reads preservation records; needs the clearance child-safety, and each read is audited.")
        {
            ListPreservations(terminal), GetPreservation(terminal),
        };

    private static Command ListPreservations(Terminal terminal)
    {
        var tenant = new Argument<string>("TENANT") { Description = "The tenant" };
        var command = new Command("list", "Lists records, newest first, one JSON object a line.") { tenant };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var request = new ListPreservationsRequest { TenantId = parsed.GetRequiredValue(tenant) };
            do
            {
                var page = await Client(connection).ListPreservationsAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
                foreach (var preservation in page.Preservations)
                {
                    terminal.Out.WriteLine(Json.OneLine(preservation));
                }

                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
            return 0;
        });
        return command;
    }

    private static Command GetPreservation(Terminal terminal)
    {
        var id = new Argument<string>("PRESERVATION_ID") { Description = "The record" };
        var command = new Command("get", "Reads a record with what it preserves.") { id };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var answer = await Client(connection).GetPreservationAsync(
                new GetPreservationRequest { PreservationId = parsed.GetRequiredValue(id) }, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            terminal.Out.WriteLine(Json.Indented(answer));
            return 0;
        });
        return command;
    }

    private static PreservationService.PreservationServiceClient Client(ServiceConnection connection) => new(connection.Invoker);
}
