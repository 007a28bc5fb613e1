using System.CommandLine;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Policy;

/// <summary><c>modctl policy test</c>: runs golden cases against a policy, offline.</summary>
internal static class PolicyTestCommand
{
    public static Command Create(Terminal terminal)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The policy, YAML" };
        var cases = new Argument<FileInfo>("CASES") { Description = "Golden cases that it must pass, YAML" };
        var command = new Command("test", "Runs the golden cases of a file against a policy; exit code 1 when one does not hold.") { file, cases };
        command.Does(terminal, async (parsed, cancellationToken) =>
        {
            var path = PolicyFile.Existing(parsed.GetRequiredValue(file), "FILE");
            var golden = PolicyFile.Existing(parsed.GetRequiredValue(cases), "CASES");
            return await PolicyFile.CompileAsync(terminal, path, cancellationToken) is { } policy
                ? await PolicyFile.RunCasesAsync(terminal, policy, golden, cancellationToken)
                : Root.Failed;
        });
        return command;
    }
}
