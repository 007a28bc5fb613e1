using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Accounts;

/// <summary><c>modctl account hold</c>: legal holds.</summary>
internal static class HoldCommand
{
    public static Command Create(Terminal terminal)
        => new("hold", "Sets, releases and lists legal holds.") { Set(terminal), Release(terminal), List(terminal) };

    private static Command Set(Terminal terminal)
    {
        var (tenant, account) = (TenantArgument.Create(), AccountCommand.Account());
        var ground = new Option<string>("--ground") { Description = "The law or proceeding that it rests on", Required = true };
        var until = new Option<DateTimeOffset>("--until") { Description = "When it ends by itself, such as 2027-01-01T00:00Z", Required = true };
        var requestId = new Option<string>("--request-id") { Description = "An id of yours for this request; the same again is the same hold", Required = true };
        var command = new Command("set", "Holds what there is about an account: nothing expires, is swept or erased.") { tenant, account, ground, until, requestId };
        Calls(command, terminal, async (client, parsed, cancellationToken) =>
        {
            var request = new SetLegalHoldRequest
            {
                TenantId = parsed.GetRequiredValue(tenant),
                AccountId = parsed.GetRequiredValue(account),
                LegalGround = parsed.GetRequiredValue(ground),
                EndTime = Timestamp.FromDateTimeOffset(parsed.GetRequiredValue(until)),
                RequestId = parsed.GetRequiredValue(requestId),
            };
            var answer = await client.SetLegalHoldAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            terminal.Out.WriteLine(answer.Hold.HoldId);
        });
        return command;
    }

    private static Command Release(Terminal terminal)
    {
        var hold = new Argument<string>("HOLD") { Description = "The hold, h_<shard>_<ulid>" };
        var command = new Command("release", "Ends a hold; what it kept beyond its time goes then.") { hold };
        Calls(command, terminal, async (client, parsed, cancellationToken) =>
        {
            var answer = await client.ReleaseLegalHoldAsync(
                new ReleaseLegalHoldRequest { HoldId = parsed.GetRequiredValue(hold) }, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            terminal.Out.WriteLine($"Hold {answer.Hold.HoldId} is released.");
        });
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var tenant = TenantArgument.Create();
        var command = new Command("list", "Lists the holds of a tenant, one JSON object a line.") { tenant };
        Calls(command, terminal, async (client, parsed, cancellationToken) =>
        {
            var request = new ListLegalHoldsRequest { TenantId = parsed.GetRequiredValue(tenant), PageSize = 500 };
            do
            {
                var page = await client.ListLegalHoldsAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
                foreach (var hold in page.Holds)
                {
                    terminal.Out.WriteLine(Json.OneLine(hold));
                }

                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
        });
        return command;
    }

    private static void Calls(Command command, Terminal terminal, Func<DataService.DataServiceClient, ParseResult, CancellationToken, Task> call)
    {
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            await call(new DataService.DataServiceClient(connection.Invoker), parsed, cancellationToken);
            return 0;
        });
    }
}
