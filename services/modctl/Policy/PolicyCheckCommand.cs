using System.CommandLine;
using Moderation.Enforcement;
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
            var path = Existing(parsed.GetRequiredValue(file), "FILE");
            var compilation = PolicyCompiler.Compile(await File.ReadAllTextAsync(path, cancellationToken));
            if (compilation.Policy is not { } policy)
            {
                Report(terminal, path, compilation.Errors);
                return Root.Failed;
            }

            terminal.Out.WriteLine($"{path}: policy {policy.Version} compiles: {policy.Clauses.Count} clauses, {policy.Rules.Length} rules.");
            return parsed.GetValue(cases) is { } golden ? await RunCasesAsync(terminal, policy, Existing(golden, "--cases"), cancellationToken) : 0;
        });
        return command;
    }

    private static async Task<int> RunCasesAsync(Terminal terminal, CompiledPolicy policy, string path, CancellationToken cancellationToken)
    {
        var results = GoldenCases.Run(await File.ReadAllTextAsync(path, cancellationToken), policy, out var errors);
        Report(terminal, path, errors);
        var failed = results.Where(r => r.Difference is not null).ToList();
        foreach (var result in failed)
        {
            terminal.Error.WriteLine($"{path}: {FailureText.Printable(result.Name)}: {FailureText.Printable(result.Difference ?? "")}");
        }

        terminal.Out.WriteLine($"{path}: {results.Length - failed.Count} cases hold, {failed.Count} do not.");
        return failed.Count == 0 && errors.IsEmpty ? 0 : Root.Failed;
    }

    private static void Report(Terminal terminal, string path, IReadOnlyCollection<PolicyError> errors)
    {
        foreach (var error in errors)
        {
            terminal.Error.WriteLine($"{path}:{FailureText.Printable(error.ToString())}");
        }
    }

    private static string Existing(FileInfo file, string name)
        => file.Exists ? file.ToString() : throw new UsageException($"{name}: there is no file {file.FullName}.");
}
