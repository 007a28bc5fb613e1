using System.CommandLine;

namespace Moderation.Benchmarks.Text;

/// <summary><c>text</c>: claim retrieval, speed and memory of the text model, and a million terms.</summary>
internal static class TextCommand
{
    public static Command Create()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "Folder with text/pool and claims", HelpName = "DIR", Required = true };
        var seconds = new Option<double>("--seconds") { Description = "Of a round of the model", DefaultValueFactory = _ => 3 };
        var command = new Command("text", "Measures claim retrieval, the text model's speed and memory, and a million terms.") { data, seconds };
        command.SetAction(parsed =>
        {
            var folder = parsed.GetRequiredValue(data);
            ClaimRetrieval.Run(folder, Console.Out);
            ModelSpeed.Run(folder, TimeSpan.FromSeconds(parsed.GetValue(seconds)), Console.Out);
            TermSpeed.Run(Console.Out);
        });
        return command;
    }
}
