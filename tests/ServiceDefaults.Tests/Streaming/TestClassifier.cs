using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Streaming;

namespace Moderation.ServiceDefaults.Tests.Streaming;

/// <summary>A server of the text contract whose answers the test decides; it says in model_version by which way a call came.</summary>
internal sealed class TestClassifier : TextClassifyService.TextClassifyServiceBase, IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lazy<GrpcChannel> _channel;
    private readonly ExceptionInterceptor _errors = new(NullLogger<ExceptionInterceptor>.Instance);
    private TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TestClassifier()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(this);
        _app = builder.Build();
        _app.MapGrpcService<TestClassifier>();
        _channel = new(() => GrpcChannel.ForAddress(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()));
    }

    /// <summary>What a call of a stream is answered with.</summary>
    public Func<string, CancellationToken, ValueTask<string>> Streamed { get; set; } = (text, _) => ValueTask.FromResult("stream:" + text);

    /// <summary>Break each stream at its first message.</summary>
    public bool Breaks { get; set; }

    /// <summary>Ends when the next stream is opened.</summary>
    public Task Opened => Volatile.Read(ref _opened).Task;

    public static async Task<TestClassifier> StartAsync()
    {
        var server = new TestClassifier();
        await server._app.StartAsync();
        return server;
    }

    public TextClassifyService.TextClassifyServiceClient Client() => new(_channel.Value);

    public StreamCaller<ClassifyTextRequest, ClassifyTextResponse, ClassifyStreamRequest, ClassifyStreamResponse> Caller(TimeProvider time, int lanes = 1)
    {
        var client = Client();
        return new(
            new(
                client.ClassifyStream,
                client.ClassifyTextAsync,
                calls => new ClassifyStreamRequest { Calls = { calls.Select(c => new ClassifyStreamCall { CorrelationId = c.Key, Request = c.Value }) } },
                message => message.Answers.Select(a => (a.CorrelationId, (ClassifyTextResponse?)a.Response, (Google.Rpc.Status?)a.Error))),
            lanes, time, new Random(1), NullLogger.Instance);
    }

    public void ExpectOpening() => Volatile.Write(ref _opened, new(TaskCreationOptions.RunContinuationsAsynchronously));

    public Task StopAsync() => _app.StopAsync();

    public override Task<ClassifyTextResponse> ClassifyText(ClassifyTextRequest request, ServerCallContext context)
        => Task.FromResult(Answer("unary:" + request.Text));

    public override async Task ClassifyStream(
        IAsyncStreamReader<ClassifyStreamRequest> requestStream, IServerStreamWriter<ClassifyStreamResponse> responseStream, ServerCallContext context)
    {
        Volatile.Read(ref _opened).TrySetResult();
        if (Breaks)
        {
            await requestStream.MoveNext(context.CancellationToken);
            throw new RpcException(new Status(StatusCode.Unavailable, "broken"));
        }

        await StreamServer.RunAsync(
            requestStream, responseStream, context, _errors,
            message => message.Calls,
            async (ClassifyStreamCall call, CancellationToken token) => new ClassifyStreamAnswer
            {
                CorrelationId = call.CorrelationId,
                Response = Answer(await Streamed(call.Request.Text, token)),
            },
            (call, error) => new ClassifyStreamAnswer { CorrelationId = call.CorrelationId, Error = error },
            answers => new ClassifyStreamResponse { Answers = { answers } });
    }

    public async ValueTask DisposeAsync()
    {
        if (_channel.IsValueCreated)
        {
            _channel.Value.Dispose();
        }

        await _app.DisposeAsync();
    }

    private static ClassifyTextResponse Answer(string text) => new() { Signals = new TextSignals { ModelVersion = text } };
}
