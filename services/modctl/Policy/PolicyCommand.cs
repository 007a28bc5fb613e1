using System.CommandLine;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Policy;

/// <summary><c>modctl policy</c>: the policy in force, checks of one that is being written, and its way into force.</summary>
internal static class PolicyCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("policy", "Shows the policy in force, checks one that is being written, and brings it into force.")
        {
            PolicyShowCommand.Create(terminal),
            PolicyCheckCommand.Create(terminal),
            PolicyTestCommand.Create(terminal),
            PolicyDiffCommand.Create(terminal),
            PolicyExplainCommand.Create(terminal),
        };
        foreach (var further in PolicyVersionCommands.Create(terminal).Concat(PolicyRuleCommands.Create(terminal)).Concat(PolicyEvidenceCommands.Create(terminal)))
        {
            command.Subcommands.Add(further);
        }

        return command;
    }
}
