using System.CommandLine;
using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Moderation.Benchmarks.Suite;

/// <summary>A gRPC server that does nothing else: Kestrel, HTTP/2 in clear text on loopback, as the services have it.</summary>
internal static class EchoServer
{
    public const string Command = "echo-server";

    public static Command CreateCommand()
    {
        var port = new Option<int>("--port") { Description = "Port of loopback", Required = true };
        var command = new Command(Command, "The bare gRPC server that `suite` starts as the yardstick") { port };
        command.SetAction((parsed, cancelled) => RunAsync(parsed.GetValue(port), cancelled));
        return command;
    }

    private static Task RunAsync(int port, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port, o => o.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<Rpc>();
        var app = builder.Build();
        app.MapGrpcService<Rpc>();
        return ((IHost)app).RunAsync(cancellationToken);
    }

    private sealed class Rpc : EchoService.EchoServiceBase
    {
        public override Task<EchoResponse> Echo(EchoRequest request, ServerCallContext context)
            => Task.FromResult(new EchoResponse { Payload = request.Payload });
    }
}
