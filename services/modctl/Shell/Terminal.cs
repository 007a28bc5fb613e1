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
    private const int FileWidth = 240;

    public static Terminal OfProcess()
    {
        var console = AnsiConsole.Console;
        if (System.Console.IsOutputRedirected)
        {
            // A file has no width; tables broken at 80 columns can't be searched.
            console.Profile.Width = FileWidth;
        }

        return new Terminal(console, System.Console.Out, System.Console.Error, Environment.GetEnvironmentVariable, TimeProvider.System);
    }
}
