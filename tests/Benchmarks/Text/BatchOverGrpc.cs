using System.CommandLine;
using System.Diagnostics;
using System.Security.Cryptography;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.Testing;
using Moderation.TextClassify.Detectors;

namespace Moderation.Benchmarks.Text;

/// <summary>
/// <c>text-batch</c>: BatchClassifyTexts of a service in a process of its own beside the same texts scored in this process. In-process is the bare
/// work: normalisation, language, scores and passages, without messages, lists, claims or a network. One caller, one batch after the other.
/// </summary>
internal static class BatchOverGrpc
{
    private const int BatchSize = 64;
    private const int Batches = 64;
    private const double Bar = 1.5;

    // Rounds: on a busy machine the compiler needs as long until it has seen to both.
    private const int WarmUp = 6;

    public static Command CreateCommand()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "Folder with text/pool", HelpName = "DIR", Required = true };
        var seconds = new Option<double>("--seconds") { Description = "Of a round of each", DefaultValueFactory = _ => 3 };
        var rounds = new Option<int>("--rounds") { Description = "Rounds that count", DefaultValueFactory = _ => 7 };
        var callers = new Option<int>("--callers") { Description = "Batches on their way at once", DefaultValueFactory = _ => 1 };
        var command = new Command("text-batch", "Measures BatchClassifyTexts over gRPC beside the same work in this process.") { data, seconds, rounds, callers };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(data), new Load(TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(rounds), parsed.GetValue(callers)), Console.Out,
            cancellationToken));
        return command;
    }

    private static async Task RunAsync(DirectoryInfo data, Load load, TextWriter report, CancellationToken cancellationToken)
    {
        var all = DataFiles.Texts(data, "test");
        var step = Math.Max(1, all.Count / (BatchSize * Batches));
        var batches = Enumerable.Range(0, BatchSize * Batches).Select(i => all[i * step % all.Count]).Chunk(BatchSize).ToArray();
        var secrets = Directory.CreateTempSubdirectory("moderation-bench-").FullName;
        try
        {
            var key = Path.Combine(secrets, "key");
            await File.WriteAllTextAsync(key, Convert.ToHexString(RandomNumberGenerator.GetBytes(32)), cancellationToken);
            await using var redis = await RedisServer.StartAsync();
            await using var service = new ServiceProcess("text-classify", "TextClassify", new Dictionary<string, string>
            {
                ["Redis__ConnectionString"] = redis.ConnectionString,
                ["ServiceToken__KeyFile"] = key,
                ["People__KeyFile"] = key,
            });
            await service.StartAsync(cancellationToken);
            using var channel = GrpcChannel.ForAddress(service.Address);
            var client = new TextClassifyService.TextClassifyServiceClient(channel);
            var tokens = new ServiceTokens(Options.Create(new ServiceTokenOptions { KeyFile = key }), TimeProvider.System);
            var process = service.Process ?? throw new InvalidOperationException("The service has no process.");
            await CompareAsync(batches, client, process, tokens, load, report);
        }
        finally
        {
            Directory.Delete(secrets, recursive: true);
        }
    }

    private static async Task CompareAsync(
        string[][] batches, TextClassifyService.TextClassifyServiceClient client, Process service, ServiceTokens tokens, Load load, TextWriter report)
    {
        var model = Moderation.TextClassify.Models.TextModel.Load(await File.ReadAllBytesAsync(Repository.PathOf("services", "text-classify", "Host", "Models", "moderation-text-v1", "model.bin")));
        var detector = new ModelDetector(model);
        var requests = batches.Select(b => new BatchClassifyTextsRequest { Requests = { b.Select(t => new ClassifyTextRequest { Text = t }) } }).ToArray();
        using var own = Process.GetCurrentProcess();
        var (here, there, ratios, costs) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        var (hereCpu, serviceCpu, callerCpu) = (new List<double>(), new List<double>(), new List<double>());
        for (var r = -WarmUp; r < load.Rounds; r++)
        {
            var credential = new Metadata { { "authorization", "Bearer " + tokens.Issue("bench", TimeSpan.FromMinutes(5)) } };
            var bare = await TimeAsync(load.Round, 1, [own], i =>
            {
                foreach (var text in batches[i]) detector.Run(TextUnderReview.Prepare(text, ""), new TextFindings());
                return Task.CompletedTask;
            });
            var called = await TimeAsync(load.Round, load.Callers, [own, service], async i =>
            {
                var answer = await client.BatchClassifyTextsAsync(requests[i], credential);
                if (answer.Responses.Count != BatchSize || answer.Responses[0].Signals.Status != SignalStatus.Available) throw new InvalidOperationException("A batch was not scored.");
            });
            if (r < 0) continue;
            here.Add(bare.Wall);
            there.Add(called.Wall);
            ratios.Add(called.Wall / bare.Wall);
            hereCpu.Add(bare.Cpu[0]);
            callerCpu.Add(called.Cpu[0]);
            serviceCpu.Add(called.Cpu[1]);
            costs.Add(called.Cpu[1] / bare.Cpu[0]);
        }
        foreach (var list in new[] { here, there, ratios, costs, hereCpu, serviceCpu, callerCpu }) list.Sort();
        report.WriteLine($"batches of {BatchSize}, mean {batches.SelectMany(b => b).Average(t => t.Length):F0} characters, {load.Rounds} rounds, {load.Callers} at once over gRPC, ms a batch, median (min..max):");
        report.WriteLine($"time: in this process {Shown(here)}; over gRPC {Shown(there)}; ratio {Shown(ratios)} (bar {Bar})");
        report.WriteLine($"CPU: in this process {Shown(hereCpu)}; over gRPC, of the service {Shown(serviceCpu)}, of the caller {Shown(callerCpu)}; ratio of the service {Shown(costs)}");
    }

    private static string Shown(List<double> sorted) => $"{sorted[sorted.Count / 2]:F2} ({sorted[0]:F2}..{sorted[^1]:F2})";

    /// <summary>Milliseconds of a batch, and those of the processes' CPU, over all batches as often as the time allows.</summary>
    private static async Task<(double Wall, double[] Cpu)> TimeAsync(TimeSpan round, int callers, Process[] processes, Func<int, Task> one)
    {
        var before = Cpu(processes);
        var watch = Stopwatch.StartNew();
        var count = 0;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
        {
            while (watch.Elapsed < round) await one(Interlocked.Increment(ref count) % Batches);
        }));
        return (watch.Elapsed.TotalMilliseconds / count, [.. Cpu(processes).Zip(before, (after, b) => (after - b) / count)]);
    }

    private sealed record Load(TimeSpan Round, int Rounds, int Callers);

    private static double[] Cpu(Process[] processes) => Array.ConvertAll(processes, p =>
    {
        p.Refresh();
        return p.TotalProcessorTime.TotalMilliseconds;
    });
}
