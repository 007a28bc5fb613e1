using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Host;
using Moderation.MediaHash.Host.Lookbacks;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Hosting;
using Moderation.ServiceDefaults.Redis;
using Moderation.Testing;

namespace Moderation.Benchmarks.Media;

/// <summary>
/// A hash list through the import stream into Redis, what a further replica makes of it, and a look-back over posts. Client, two replicas and Redis share
/// the cores.
/// </summary>
internal static class BankLeg
{
    private const int BatchSize = 2000;
    private const int SingleChanges = 200;
    private const int PostBatch = 500;

    public static async Task RunAsync(int rows, int posts)
    {
        var keyFile = Path.GetTempFileName();
        await File.WriteAllBytesAsync(keyFile, RandomNumberGenerator.GetBytes(32));
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis, keyFile);
        await using var follower = await StartAsync(redis, keyFile);
        using var channel = GrpcChannel.ForAddress(first.Endpoint(EndpointKind.Grpc)!); // it listens
        var token = first.Services.GetRequiredService<PeopleTokens>().Issue(Person.OfEverything("bench"), TimeSpan.FromHours(1));
        var headers = new Metadata { { "authorization", "Bearer " + token } };

        var clock = Stopwatch.StartNew();
        var added = await ImportAsync(new ExchangeService.ExchangeServiceClient(channel), headers, rows);
        var seconds = clock.Elapsed.TotalSeconds;
        Console.WriteLine($"import of {added:N0} PDQ entries: {seconds:0.0} s, {added / seconds * 60:N0} rows a minute");
        var catalogue = follower.Services.GetRequiredService<MediaHash.Banks.BankCatalogue>();
        clock.Restart();
        await WaitAsync(() => catalogue.Count >= added);
        Console.WriteLine($"the other replica had all of it {clock.Elapsed.TotalSeconds:0.00} s after the import's end");
        Console.WriteLine($"Redis: {await UsedMemoryAsync(first) / 1e6:0} MB");
        await ConvergeAsync(new MediaHashService.MediaHashServiceClient(channel), headers, catalogue);

