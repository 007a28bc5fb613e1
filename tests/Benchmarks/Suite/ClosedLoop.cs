using System.Diagnostics;

namespace Moderation.Benchmarks.Suite;

/// <summary>What one leg of a round came to.</summary>
/// <param name="Calls">Calls answered.</param>
/// <param name="PerSecond">Calls a second.</param>
/// <param name="P50">Median time of a call, in ms.</param>
/// <param name="P99">99th percentile, in ms.</param>
/// <param name="Cpu">CPU time of each process, in µs a call.</param>
internal sealed record LegResult(int Calls, double PerSecond, double P50, double P99, IReadOnlyDictionary<string, double> Cpu);

/// <summary>A number of callers, each of which calls again when it has its answer.</summary>
internal static class ClosedLoop
{
    public static async Task<LegResult> RunAsync(int callers, TimeSpan length, Func<Task> call, CpuClock cpu, CancellationToken cancellationToken)
    {
        var before = cpu.Read();
        var started = Stopwatch.GetTimestamp();
        var times = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(() => CallAsync(started, length, call, cancellationToken), cancellationToken)));
        var took = Stopwatch.GetElapsedTime(started);
        var after = cpu.Read();
        var sorted = times.SelectMany(t => t).Order().ToArray();
        return new LegResult(
            sorted.Length,
            sorted.Length / took.TotalSeconds,
            Percentile(sorted, 0.50),
            Percentile(sorted, 0.99),
            after.ToDictionary(p => p.Key, p => (p.Value - before[p.Key]).TotalMicroseconds / sorted.Length));
    }

    private static async Task<List<double>> CallAsync(long started, TimeSpan length, Func<Task> call, CancellationToken cancellationToken)
    {
        var times = new List<double>(4096);
        while (Stopwatch.GetElapsedTime(started) < length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var at = Stopwatch.GetTimestamp();
            await call();
            times.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
        }

        return times;
    }

    // Nearest rank: a time that was measured.
    private static double Percentile(double[] sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
}
