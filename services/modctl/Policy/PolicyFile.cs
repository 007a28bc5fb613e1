using Moderation.Enforcement;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Policy;

/// <summary>Policies and golden cases from files; what is wrong with them goes to the error output as file:line:column.</summary>
internal static class PolicyFile
{
    /// <summary>The compiled policy; null when it does not compile, with all errors written.</summary>
    public static async Task<CompiledPolicy?> CompileAsync(Terminal terminal, string path, CancellationToken cancellationToken)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "";
        var sources = new PolicySources
        {
            Include = name => File.Exists(Path.Combine(folder, name)) ? File.ReadAllText(Path.Combine(folder, name)) : null,
        };
        var compilation = PolicyCompiler.Compile(await File.ReadAllTextAsync(path, cancellationToken), sources);
        Report(terminal, path, compilation.Errors);
        return compilation.Policy;
    }

    /// <summary>A policy as it is sent: with the texts that it includes, as the compiler asks for them.</summary>
    public static async Task<Contracts.V1.PolicyDocument> DocumentAsync(string path, CancellationToken cancellationToken)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "";
        var document = new Contracts.V1.PolicyDocument { Text = await File.ReadAllTextAsync(path, cancellationToken) };
        PolicyCompiler.Compile(document.Text, new PolicySources
        {
            Include = name => File.Exists(Path.Combine(folder, name)) ? document.Includes[name] = File.ReadAllText(Path.Combine(folder, name)) : null,
        });
        return document;
    }

    /// <summary>The golden cases of a file; null when it has errors, with all of them written.</summary>
    public static async Task<IReadOnlyList<GoldenCase>?> CasesAsync(Terminal terminal, string path, CancellationToken cancellationToken)
    {
        var cases = GoldenCases.Read(await File.ReadAllTextAsync(path, cancellationToken), out var errors);
        Report(terminal, path, errors);
        return errors.IsEmpty ? cases : null;
    }

    /// <summary>Runs golden cases and says which do not hold; the exit code.</summary>
    public static async Task<int> RunCasesAsync(Terminal terminal, CompiledPolicy policy, string path, CancellationToken cancellationToken)
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

    public static string Existing(FileInfo file, string name)
        => file.Exists ? file.ToString() : throw new UsageException($"{name}: there is no file {file.FullName}.");

    private static void Report(Terminal terminal, string path, IReadOnlyCollection<PolicyError> errors)
    {
        foreach (var error in errors)
        {
            terminal.Error.WriteLine($"{path}:{FailureText.Printable(error.ToString())}");
        }
    }
}
