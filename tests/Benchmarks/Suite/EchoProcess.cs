using System.Diagnostics;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Moderation.Testing;

namespace Moderation.Benchmarks.Suite;

/// <summary>This program once more, as the echo server.</summary>
internal sealed class EchoProcess : IAsyncDisposable
{
    /// <summary>Bytes of a call's payload: about a short post.</summary>
    public const int PayloadBytes = 200;

    private readonly EchoRequest _request = new() { Payload = ByteString.CopyFrom(new byte[PayloadBytes]) };
    private readonly GrpcChannel _channel;
    private readonly EchoService.EchoServiceClient _client;

    private EchoProcess(Process process, int port)
    {
        Process = process;
        _channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        _client = new EchoService.EchoServiceClient(_channel);
    }

    public Process Process { get; }

    public static async Task<EchoProcess> StartAsync(IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var port = RedisServer.FreePort();
        var start = new ProcessStartInfo("dotnet", [typeof(EchoProcess).Assembly.Location, EchoServer.Command, "--port", $"{port}"]);
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        var echo = new EchoProcess(Process.Start(start) ?? throw new InvalidOperationException("The echo server did not start."), port);
        await echo._client.EchoAsync(echo._request, new CallOptions(cancellationToken: cancellationToken).WithWaitForReady());
        return echo;
    }

    public async Task CallAsync() => await _client.EchoAsync(_request);

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        Process.Kill();
        await Process.WaitForExitAsync();
        Process.Dispose();
    }
}
