using System.Globalization;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Benchmarks.Decisions;

/// <summary>
/// What Redis keeps of a decision: the growth of its used memory over many of them, all keys, stream entries and Redis' own overhead counted;
/// the text of posts is left out. Right after the commit, and once the audit has gone to the archive. The outboxes are full before: an event
/// takes the place of an earlier one.
/// </summary>
internal static class DecisionBytes
{
    private const int AtOnce = 32;
    private const int OutboxLength = 100;
    private const int WarmUp = 15_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static async Task RunAsync(int count, TextWriter to, CancellationToken cancellationToken)
    {
        await to.WriteLineAsync($"\nBytes that Redis keeps of a decision (growth of used_memory over {count} of each, posts without text, outboxes full):\n");
        await to.WriteLineAsync("| decision | after the commit | settled |\n|---|---|---|");
        var parts = new List<(PostKind Kind, IReadOnlyList<(string Key, long Bytes)> Parts)>();
        foreach (var kind in Enum.GetValues<PostKind>())
        {
            await using var service = await DecidingService.StartAsync(cancellationToken, OutboxLength);
            await DecideAsync(service, kind, WarmUp, cancellationToken); // scripts, first keys, buffers of connections, and every outbox as full as it gets
            await SettleAsync(service, cancellationToken);
            var before = await UsedAsync(service);
            await DecideAsync(service, kind, count, cancellationToken);
            var after = await UsedAsync(service);
            var settled = await SettleAsync(service, cancellationToken);
            var left = await UsedAsync(service);
            await to.WriteLineAsync($"| {kind} | {(after - before) / count} | {(settled ? $"{(left - before) / count}" : "not settled in time")} |");
            parts.Add((kind, await PartsAsync(service, count + WarmUp)));
        }

        await to.WriteLineAsync("\nWhere they are when it has settled (MEMORY USAGE by kind of key; 10 B or more a decision):\n");
        foreach (var (kind, all) in parts)
        {
            await to.WriteLineAsync($"- {kind}: " + string.Join(", ", all.Where(p => p.Bytes >= 10).Select(p => $"`{p.Key}` {p.Bytes}")));
        }
    }

    // Names of keys without what is of one object: enough to tell the kinds apart.
    private static async Task<IReadOnlyList<(string Key, long Bytes)>> PartsAsync(DecidingService service, int count)
    {
        var database = service.Store.GetDatabase();
        var sums = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var chunk in service.Store.GetServers()[0].Keys(pageSize: 1000).Chunk(1000))
        {
            var usages = await Task.WhenAll(chunk.Select(async key => (Key: key.ToString(), Bytes: (long?)await database.ExecuteAsync("MEMORY", "USAGE", key) ?? 0)));
            foreach (var (key, bytes) in usages)
            {
                var name = key[(key.IndexOf('}', StringComparison.Ordinal) + 1)..].TrimStart(':').Split(':')[0];
                var kind = name.Length > 0 ? name : key[..Math.Min(3, key.Length)];
                sums[kind] = sums.GetValueOrDefault(kind) + bytes;
            }
        }

        return [.. sums.Select(s => (s.Key, s.Value / count)).OrderByDescending(s => s.Item2)];
    }

    private static Task DecideAsync(DecidingService service, PostKind kind, int count, CancellationToken cancellationToken)
        => Parallel.ForEachAsync(
            Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (_, _) => await service.DecideAsync(kind, takenIn: true));

    // Settled: no audit entry is left in Redis.
    private static async Task<bool> SettleAsync(DecidingService service, CancellationToken cancellationToken)
    {
        var database = service.Store.GetDatabase();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        for (var waited = TimeSpan.Zero; waited < Patience; waited += timer.Period)
        {
            var lengths = await Task.WhenAll(Enumerable.Range(0, KeySpace.DefaultShardCount).Select(s => database.StreamLengthAsync(KeySpace.Audit(s))));
            if (lengths.Sum() <= KeySpace.DefaultShardCount)
            {
                await timer.WaitForNextTickAsync(cancellationToken); // what goes with the last segment
                return true;
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }

        return false;
    }

    private static async Task<long> UsedAsync(DecidingService service)
        => long.Parse((await service.Store.GetServers()[0].InfoAsync("memory"))[0].First(p => p.Key == "used_memory").Value, CultureInfo.InvariantCulture);
}
