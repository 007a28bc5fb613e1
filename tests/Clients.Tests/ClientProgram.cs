using System.ComponentModel;
using System.Diagnostics;
using Moderation.Testing;

namespace Moderation.Clients.Tests;

/// <summary>What a client program left behind.</summary>
/// <param name="CommandLine">How it was called.</param>
/// <param name="ExitCode">How it ended.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
internal sealed record ClientResult(string CommandLine, int ExitCode, string Output, string Error)
{
    /// <summary>Its output, when it ended with <paramref name="exitCode"/>; else the test fails with all that it said.</summary>
    public string Require(int exitCode = 0) => ExitCode == exitCode
        ? Output
        : throw new InvalidOperationException($"{CommandLine} ended with exit code {ExitCode}, not {exitCode}:\n{Error}{Output}");
}

/// <summary>Programs that are clients of the suite. One that is missing fails the test and says what to install.</summary>
internal static class ClientProgram
{
    // The first run may fetch packages or compile; every later one takes a second.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Runs one in the root of the checkout.</summary>
    public static async Task<ClientResult> RunAsync(string program, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var line = $"{program} {string.Join(' ', arguments)}";
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Start(start);
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new ClientResult(line, process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{line} took longer than {Limit}.");
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
        }
        catch (Win32Exception missing)
        {
            var package = start.FileName switch { "node" => "nodejs", var name => name };
            throw new InvalidOperationException(
                $"These tests run the real {start.FileName} as a client and it is not on PATH: apt-get install {package} (Debian, Ubuntu). Node must be 18 or later.",
                missing);
        }
    }
}
