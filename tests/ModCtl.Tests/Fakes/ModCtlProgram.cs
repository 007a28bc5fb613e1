using Moderation.ModCtl.Shell;
using Spectre.Console;

namespace Moderation.ModCtl.Tests.Fakes;

/// <summary>Runs modctl as its process would, with its output caught.</summary>
internal static class ModCtlProgram
{
    public static async Task<Outcome> RunAsync(params string[] arguments) => await RunAsync(_ => null, arguments);

    public static async Task<Outcome> RunAsync(Func<string, string?> variable, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = 200;
        var code = await Root.RunAsync(
            arguments,
            new Terminal(console, TextWriter.Synchronized(output), TextWriter.Synchronized(error), variable, TimeProvider.System),
            TestContext.Current.CancellationToken);
        return new Outcome(code, output.ToString(), error.ToString());
    }

    /// <summary>What a run came to.</summary>
    internal sealed record Outcome(int Code, string Output, string Error);
}
