using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Banks;

/// <summary><c>modctl bank match</c>: which entries match a hash, and how.</summary>
internal static class BankMatchCommand
{
    public static Command Create(Terminal terminal)
    {
        var values = new Argument<string[]>("HASH") { Description = "Hashes in hexadecimal; a video's frames with commas between", Arity = ArgumentArity.OneOrMore };
        var kind = BankCommand.OneOf<HashKind>("--kind", "The kind of the hashes");
        kind.Required = true;
        var tenant = new Option<string>("--tenant") { HelpName = "TENANT", Description = "The tenant whose media they stand for; all unless given", DefaultValueFactory = _ => "" };
        var command = new Command("match", "Shows which entries match hashes: distance, form, frame times; as JSON.") { values, kind, tenant };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfMediaHash(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var request = new MatchHashesRequest
            {
                TenantId = parsed.GetRequiredValue(tenant),
                Hashes = { parsed.GetRequiredValue(values).Select(value => new MatchedHash { Kind = parsed.GetValue(kind) ?? default, Value = value }) },
            };
            var answer = await new HashService.HashServiceClient(connection.Invoker).MatchHashesAsync(
                request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            terminal.Out.WriteLine(Json.Indented(answer));
            return 0;
        });
        return command;
    }
}
