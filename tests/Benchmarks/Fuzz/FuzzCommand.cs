using System.CommandLine;

namespace Moderation.Benchmarks.Fuzz;

/// <summary><c>fuzz TARGET</c>: tries inputs for a while, and fails with the first that breaks a promise.</summary>
internal static class FuzzCommand
{
    private static readonly Dictionary<string, Func<FuzzTarget>> Targets = new(StringComparer.Ordinal)
    {
        ["normalizer"] = () => new NormalizerFuzz(),
        ["url-finder"] = () => new UrlFinderFuzz(),
        ["text-proto"] = () => new TextProtoFuzz(),
        ["policy-text"] = () => new PolicyTextFuzz(),
    };

    public static Command Create()
    {
        var target = new Argument<string>("TARGET") { Description = string.Join(", ", Targets.Keys) };
        target.AcceptOnlyFromAmong([.. Targets.Keys]);
        var seconds = new Option<double>("--seconds") { Description = "How long", DefaultValueFactory = _ => 300 };
        var seed = new Option<int>("--seed") { Description = "The same seed tries the same inputs", DefaultValueFactory = _ => 1 };
        var from = new Option<long>("--from") { Description = "The number of the first input, to try a finding again" };
        var command = new Command("fuzz", "Tries inputs on a part that takes them from outside, and fails with the first that breaks a promise.") { target, seconds, seed, from };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var name = parsed.GetRequiredValue(target);
            await using var tried = Targets[name]();
            await tried.StartAsync(cancellationToken);
            try
            {
                var count = await FuzzRun.RunAsync(tried, parsed.GetValue(seed), TimeSpan.FromSeconds(parsed.GetValue(seconds)), from: parsed.GetValue(from));
                Console.WriteLine($"{name}: {count:N0} inputs, nothing found");
                return 0;
            }
            catch (FuzzFinding found)
            {
                Console.Error.WriteLine($"{name}: {found.Message}\n{found.InnerException?.StackTrace}");
                return 1;
            }
        });
        return command;
    }
}
