using System.Collections.Concurrent;
using System.Threading.Channels;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf.WellKnownTypes;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Moderation.Enforcement.Tests.Delivery;

/// <summary>What a sidecar speaks to the process beside it: the runtime's gRPC service, with its own message types. Publishing only.</summary>
internal sealed class FakeDaprd : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<PublishEventRequest> _published;

    private FakeDaprd(WebApplication app, Runtime runtime) => (_app, Broker, _published) = (app, runtime, runtime.Published);

    public Runtime Broker { get; }

    public string Address => _app.Urls.Single();

    public static async Task<FakeDaprd> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(k => k.ConfigureEndpointDefaults(e => e.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        var runtime = new Runtime();
        builder.Services.AddSingleton(runtime);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IServiceMethodProvider<Runtime>, RuntimeMethods>());
        var app = builder.Build();
        app.MapGrpcService<Runtime>();
        await app.StartAsync();
        return new FakeDaprd(app, runtime);
    }

    public async Task<PublishEventRequest> NextAsync(CancellationToken cancellationToken) => await _published.Reader.ReadAsync(cancellationToken);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    internal sealed class Runtime
    {
        /// <summary>What the next publishes fail with, each in turn.</summary>
        public ConcurrentQueue<StatusCode> Failures { get; } = new();

        public Channel<PublishEventRequest> Published { get; } = Channel.CreateUnbounded<PublishEventRequest>();

        public async Task<Empty> PublishEvent(PublishEventRequest request, ServerCallContext context)
        {
            await Published.Writer.WriteAsync(request, context.CancellationToken);
            return Failures.TryDequeue(out var failure) ? throw new RpcException(new Status(failure, "as the broker says")) : new Empty();
        }
    }

    private sealed class RuntimeMethods : IServiceMethodProvider<Runtime>
    {
        public void OnServiceMethodDiscovery(ServiceMethodProviderContext<Runtime> context)
        {
            var method = new Method<PublishEventRequest, Empty>(
                MethodType.Unary, "dapr.proto.runtime.v1.Dapr", "PublishEvent",
                Marshallers.Create(m => Google.Protobuf.MessageExtensions.ToByteArray(m), PublishEventRequest.Parser.ParseFrom),
                Marshallers.Create(m => Google.Protobuf.MessageExtensions.ToByteArray(m), Empty.Parser.ParseFrom));
            context.AddUnaryMethod(method, [], (service, request, call) => service.PublishEvent(request, call));
        }
    }
}
