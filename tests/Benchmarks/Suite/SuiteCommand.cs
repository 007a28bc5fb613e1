using System.CommandLine;

namespace Moderation.Benchmarks.Suite;

/// <summary>How long and how hard.</summary>
/// <param name="Rounds">Rounds; in each, every leg runs once.</param>
/// <param name="Length">How long a leg runs.</param>
/// <param name="Callers">Callers at once.</param>
/// <param name="Only">What the names of the legs to run contain; the echo always runs.</param>
/// <param name="Environment">Environment of the services and of the echo server.</param>
internal sealed record SuiteSettings(int Rounds, TimeSpan Length, int Callers, string Only, IReadOnlyDictionary<string, string> Environment);

/// <summary><c>suite</c>: posts a second through all four services, beside a bare gRPC echo.</summary>
internal static class SuiteCommand
{
    public static Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "Rounds; every leg runs once in each", DefaultValueFactory = _ => 7 };
        var seconds = new Option<double>("--seconds") { Description = "Seconds of a leg", DefaultValueFactory = _ => 5 };
        var callers = new Option<int>("--callers") { Description = "Callers at once", DefaultValueFactory = _ => 32 };
        var only = new Option<string>("--only")
        {
            Description = "Run only the legs whose names contain this, such as everysec (and the echo)",
            DefaultValueFactory = _ => "",
        };
        var settings = new Option<string[]>("--set")
        {
            Description = "NAME=VALUE: environment of the services and the echo server, such as DOTNET_gcServer=1; may be repeated",
            DefaultValueFactory = _ => [],
        };
        Require(rounds, 1);
        Require(callers, 1);
        Require(seconds, 0.1);
        settings.Validators.Add(parsed =>
        {
            foreach (var token in parsed.Tokens.Where(t => t.Value.IndexOf('=', StringComparison.Ordinal) < 1))
            {
                parsed.AddError($"--set {token.Value}: write NAME=VALUE.");
            }
        });
        var command = new Command("suite", "Posts a second through the whole suite, beside a bare gRPC echo in the same run")
        {
            rounds, seconds, callers, only, settings,
        };
        command.SetAction((parsed, cancelled) => SuiteRun.RunAsync(
            new SuiteSettings(
                parsed.GetValue(rounds),
                TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                parsed.GetValue(callers),
                parsed.GetValue(only) ?? "",
                (parsed.GetValue(settings) ?? []).Select(s => s.Split('=', 2)).ToDictionary(p => p[0], p => p[1])),
            cancelled));
        return command;
    }

    private static void Require<T>(Option<T> option, T least)
        where T : IComparable<T> => option.Validators.Add(parsed =>
        {
            if (parsed.GetValueOrDefault<T>()!.CompareTo(least) < 0) // numbers are never null
            {
                parsed.AddError($"{option.Name} must be {least} or more.");
            }
        });
}
