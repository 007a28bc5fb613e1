using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Moderation.ModCtl.Tests.Fakes;

/// <summary>A <see cref="FakeIngest"/> behind a real gRPC server on loopback.</summary>
internal sealed class IngestServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private IngestServer(WebApplication app, FakeIngest ingest) => (_app, Ingest) = (app, ingest);

    public FakeIngest Ingest { get; }

    public string Address => _app.Urls.Single();

    public static async Task<IngestServer> StartAsync(HttpProtocols protocols = HttpProtocols.Http2)
    {
        var ingest = new FakeIngest();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(k => k.ConfigureEndpointDefaults(e => e.Protocols = protocols));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(ingest);
        var app = builder.Build();
        app.MapGrpcService<FakeIngest>();
        await app.StartAsync();
        return new IngestServer(app, ingest);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
