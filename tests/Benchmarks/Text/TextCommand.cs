using System.CommandLine;
using Moderation.Benchmarks.Text.Quality;
using Moderation.Testing;

namespace Moderation.Benchmarks.Text;

/// <summary><c>text</c>: quality beside peers, perturbations, claim retrieval, speed and memory of the text model, a million terms.</summary>
internal static class TextCommand
{
    private static readonly string[] Legs = ["quality", "verified", "attacks", "claims", "race", "model", "terms"];

    public static Command Create()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "Folder with text/pool and claims", HelpName = "DIR", Required = true };
        var seconds = new Option<double>("--seconds") { Description = "Of a round of the model", DefaultValueFactory = _ => 3 };
        var only = new Option<string[]>("--only") { Description = "Some legs: " + string.Join(", ", Legs), AllowMultipleArgumentsPerToken = true };
        only.AcceptOnlyFromAmong(Legs);
        var command = new Command("text", "Measures the text model beside its peers, claim retrieval and a million terms.") { data, seconds, only };
        command.SetAction(parsed =>
        {
            var folder = parsed.GetRequiredValue(data);
            var legs = parsed.GetValue(only) is { Length: > 0 } some ? some : Legs;
            var report = Console.Out;
            if (legs.Contains("quality") || legs.Contains("attacks")) Quality(folder, legs, report);
            if (legs.Contains("verified"))
            {
                var split = PoolSplit.Read(folder, verifiedLicencesOnly: true);
                report.WriteLine("\nSources with a verified licence alone, all scorers trained without the others:");
                QualityTable.Run(split, QualityTable.Scorers(split, Work, verifiedLicencesOnly: true), report);
            }
            if (legs.Contains("claims")) ClaimRetrieval.Run(folder, report);
            if (legs.Contains("race")) SpeedRace.Run(folder, Work, report);
            if (legs.Contains("model")) ModelSpeed.Run(folder, TimeSpan.FromSeconds(parsed.GetValue(seconds)), report);
            if (legs.Contains("terms")) TermSpeed.Run(report);
        });
        return command;
    }

    // What peers were trained to is kept here: it takes minutes.
    private static DirectoryInfo Work { get; } = new(Repository.PathOf("artifacts", "bench-text"));

    private static void Quality(DirectoryInfo folder, string[] legs, TextWriter report)
    {
        var split = PoolSplit.Read(folder, verifiedLicencesOnly: false);
        if (legs.Contains("quality")) QualityTable.Run(split, QualityTable.Scorers(split, Work, verifiedLicencesOnly: false), report);
        if (legs.Contains("attacks")) AttackTable.Run(folder, split, QualityTable.AttackedScorers(split, Work), report);
    }
}
