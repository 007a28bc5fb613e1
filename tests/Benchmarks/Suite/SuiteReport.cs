using System.Runtime.InteropServices;

namespace Moderation.Benchmarks.Suite;

/// <summary>The tables of a run, in Markdown.</summary>
internal static class SuiteReport
{
    public const string Yardstick = "bare gRPC echo";

    public static void Print(
        TextWriter to, SuiteSettings settings, string redis, string texts, IReadOnlyList<(string Name, List<LegResult> Rounds)> legs, double commands)
    {
        var echo = legs.Single(l => l.Name == Yardstick).Rounds;
        to.WriteLine($"""
            Machine: {Environment.ProcessorCount} cores, {Processor()}; {RuntimeInformation.OSDescription}; {RuntimeInformation.FrameworkDescription}; Redis {redis}.
            Callers, echo, four services and Redis share it. {settings.Rounds} rounds of {settings.Length.TotalSeconds:0.#} s a leg, {settings.Callers} callers, warmed up; posts: {texts}.
            Services set: {(settings.Environment.Count == 0 ? "nothing beyond the tests' settings" : string.Join(' ', settings.Environment.Select(p => $"{p.Key}={p.Value}")))}.
            Median of the rounds (min..max). The ratio is to the echo of the same round.

            | leg | calls/s | ratio to echo | p50 ms | p99 ms | p50, times echo's |
            |---|---|---|---|---|---|
            """);
        foreach (var (name, rounds) in legs)
        {
            to.WriteLine(
                $"| {name} | {Spread(rounds.Select(r => r.PerSecond), "0")} | {Spread(rounds.Zip(echo, (r, e) => r.PerSecond / e.PerSecond), "0.000")} "
                + $"| {Spread(rounds.Select(r => r.P50), "0.00")} | {Spread(rounds.Select(r => r.P99), "0.00")} "
                + $"| {Spread(rounds.Zip(echo, (r, e) => r.P50 / e.P50), "0.0")} |");
        }

        var processes = echo[0].Cpu.Keys.ToList();
        to.WriteLine($"""

            CPU time of each process, µs a call, median of the rounds (user and kernel, from /proc; Redis runs {commands:0} commands a post of SubmitPost, those in scripts counted):

            | leg | {string.Join(" | ", processes)} | all |
            |---|{string.Concat(Enumerable.Repeat("---|", processes.Count + 1))}
            """);
        foreach (var (name, rounds) in legs)
        {
            var each = processes.Select(p => Median(rounds.Select(r => r.Cpu[p]))).ToList();
            to.WriteLine($"| {name} | {string.Join(" | ", each.Select(e => e.ToString("0")))} | {each.Sum():0} |");
        }
    }

    /// <summary>Median (min..max).</summary>
    internal static string Spread(IEnumerable<double> values, string format)
    {
        var all = values.ToList();
        return $"{Median(all).ToString(format)} ({all.Min().ToString(format)}..{all.Max().ToString(format)})";
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        var middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static string Processor()
    {
        const string Field = "model name";
        var line = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith(Field, StringComparison.Ordinal)) : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
