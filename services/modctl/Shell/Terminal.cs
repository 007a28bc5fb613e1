using Spectre.Console;

namespace Moderation.ModCtl.Shell;

/// <summary>Where a command reads its surroundings and writes to.</summary>
/// <param name="Console">Tables and progress bars for people.</param>
/// <param name="Out">What other programs may read: JSON, keys, tokens.</param>
/// <param name="Error">What went wrong, and notes that must not mix with <paramref name="Out"/>.</param>
/// <param name="Variable">Reads an environment variable.</param>
/// <param name="Time">The clock.</param>
internal sealed record Terminal(IAnsiConsole Console, TextWriter Out, TextWriter Error, Func<string, string?> Variable, TimeProvider Time)
{
    public static Terminal OfProcess()
        => new(AnsiConsole.Console, System.Console.Out, System.Console.Error, Environment.GetEnvironmentVariable, TimeProvider.System);
}
