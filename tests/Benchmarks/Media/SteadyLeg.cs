using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Hosting;
using Moderation.Testing;
using NetVips;

namespace Moderation.Benchmarks.Media;

/// <summary>
/// 1080p JPEGs, each with bytes of its own, through HashMedia and MatchMedia, as many at a time as there are cores: times and memory while it goes on.
/// The service and the caller are one process, decoders (at most four) are its children.
/// </summary>
internal static class SteadyLeg
{
    private const int Intervals = 10;
    private const int BankRows = 20_000;
    private const int Files = 12;

    private static readonly int Callers = Environment.ProcessorCount;

    public static async Task RunAsync(int requests)
    {
        var keyFile = Path.GetTempFileName();
        await File.WriteAllBytesAsync(keyFile, RandomNumberGenerator.GetBytes(32));
        await using var redis = await RedisServer.StartAsync();
        await using var service = await BankLeg.StartAsync(redis, keyFile);
        using var channel = GrpcChannel.ForAddress(service.Endpoint(EndpointKind.Grpc)!); // it listens
        var headers = Bearer((service.Services.GetService(typeof(ServiceTokens)) as ServiceTokens)!.Issue("bench", TimeSpan.FromHours(12))); // registered by the host
        var people = Bearer((service.Services.GetService(typeof(PeopleTokens)) as PeopleTokens)!.Issue(Person.OfEverything("bench"), TimeSpan.FromHours(1)));
        await BankLeg.ImportAsync(new ExchangeService.ExchangeServiceClient(channel), people, BankRows);
        var files = Enumerable.Range(0, Files).Select(Jpeg).ToArray();
        var client = new MediaHashService.MediaHashServiceClient(channel);
        Console.WriteLine($"\n{requests:N0} pictures of 1920x1080 ({files.Average(file => file.Length) / 1024:0} KiB), {Callers} at a time, banks of {BankRows:N0}"
            + "\n\n| pictures | a second | HashMedia p50, ms | p99 | MatchMedia p50, ms | p99 | process, MB | managed heap, MB | decoders, MB |\n|---|---|---|---|---|---|---|---|---|");
        var (allHash, allMatch) = (new List<double>(), new List<double>());
        var sent = 0;
        var whole = Stopwatch.StartNew();
        for (var interval = 0; interval < Intervals; interval++)
        {
            var until = (int)((long)requests * (interval + 1) / Intervals);
            var (hash, match) = (new List<double>(), new List<double>());
            var before = sent;
            var clock = Stopwatch.StartNew();
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
            {
                for (int number; (number = Interlocked.Increment(ref sent) - 1) < until;)
                {
                    var (one, two) = await SendAsync(client, headers, Named(files[number % Files], number));
                    lock (hash)
                    {
                        hash.Add(one);
                        match.Add(two);
                    }
                }
            }));
            sent = until;
            Row($"{until:N0}", (until - before) / clock.Elapsed.TotalSeconds, hash, match);
            allHash.AddRange(hash);
            allMatch.AddRange(match);
        }
        Row("all", sent / whole.Elapsed.TotalSeconds, allHash, allMatch);
        Console.WriteLine($"load at the end: {Machine.Load}");
        await service.StopAsync();
        File.Delete(keyFile);
    }

    private static async Task<(double Hash, double Match)> SendAsync(MediaHashService.MediaHashServiceClient client, Metadata headers, byte[] file)
    {
        var clock = Stopwatch.StartNew();
        using var call = client.HashMedia(headers);
        await call.RequestStream.WriteAsync(new HashMediaRequest { Metadata = new HashMediaMetadata { TenantId = "bench" } });
        foreach (var chunk in file.Chunk(64 * 1024))
            await call.RequestStream.WriteAsync(new HashMediaRequest { Chunk = UnsafeByteOperations.UnsafeWrap(chunk) });
        await call.RequestStream.CompleteAsync();
        var mediaId = (await call.ResponseAsync).MediaId;
        var hashed = clock.Elapsed.TotalMilliseconds;
        clock.Restart();
        await client.MatchMediaAsync(new MatchMediaRequest { TenantId = "bench", MediaIds = { mediaId } }, headers);
        return (hashed, clock.Elapsed.TotalMilliseconds);
    }

    private static void Row(string name, double rate, List<double> hash, List<double> match)
    {
        hash.Sort();
        match.Sort();
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {rate:0} | {At(hash, 50):0.0} | {At(hash, 99):0.0} | {At(match, 50):0.00} | {At(match, 99):0.00} | {process.WorkingSet64 / 1e6:0} | {GC.GetTotalMemory(forceFullCollection: true) / 1e6:0} | {ChildMemory() / 1e6:0} |"));
    }

    private static double At(List<double> sorted, int percent) => sorted[Math.Min(sorted.Count - 1, sorted.Count * percent / 100)];

    // Children are the decoders and redis-server; the latter is told by its name.
    private static long ChildMemory() => Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)).Sum(folder =>
    {
        try
        {
            var status = File.ReadLines(Path.Combine(folder, "status")).Select(line => line.Split(':')).ToDictionary(line => line[0], line => line[1].Trim());
            var isDecoder = status["PPid"] == Environment.ProcessId.ToString(CultureInfo.InvariantCulture) && !status["Name"].StartsWith("redis", StringComparison.Ordinal);
            return isDecoder && status.TryGetValue("VmRSS", out var resident) ? long.Parse(resident.Split(' ')[0], CultureInfo.InvariantCulture) * 1024 : 0;
        }
        catch (IOException)
        {
            return 0; // it has ended
        }
    });

    private static byte[] Jpeg(int seed)
    {
        using var picture = Image.NewFromMemory(Pictures.Rgb(1920, 1080, seed + 1), 1920, 1080, 3, Enums.BandFormat.Uchar);
        return picture.JpegsaveBuffer(q: 85);
    }

    // A comment behind the start of the file gives the picture bytes, and so an id, of its own.
    private static byte[] Named(byte[] jpeg, int number) =>
        [.. jpeg.AsSpan(0, 2), 0xFF, 0xFE, 0, 6, .. BitConverter.GetBytes(number), .. jpeg.AsSpan(2)];

    private static Metadata Bearer(string token) => new() { { "authorization", "Bearer " + token } };
}
