using System.Diagnostics;

namespace Moderation.Benchmarks.Suite;

/// <summary>Runs the legs in turn, round after round, so that what the machine does meanwhile falls on all of them.</summary>
internal static class SuiteRun
{
    /// <summary>Posts in flight on one stream when a backend sends what has piled up.</summary>
    private const int WideWindow = 256;

    // Tiered compilation needs its calls and then its time: shorter, and the first rounds are slower than the last.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);

    private sealed record Leg(string Name, string Sync, int Callers, Func<Task> Call);

    public static async Task<int> RunAsync(SuiteSettings settings, CancellationToken cancellationToken)
    {
        var posts = new PostSource();
        await using var echo = await EchoProcess.StartAsync(settings.Environment, cancellationToken);
        await using var suite = await SuiteUnderLoad.StartAsync(posts, settings.Environment, cancellationToken);
        await using var stream = await suite.OpenStreamAsync(cancellationToken);
        Leg[] legs =
        [
            new(SuiteReport.Yardstick, "everysec", settings.Callers, echo.CallAsync),
            new("SubmitPost, fsync everysec", "everysec", settings.Callers, suite.SubmitAsync),
            new("SubmitPost, fsync always", "always", settings.Callers, suite.SubmitAsync),
            new("StreamPosts, one stream", "everysec", settings.Callers, stream.CallAsync),
            new($"StreamPosts, one stream, {WideWindow} in flight", "everysec", WideWindow, stream.CallAsync),
        ];
        legs = [.. legs.Where(l => l.Name == SuiteReport.Yardstick || l.Name.Contains(settings.Only, StringComparison.OrdinalIgnoreCase))];
        var cpu = new CpuClock(
        [
            ("callers", Process.GetCurrentProcess()),
            ("echo", echo.Process),
            .. suite.Deployment.Services.Select(s => (s.Name, s.Process!)), // running since StartAsync
            ("redis", suite.Deployment.Redis.Process!), // as well
        ]);
        var results = legs.ToDictionary(l => l.Name, _ => new List<LegResult>());
        var commands = 0.0;
        for (var round = 0; round <= settings.Rounds; round++)
        {
            await Console.Error.WriteLineAsync(round == 0 ? "warming up" : $"round {round} of {settings.Rounds}");
            foreach (var leg in legs)
            {
                await suite.SyncAsync(leg.Sync);
                var before = await suite.RedisCommandsAsync();
                var result = await ClosedLoop.RunAsync(leg.Callers, round == 0 ? WarmUp : settings.Length, leg.Call, cpu, cancellationToken);
                if (round > 0)
                {
                    results[leg.Name].Add(result);
                    await Console.Error.WriteLineAsync($"  {leg.Name}: {result.PerSecond:F0}/s, p50 {result.P50:F2} ms, p99 {result.P99:F2} ms");
                }

                if (leg.Call == suite.SubmitAsync)
                {
                    commands = (double)(await suite.RedisCommandsAsync() - before) / result.Calls;
                }
            }
        }

        SuiteReport.Print(Console.Out, settings, await suite.RedisVersionAsync(), posts.Description, legs.Select(l => (l.Name, results[l.Name])).ToList(), commands);
        return 0;
    }
}
