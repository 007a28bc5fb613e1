using System.CommandLine;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Accounts;

/// <summary><c>modctl account</c>: what is held about an account, and how it ends.</summary>
internal static class AccountCommand
{
    public static Command Create(Terminal terminal) => new("account", "Shows, exports, erases and holds what there is about an account.")
    {
        Standing(terminal), Export(terminal), Erase(terminal), Erasure(terminal), HoldCommand.Create(terminal),
    };

    public static Argument<string> Account() => new("ACCOUNT") { Description = "The account: 1..128 characters of A-Z a-z 0-9 . _ : -" };

    private static Command Standing(Terminal terminal)
    {
        var (tenant, account) = (TenantArgument.Create(), Account());
        var command = new Command("standing", "Shows what is in force about an account, why and until when.") { tenant, account };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var request = new GetAccountStandingRequest { TenantId = parsed.GetRequiredValue(tenant), AccountId = parsed.GetRequiredValue(account) };
            var answer = await new EnforcementService.EnforcementServiceClient(connection.Invoker).GetAccountStandingAsync(
                request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            terminal.Out.WriteLine(Json.Indented(answer));
            return 0;
        });
        return command;
    }

    private static Command Export(Terminal terminal)
    {
        var (tenant, account) = (TenantArgument.Create(), Account());
        var command = new Command("export", "Prints all that is held about an account, one JSON object a line; the last one is of the kind \"end\".") { tenant, account };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var request = new ExportAccountRequest { TenantId = parsed.GetRequiredValue(tenant), AccountId = parsed.GetRequiredValue(account) };
            using var call = new DataService.DataServiceClient(connection.Invoker).ExportAccount(request, cancellationToken: cancellationToken);
            await foreach (var chunk in call.ResponseStream.ReadAllAsync(cancellationToken))
            {
                terminal.Out.Write(chunk.Ndjson.ToStringUtf8());
            }

            return 0;
        });
        return command;
    }

    private static Command Erase(Terminal terminal)
    {
        var (tenant, account) = (TenantArgument.Create(), Account());
        var requestId = new Option<string>("--request-id") { Description = "An id of yours for this request; the same again is the same erasure", Required = true };
        var command = new Command("erase", "Asks that what is held about an account be erased; shows the erasure.") { tenant, account, requestId };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var request = new EraseAccountRequest
            {
                TenantId = parsed.GetRequiredValue(tenant),
                AccountId = parsed.GetRequiredValue(account),
                RequestId = parsed.GetRequiredValue(requestId),
            };
            var answer = await new DataService.DataServiceClient(connection.Invoker).EraseAccountAsync(
                request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            terminal.Out.WriteLine(Json.Indented(answer.Erasure));
            terminal.Error.WriteLine($"modctl account erasure {request.TenantId} {answer.Erasure.ErasureId} tells how far it is.");
            return 0;
        });
        return command;
    }

    private static Command Erasure(Terminal terminal)
    {
        var tenant = TenantArgument.Create();
        var erasure = new Argument<string>("ERASURE") { Description = "The erasure, e_<shard>_<ulid>" };
        var command = new Command("erasure", "Shows how far an erasure is, and what has to stay.") { tenant, erasure };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var headers = new Metadata { { "x-tenant-id", parsed.GetRequiredValue(tenant) } };
            var answer = await new DataService.DataServiceClient(connection.Invoker).GetErasureAsync(
                new GetErasureRequest { ErasureId = parsed.GetRequiredValue(erasure) }, headers, ServiceConnection.Deadline, cancellationToken);
            terminal.Out.WriteLine(Json.Indented(answer.Erasure));
            return 0;
        });
        return command;
    }
}
