using System.Diagnostics;
using Moderation.Benchmarks.Suite;

namespace Moderation.Benchmarks.Decisions;

/// <summary>How fast decisions are committed, legs in turn, round after round.</summary>
internal static class DecisionSpeed
{
    private const string Peer = "redis-benchmark, the same script";
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);

    public static async Task RunAsync(int rounds, TimeSpan length, int callers, TextWriter to, CancellationToken cancellationToken)
    {
        await using var service = await DecidingService.StartAsync(cancellationToken);
        var cpu = new CpuClock([("enforcement", service.Process.Process!), ("redis", service.Redis.Process!)]); // both run since StartAsync
        var legs = new (string Name, PostKind Kind)[]
        {
            ("DecidePost, no measure", PostKind.Harmless), ("DecidePost, reach reduced", PostKind.Reduced), ("DecidePost, removed, with strike and ledger", PostKind.Removed),
        };
        var results = new Dictionary<string, List<(double PerSecond, double P50, double P99, double Ratio)>>();
        for (var round = 0; round <= rounds; round++)
        {
            await Console.Error.WriteLineAsync(round == 0 ? "warming up" : $"round {round} of {rounds}");
            var peer = await ScriptPeer.LearnAsync(service);
            var alone = await peer.RunAsync(callers, (int)(length.TotalSeconds * 20_000));
            Keep(Peer, round, (alone.PerSecond, alone.P50, alone.P99, 1));
            foreach (var (name, kind) in legs)
            {
                var leg = await ClosedLoop.RunAsync(callers, round == 0 ? WarmUp : length, () => service.DecideAsync(kind), cpu, cancellationToken);
                Keep(name, round, (leg.PerSecond, leg.P50, leg.P99, leg.PerSecond / alone.PerSecond));
            }
        }

        await to.WriteLineAsync($"""
            {Environment.ProcessorCount} cores, shared by {callers} callers, enforcement and Redis (fsync everysec). {rounds} rounds of {length.TotalSeconds:0.#} s a leg, median (min..max).

            | leg | calls/s | ratio to redis-benchmark | p50 ms | p99 ms |
            |---|---|---|---|---|
            """);
        foreach (var (name, all) in results)
        {
            await to.WriteLineAsync(
                $"| {name} | {SuiteReport.Spread(all.Select(r => r.PerSecond), "0")} | {SuiteReport.Spread(all.Select(r => r.Ratio), "0.000")} "
                + $"| {SuiteReport.Spread(all.Select(r => r.P50), "0.00")} | {SuiteReport.Spread(all.Select(r => r.P99), "0.00")} |");
        }

        void Keep(string name, int round, (double, double, double, double) result)
        {
            if (round > 0)
            {
                (results.TryGetValue(name, out var kept) ? kept : results[name] = []).Add(result);
            }
        }
    }
}
