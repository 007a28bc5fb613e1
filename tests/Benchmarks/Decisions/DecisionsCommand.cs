using System.CommandLine;

namespace Moderation.Benchmarks.Decisions;

/// <summary><c>decisions</c>: DecidePost with its commit, beside redis-benchmark running the same script, and the bytes that a decision keeps.</summary>
internal static class DecisionsCommand
{
    public static Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "Rounds; every leg runs once in each; 0: bytes alone", DefaultValueFactory = _ => 5 };
        var seconds = new Option<double>("--seconds") { Description = "Seconds of a leg", DefaultValueFactory = _ => 4 };
        var callers = new Option<int>("--callers") { Description = "Callers at once", DefaultValueFactory = _ => 32 };
        var kept = new Option<int>("--kept") { Description = "Decisions of each kind whose bytes are measured", DefaultValueFactory = _ => 20_000 };
        var dictionary = new Option<FileInfo?>("--dictionary")
        {
            Description = "Measure nothing: train a dictionary for stored decisions and write it here",
        };
        var command = new Command("decisions", "DecidePost with its commit, beside redis-benchmark running the same script; bytes kept for a decision")
        {
            rounds, seconds, callers, kept, dictionary,
        };
        command.SetAction(async (parsed, cancelled) =>
        {
            if (parsed.GetValue(dictionary) is { } file)
            {
                await DecisionDictionary.MakeAsync(file, Console.Out, cancelled);
                return 0;
            }

            if (parsed.GetValue(rounds) > 0)
            {
                await DecisionSpeed.RunAsync(
                    parsed.GetValue(rounds), TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(callers), Console.Out, cancelled);
            }

            await DecisionBytes.RunAsync(parsed.GetValue(kept), Console.Out, cancelled);
            return 0;
        });
        return command;
    }
}
