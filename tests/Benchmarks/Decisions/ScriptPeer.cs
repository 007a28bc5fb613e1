using System.Diagnostics;
using System.Globalization;
using Moderation.ServiceDefaults.Redis;
using Moderation.Testing;
using StackExchange.Redis;

namespace Moderation.Benchmarks.Decisions;

/// <summary>
/// redis-benchmark running the commit script with arguments of the same lengths as a real decision's: what Redis alone could do with the same
/// commands and the same number of clients, without anyone who decides.
/// </summary>
internal sealed class ScriptPeer(RedisServer redis, string digest, int recordLength, int eventLength, int auditLength)
{
    public static async Task<ScriptPeer> LearnAsync(DecidingService service)
    {
        var database = service.Store.GetDatabase();
        var script = await File.ReadAllTextAsync(Repository.PathOf("services", "enforcement", "Host", "Decisions", "commit_decision.lua"));
        var digest = (byte[])(await database.ExecuteAsync("SCRIPT", "LOAD", EmbeddedScript.Expand(script)))!; // it answers the digest
        var decision = (await service.Client.DecidePostAsync(service.Next(PostKind.Harmless))).Decision;
        var shard = int.Parse(decision.DecisionId.Split('_')[1], CultureInfo.InvariantCulture);
        var happened = (await database.StreamRangeAsync(KeySpace.Outbox(shard, DecidingService.Tenant), "-", "+", 1, Order.Descending))[0].Values[0].Value;
        var audited = (await database.StreamRangeAsync(KeySpace.Audit(shard), "-", "+", 1, Order.Descending))[0].Values[0].Value;
        var record = await database.StringLengthAsync(KeySpace.Decision(shard, decision.DecisionId));
        return new ScriptPeer(service.Redis, System.Text.Encoding.ASCII.GetString(digest), (int)record, (int)happened.Length(), (int)audited.Length());
    }

    /// <summary>Runs it for about as long as a leg.</summary>
    /// <returns>Calls a second, median and 99th percentile in ms.</returns>
    public async Task<(double PerSecond, double P50, double P99)> RunAsync(int clients, int calls)
    {
        string[] keys =
        [
            "{peer}:post:bench:post-__rand_int__", "{peer}:decision:d_1_01JD3Z8K2V6T__rand_int__", "{peer}:outbox:bench", "{peer}:outbox-seq:bench",
            "{peer}:audit", "{peer}:audit-seq", "{peer}:ledger:bench:account-0001",
            "{peer}:settled:1", "{peer}:settled:0",
        ];
        string[] arguments =
        [
            "account-0001", "1", "submit", "d_1_01JD3Z8K2V6T__rand_int__", new('r', recordLength), "0", "current", "", "", "*", "e", new('e', eventLength),
            new('a', auditLength), "2000", "1800000604800000", "1800000000000", "", "1",
            "field-of-it", "marked", "d_1_", "604800000", "0", "0",
        ];
        var start = new ProcessStartInfo("redis-benchmark") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])
        [
            "-p", $"{redis.Port}", "-c", $"{clients}", "-n", $"{calls}", "-r", "1000000000000", "--csv", "EVALSHA", digest, $"{keys.Length}", .. keys, .. arguments,
        ])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException("redis-benchmark did not start.");
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        // "test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms","p99_latency_ms","max_latency_ms"
        var fields = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Split("\",\"").Select(f => f.Trim('"')).ToArray();
        return (Number(fields[^7]), Number(fields[^4]), Number(fields[^2]));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
