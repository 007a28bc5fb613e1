using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Claims;

/// <summary><c>modctl claim remove</c></summary>
internal static class ClaimRemoveCommand
{
    public static Command Create(Terminal terminal)
    {
        var claim = new Argument<string>("CLAIM") { Description = "The claim's id, such as c_0123456789abcdef01234567" };
        var command = new Command("remove", "Removes a fact-check that was withdrawn.") { claim };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfTextClassify(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new ServiceConnection(address, token.Header(parsed, terminal));
            var request = new RemoveFactCheckRequest { ClaimId = parsed.GetRequiredValue(claim) };
            var answer = await ClaimCommand.Client(connection).RemoveFactCheckAsync(request, deadline: ServiceConnection.Deadline, cancellationToken: cancellationToken);
            terminal.Out.WriteLine($"Fact-check {request.ClaimId} is removed; claims of version {answer.ClaimVersion} and later do not have it.");
            return 0;
        });
        return command;
    }
}