        var before = GC.GetTotalMemory(forceFullCollection: true);
        clock.Restart();
        await using (var late = await StartAsync(redis, keyFile))
        {
            var loaded = late.Services.GetRequiredService<MediaHash.Banks.BankCatalogue>().Count;
            Console.WriteLine($"a further replica is ready with {loaded:N0} entries after {clock.Elapsed.TotalSeconds:0.0} s");
            var held = GC.GetTotalMemory(forceFullCollection: true) - before;
            Console.WriteLine($"and holds {held / 1e6:0} MB of managed memory for them, {held / (double)loaded:0} bytes an entry");
            await late.StopAsync();
        }
        await LookBackAsync(first, new LookbackService.LookbackServiceClient(channel), headers, posts);
        await Task.WhenAll(first.StopAsync(), follower.StopAsync());
        File.Delete(keyFile);
    }

    internal static async Task<long> ImportAsync(ExchangeService.ExchangeServiceClient client, Metadata headers, int rows)
    {
        using var call = client.ImportEntries(headers);
        await call.RequestStream.WriteAsync(new ImportEntriesRequest { Header = new ImportHeader { BankId = "bench", ImportToken = "bench" } });
        var hearing = Task.Run(async () =>
        {
            var last = new ImportEntriesResponse();
            await foreach (var answer in call.ResponseStream.ReadAllAsync())
                last = answer;
            return last;
        });
        var random = new Random(20250101);
        for (var row = 0; row < rows; row += BatchSize)
        {
            var batch = new ImportBatch { LastRow = row + BatchSize };
            for (var i = row; i < Math.Min(rows, row + BatchSize); i++)
                batch.Entries.Add(Entry(random, string.Create(CultureInfo.InvariantCulture, $"e{i}")));
            await call.RequestStream.WriteAsync(new ImportEntriesRequest { Batch = batch });
        }
        await call.RequestStream.CompleteAsync();
        return (await hearing).AddedCount;
    }

    // From when the adding was answered until the other replica matches the entry.
    private static async Task ConvergeAsync(MediaHashService.MediaHashServiceClient client, Metadata headers, MediaHash.Banks.BankCatalogue follower)
    {
        var random = new Random(7);
        var waits = new List<double>();
        for (var i = 0; i < SingleChanges; i++)
        {
            var entry = Entry(random, string.Create(CultureInfo.InvariantCulture, $"single-{i}"));
            entry.BankId = "single";
            await client.AddBankEntryAsync(new AddBankEntryRequest { Entry = entry }, headers);
            var clock = Stopwatch.StartNew();
            await WaitAsync(() => follower.Find(new MediaHash.Banks.BankEntryKey("single", entry.EntryId)) is not null);
            waits.Add(clock.Elapsed.TotalMilliseconds);
        }
        waits.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{SingleChanges} single changes reach the other replica after {waits[waits.Count / 2]:0.0} ms (99 %: {waits[waits.Count * 99 / 100]:0.0}, longest {waits[^1]:0.0})"));
    }

    private static async Task LookBackAsync(WebApplication service, LookbackService.LookbackServiceClient client, Metadata headers, int posts)
    {
        var store = service.Services.GetRequiredService<PostFingerprintStore>();
        var random = new Random(11);
        var clock = Stopwatch.StartNew();
        for (var at = 0; at < posts; at += PostBatch)
        {
            await Task.WhenAll(Enumerable.Range(at, Math.Min(PostBatch, posts - at)).Select(i =>
            {
                var bytes = new byte[100 + (8 * 32)];
                random.NextBytes(bytes);
                var post = new PostFingerprints
                {
                    Revision = 1,
                    Media =
                    {
                        new PostMedium
                        {
                            Sha256 = ByteString.CopyFrom(bytes, 0, 32), Sha1 = ByteString.CopyFrom(bytes, 32, 20), Md5 = ByteString.CopyFrom(bytes, 52, 16),
                            Pdq = ByteString.CopyFrom(bytes, 100, 8 * 32), Quality = 100,
                        },
                    },
                };
                return store.KeepAsync("bench", $"account-{i % 100_000}", $"post-{i}", 1, post.ToByteArray(), DateTimeOffset.UtcNow, 30);
            }));
        }
        Console.WriteLine($"{posts:N0} posts kept for look-back in {clock.Elapsed.TotalSeconds:0.0} s");
        var request = new StartLookbackRequest { RequestId = "bench", Entries = { new LookbackEntry { BankId = "bench", EntryId = "e1" } } };
        var job = (await client.StartLookbackAsync(request, headers)).Lookback;
        var runner = service.Services.GetRequiredService<LookbackRunner>();
        clock.Restart();
        while (await runner.StepAsync(CancellationToken.None))
        {
        }
        var done = (await client.GetLookbackAsync(new GetLookbackRequest { LookbackId = job.LookbackId }, headers)).Lookback;
        Console.WriteLine($"look-back {done.State}: {done.PostsCompared:N0} posts compared in {clock.Elapsed.TotalSeconds:0.0} s, {done.PostsMatched} matched");
    }

    private static BankEntry Entry(Random random, string id)
    {
        var hash = new byte[32];
        random.NextBytes(hash);
        return new BankEntry
        {
            EntryId = id,
            Category = HarmCategory.FraudSpam,
            Kind = HashKind.Pdq,
            Value = Convert.ToHexStringLower(hash),
            Source = "a benchmark",
        };
    }

    private static async Task<long> UsedMemoryAsync(WebApplication service)
    {
        var redis = service.Services.GetRequiredService<RedisConnectionStore>().Multiplexer;
        var info = await redis.GetServers().Single().InfoAsync("memory");
        return long.Parse(info.SelectMany(section => section).First(line => line.Key == "used_memory").Value, CultureInfo.InvariantCulture);
    }

    private static async Task WaitAsync(Func<bool> isThere)
    {
        while (!isThere())
            await Task.Delay(1);
    }

    internal static async Task<WebApplication> StartAsync(RedisServer redis, string keyFile)
    {
        var app = MediaHashHost.Create([], configuration => configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Redis:ConnectionString"] = redis.ConnectionString,
            ["ServiceToken:KeyFile"] = keyFile,
            ["People:KeyFile"] = keyFile,
            ["Listen:Address"] = "127.0.0.1",
            ["Listen:Grpc"] = "0",
            ["Listen:Metrics"] = "-1",
            ["Logging:LogLevel:Default"] = "Warning",
            ["MediaHash:Lookback:Work"] = "false",
            ["MediaHash:Lookback:Automatic"] = "false",
            ["MediaHash:Lookback:PostsPerSecond"] = "10000000",
            // Nothing matches, so nobody is called.
            ["Services:Enforcement"] = "http://127.0.0.1:9",
        }));
        await app.StartAsync();
        return app;
    }
}
