using System.CommandLine;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Claims;

/// <summary><c>modctl claim</c>: published fact-checks, and what texts repeat of them.</summary>
internal static class ClaimCommand
{
    public static Command Create(Terminal terminal) => new("claim", "Imports, removes and lists fact-checks, and matches texts with them.")
    {
        ClaimImportCommand.Create(terminal),
        ClaimRemoveCommand.Create(terminal),
        ClaimListCommand.Create(terminal),
        ClaimMatchCommand.Create(terminal),
    };

    public static ClaimService.ClaimServiceClient Client(ServiceConnection connection) => new(connection.Invoker);
}
