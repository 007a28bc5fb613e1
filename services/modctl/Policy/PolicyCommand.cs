using System.CommandLine;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Policy;

/// <summary><c>modctl policy</c>: the policy in force, and checks of one that is being written.</summary>
internal static class PolicyCommand
{
    public static Command Create(Terminal terminal) => new("policy", "Shows the policy in force, and checks one that is being written.")
    {
        PolicyShowCommand.Create(terminal),
        PolicyCheckCommand.Create(terminal),
        PolicyTestCommand.Create(terminal),
        PolicyDiffCommand.Create(terminal),
        PolicyExplainCommand.Create(terminal),
    };
}
