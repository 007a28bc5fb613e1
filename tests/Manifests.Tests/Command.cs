using System.ComponentModel;
using System.Diagnostics;

namespace Moderation.Manifests.Tests;

/// <summary>What a program left behind.</summary>
internal sealed record CommandResult(string CommandLine, int ExitCode, string Output, string Error)
{
    /// <summary>The standard output of a program that ended with exit code 0; otherwise the test fails with what it said.</summary>
    public string RequireSuccess() => ExitCode == 0
        ? Output
        : throw new InvalidOperationException($"{CommandLine} ended with exit code {ExitCode}:\n{Error}{Output}");
}

internal static class Command
{
    // The first run may have to fetch 37 MB; every later one takes well under a second.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static async Task<CommandResult> RunAsync(string program, params string[] arguments)
    {
        var line = $"{program} {string.Join(' ', arguments)}";
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        using var process = Start(start, line);
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new CommandResult(line, process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{line} took longer than {Limit}");
        }
    }

    private static Process Start(ProcessStartInfo start, string line)
    {
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException($"{line} did not start");
        }
        catch (Win32Exception refused)
        {
            throw new InvalidOperationException($"{line} cannot be started: {refused.Message}", refused);
        }
    }
}
