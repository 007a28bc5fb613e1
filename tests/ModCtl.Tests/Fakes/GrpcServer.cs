using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Moderation.ModCtl.Tests.Fakes;

/// <summary>A fake service behind a real gRPC server on loopback.</summary>
/// <typeparam name="TService">The fake.</typeparam>
internal sealed class GrpcServer<TService> : IAsyncDisposable
    where TService : class, new()
{
    private readonly WebApplication _app;

    private GrpcServer(WebApplication app, TService service) => (_app, Service) = (app, service);

    public TService Service { get; }

    public string Address => _app.Urls.Single();

    public static async Task<GrpcServer<TService>> StartAsync(HttpProtocols protocols = HttpProtocols.Http2)
    {
        var service = new TService();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(k => k.ConfigureEndpointDefaults(e => e.Protocols = protocols));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(service);
        var app = builder.Build();
        app.MapGrpcService<TService>();
        await app.StartAsync();
        return new GrpcServer<TService>(app, service);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
