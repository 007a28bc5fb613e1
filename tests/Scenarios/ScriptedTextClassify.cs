using System.Collections.Concurrent;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Moderation.Contracts.V1;

namespace Moderation.Scenarios;

/// <summary>Stands where text-classify stands and answers what a scenario says; spoken to over the real contract.</summary>
internal sealed class ScriptedTextClassify : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScriptedTextClassify(WebApplication app) => _app = app;

    public ConcurrentDictionary<string, Scenario> ByText { get; } = new();

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single(); // set by start

    public static async Task<ScriptedTextClassify> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(k => k.Listen(System.Net.IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<Rpc>();
        builder.Services.AddSingleton<Func<string, ClassifyTextResponse>>(p => p.GetRequiredService<ScriptedTextClassify>().Answer);
        ScriptedTextClassify? self = null;
        builder.Services.AddSingleton(_ => self!); // assigned below, before anything asks
        var app = builder.Build();
        self = new ScriptedTextClassify(app);
        app.MapGrpcService<Rpc>();
        await app.StartAsync();
        return self;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private ClassifyTextResponse Answer(string text) => ByText.TryGetValue(text, out var scenario) && !scenario.Faulty("text")
        ? new ClassifyTextResponse { Signals = scenario.TextSignals() }
        : throw new RpcException(new Status(StatusCode.Unavailable, "as the scenario says"));

    private sealed class Rpc(Func<string, ClassifyTextResponse> answer) : TextClassifyService.TextClassifyServiceBase
    {
        public override Task<ClassifyTextResponse> ClassifyText(ClassifyTextRequest request, ServerCallContext context)
            => Task.FromResult(answer(request.Text));
    }
}
