using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Reports;

/// <summary><c>modctl flagger</c>: trusted flaggers of tenants, as JSON.</summary>
internal static class FlaggerCommand
{
    public static Command Create(Terminal terminal)
        => new("flagger", "Adds, lists and removes trusted flaggers.") { AddFlagger(terminal), ListFlaggers(terminal), RemoveFlagger(terminal) };

    private static Command AddFlagger(Terminal terminal)
    {
        var (tenant, flagger) = (Tenant(), Flagger());
        var name = new Option<string>("--name") { Description = "Its name, at most 200 characters", HelpName = "TEXT", Required = true };
        var categories = CategoryOption.Many("The harms in which it is trusted; without it all of them");
        var designation = new Option<string>("--designation") { Description = "Where its status comes from", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        var command = new Command("add", "Adds a trusted flagger; the same again is one.") { tenant, flagger, name, categories, designation };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var request = new AddTrustedFlaggerRequest
            {
                TenantId = parsed.GetRequiredValue(tenant),
                Flagger = new TrustedFlagger
                {
                    FlaggerId = parsed.GetRequiredValue(flagger),
                    Name = parsed.GetRequiredValue(name),
                    Designation = parsed.GetRequiredValue(designation),
                    Categories = { parsed.GetValue(categories) ?? [] },
                },
            };
            var answer = await Client(connection).AddTrustedFlaggerAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            terminal.Out.WriteLine(Json.Indented(answer.Flagger));
            return 0;
        });
        return command;
    }

    private static Command ListFlaggers(Terminal terminal)
    {
        var tenant = Tenant();
        var command = new Command("list", "Lists trusted flaggers, one JSON object a line.") { tenant };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var request = new ListTrustedFlaggersRequest { TenantId = parsed.GetRequiredValue(tenant) };
            do
            {
                var page = await Client(connection).ListTrustedFlaggersAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
                foreach (var flagger in page.Flaggers)
                {
                    terminal.Out.WriteLine(Json.OneLine(flagger));
                }

                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
            return 0;
        });
        return command;
    }

    private static Command RemoveFlagger(Terminal terminal)
    {
        var (tenant, flagger) = (Tenant(), Flagger());
        var command = new Command("remove", "Ends a trusted flagger's priority.") { tenant, flagger };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var request = new RemoveTrustedFlaggerRequest { TenantId = parsed.GetRequiredValue(tenant), FlaggerId = parsed.GetRequiredValue(flagger) };
            await Client(connection).RemoveTrustedFlaggerAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            terminal.Out.WriteLine($"{request.FlaggerId} is no trusted flagger of {request.TenantId} any more.");
            return 0;
        });
        return command;
    }

    private static Argument<string> Tenant() => new("TENANT") { Description = "The tenant" };

    private static Argument<string> Flagger() => new("FLAGGER") { Description = "The flagger: 1..64 characters of a-z 0-9 and -" };

    private static ReportService.ReportServiceClient Client(ServiceConnection connection) => new(connection.Invoker);
}
