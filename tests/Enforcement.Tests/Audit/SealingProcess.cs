using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Moderation.Enforcement.Audit;
using Moderation.Enforcement.Host.Audit;

namespace Moderation.Enforcement.Tests.Audit;

/// <summary>
/// A process that decides, seals, archives, and at one step sends itself SIGKILL: nothing of it is flushed, finished or given back. What it decided
/// it says line by line.
/// </summary>
internal static class SealingProcess
{
    public const string Command = "sealing-process";
    private const int Sigkilled = 128 + 9;

    /// <summary>What the process does; it is not meant to return.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var (redis, archive, key, step) = (args[0], args[1], args[2], Enum.Parse<AuditStep>(args[3]));
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(args[4], CultureInfo.InvariantCulture)));
        using var signer = AuditSigner.FromPem(await File.ReadAllTextAsync(key));
        await using var rig = new AuditRig(redis, archive, signer, time);
        await rig.CommitManyAsync(0, 20, Console.WriteLine);
        rig.Steps.Passed = passed =>
        {
            if (passed == step)
            {
                using var self = Process.GetCurrentProcess();
                self.Kill();
            }
        };
        await rig.RoundAsync();
        await rig.CommitAsync("late", "account-1"); // a second round, for steps that come once a round
        await rig.RoundAsync();
        return 0;
    }

    /// <summary>Runs one until it is dead.</summary>
    /// <returns>The decisions that it made.</returns>
    public static async Task<IReadOnlyList<string>> KillAtAsync(
        AuditStep step, string redis, string archive, string signingKey, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var key = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(key, signingKey, cancellationToken);
            var start = new ProcessStartInfo(
                "dotnet",
                [
                    typeof(SealingProcess).Assembly.Location, Command, redis, archive, key, step.ToString(),
                    now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
                ])
            { RedirectStandardOutput = true };
            using var process = Process.Start(start)!; // not null: nothing is reused without a shell
            var said = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            Xunit.Assert.Equal(Sigkilled, process.ExitCode);
            return said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        finally
        {
            File.Delete(key);
        }
    }
}
