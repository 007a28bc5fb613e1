using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Moderation.Ingest.Host;
using Moderation.ServiceDefaults.Hosting;
using Moderation.Testing;
using Xunit;

namespace Moderation.ServiceDefaults.Tests.Telemetry;

/// <summary>OTLP at its contract: what a collector (Jaeger takes it natively) is called with.</summary>
public sealed class OtlpExportTests
{
    private const string TraceExport = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

    [Fact(Timeout = 60_000)]
    public async Task Span_of_a_request_reaches_the_collector_with_the_name_of_the_service()
    {
        var exported = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var port = RedisServer.FreePort();
        await using var collector = StartCollector(port, exported);
        await collector.StartAsync(TestContext.Current.CancellationToken);
        await using var redis = await RedisServer.StartAsync();
        var key = Path.GetTempFileName();
        await File.WriteAllTextAsync(key, new string('k', 64), TestContext.Current.CancellationToken);
        await using var ingest = IngestHost.Create([], c => c.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Redis:ConnectionString"] = redis.ConnectionString,
            ["ServiceToken:KeyFile"] = key,
            ["People:KeyFile"] = key,
            ["Services:TextClassify"] = "http://127.0.0.1:9",
            ["Services:MediaHash"] = "http://127.0.0.1:9",
            ["Services:Enforcement"] = "http://127.0.0.1:9",
            ["Listen:Address"] = "127.0.0.1",
            ["Listen:Grpc"] = "0",
            ["Listen:Rest"] = "0",
            ["Listen:Metrics"] = "-1",
            ["Logging:LogLevel:Default"] = "None",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{port}",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "50",
        }));
        await ingest.StartAsync(TestContext.Current.CancellationToken);

        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(ingest.Endpoint(EndpointKind.Rest)!, "v1/posts/p1"), TestContext.Current.CancellationToken);

        var sent = await exported.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Contains("service.name", sent, StringComparison.Ordinal);
        Assert.Contains("ingest", sent, StringComparison.Ordinal);
        await ingest.StopAsync(TestContext.Current.CancellationToken);
        File.Delete(key);
    }

    private static WebApplication StartCollector(int port, TaskCompletionSource<string> exported)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(System.Net.IPAddress.Loopback, port, o => o.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            if (context.Request.Path == TraceExport)
            {
                exported.TrySetResult(Encoding.UTF8.GetString(body.ToArray()));
            }

            context.Response.ContentType = "application/grpc";
            context.Response.DeclareTrailer("grpc-status");
            await context.Response.Body.WriteAsync(new byte[5]); // an empty, uncompressed message
            context.Response.AppendTrailer("grpc-status", "0");
        });
        return app;
    }
}
