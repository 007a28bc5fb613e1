using System.CommandLine;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Policy;

/// <summary><c>modctl policy check</c>: compiles a policy as enforcement does, and runs its golden cases, offline.</summary>
internal static class PolicyCheckCommand
{
    public static Command Create(Terminal terminal)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The policy, YAML" };
        var cases = new Option<FileInfo>("--cases") { Description = "Golden cases that it must pass, YAML", HelpName = "FILE" };
        var command = new Command("check", "Checks a policy offline, as enforcement would; prints all errors as file:line:column.") { file, cases };
        command.Does(terminal, async (parsed, cancellationToken) =>
        {
            var path = PolicyFile.Existing(parsed.GetRequiredValue(file), "FILE");
            if (await PolicyFile.CompileAsync(terminal, path, cancellationToken) is not { } policy)
            {
                return Root.Failed;
            }

            terminal.Out.WriteLine($"{path}: policy {policy.Version} compiles: {policy.Clauses.Count} clauses, {policy.Rules.Length} rules.");
            return parsed.GetValue(cases) is { } golden ? await PolicyFile.RunCasesAsync(terminal, policy, PolicyFile.Existing(golden, "--cases"), cancellationToken) : 0;
        });
        return command;
    }
}
