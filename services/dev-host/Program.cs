using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using Moderation.DevHost;
using Moderation.Enforcement.Host;
using Moderation.Ingest.Host;
using Moderation.MediaHash.Host;
using Moderation.ServiceDefaults.Hosting;
using Moderation.TextClassify.Host;
using Spectre.Console;

// Runs the whole suite on a laptop, moderates the sample feed, then keeps serving.
//   --once    end after the feed: exit code 0 when every post has a verdict
//   --data D  where Redis and the secrets lie (default .dev)
//   --port P  first port (default 8080)
const string Tenant = "demo";
const string Usage = "dev-host [--once] [--data DIRECTORY] [--port FIRST]";
if (args.Contains("--help") || args.Contains("-h"))
{
    AnsiConsole.WriteLine(Usage);
    return 0;
}

if (args.Where((argument, i) => argument is not ("--once" or "--data" or "--port") && (i == 0 || args[i - 1] is not ("--data" or "--port"))).FirstOrDefault() is { } unknown)
{
    AnsiConsole.WriteLine($"{unknown} is not known. {Usage}");
    return 2;
}

var once = args.Contains("--once") || Environment.GetEnvironmentVariable("ONCE") == "1";
var data = Path.GetFullPath(Value("--data") ?? ".dev");
if (!int.TryParse(Value("--port") ?? "8080", out var port) || port is < 1 or > 60000)
{
    AnsiConsole.MarkupLine("[red]--port must be 1..60000.[/]");
    return 2;
}

if (Console.IsOutputRedirected)
{
    AnsiConsole.Profile.Width = 170;
}

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
try
{
    await using var redis = await RedisProcess.StartAsync(Path.Combine(data, "redis"));
    await using var suite = await Suite.StartAsync(new SuiteOptions
    {
        Redis = redis.ConnectionString,
        SecretsDirectory = Path.Combine(data, "secrets"),
        ArchiveDirectory = Path.Combine(data, "archive"),
        FirstPort = once ? 0 : port,
    });
    var run = DateTimeOffset.UtcNow.ToString("yyyyMMddHHmmss", System.Globalization.CultureInfo.InvariantCulture);
    var apiKey = await suite.CreateApiKeyAsync(Tenant, $"{Tenant}-{run}");
    var token = suite.IssuePersonToken("dev@localhost", TimeSpan.FromHours(12));
    var complete = await new FeedRun(suite, Path.Combine(AppContext.BaseDirectory, "SampleFeed"), apiKey, token, run).RunAsync(stop.Token);
    if (once)
    {
        return complete ? 0 : 1;
    }

    File.WriteAllText(Path.Combine(data, "api-key"), apiKey);
    File.WriteAllText(Path.Combine(data, "person-token"), token);
    var rest = suite.Address(IngestHost.Name, EndpointKind.Rest);
    AnsiConsole.WriteLine();
    AnsiConsole.WriteLine($"ingest        gRPC {suite.Address(IngestHost.Name, EndpointKind.Grpc)}  REST {rest}  docs {new Uri(rest, "docs")}");
    AnsiConsole.WriteLine($"enforcement   gRPC {suite.Address(EnforcementHost.Name, EndpointKind.Grpc)}  REST {suite.Address(EnforcementHost.Name, EndpointKind.Rest)}");
    AnsiConsole.WriteLine($"text-classify gRPC {suite.Address(TextClassifyHost.Name, EndpointKind.Grpc)}  REST {suite.Address(TextClassifyHost.Name, EndpointKind.Rest)}");
    AnsiConsole.WriteLine($"media-hash    gRPC {suite.Address(MediaHashHost.Name, EndpointKind.Grpc)}  REST {suite.Address(MediaHashHost.Name, EndpointKind.Rest)}");
    AnsiConsole.WriteLine($"tenant {Tenant}, API key {apiKey} (also in {Path.Combine(data, "api-key")}; a person's token in {Path.Combine(data, "person-token")})");
    AnsiConsole.WriteLine();
    AnsiConsole.WriteLine("Try next, in another terminal:");
    AnsiConsole.WriteLine($$$"""
          curl -s {{{rest}}}v1/posts -H "x-api-key: $(cat {{{Path.Combine(data, "api-key")}}})" -H 'content-type: application/json' \
            -d '{"post":{"postId":"p1","accountId":"a1","audience":"AUDIENCE_PUBLIC","text":"You won a prize! Claim your free $1000 now: http://prize.example"}}'
          grpcurl -plaintext -H "x-api-key: $(cat {{{Path.Combine(data, "api-key")}}})" -d '{"post_id":"p1"}' \
            {{{suite.Address(IngestHost.Name, EndpointKind.Grpc).Authority}}} moderation.ingest.v1.IngestService/GetPost
        """);
    AnsiConsole.WriteLine("Serving; Ctrl+C ends.");
    await suite.WaitForShutdownAsync().WaitAsync(stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    return 0;
}
catch (IOException taken) when (taken.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
{
    AnsiConsole.WriteLine($"{taken.Message} Choose other ports (PORT=9180 make run), or end the program that has it.");
    return 2;
}
catch (Exception wrong) when (wrong is InvalidOperationException or OptionsValidationException)
{
    AnsiConsole.WriteLine(wrong.Message);
    return 2;
}
catch (OperationCanceledException)
{
    return 130;
}

string? Value(string option)
{
    var at = Array.IndexOf(args, option);
    return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
}

void Cancel(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
