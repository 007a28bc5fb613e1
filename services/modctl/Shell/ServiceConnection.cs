using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;

namespace Moderation.ModCtl.Shell;

/// <summary>A channel to one service that sends a credential with each call.</summary>
internal sealed class ServiceConnection : IDisposable
{
    private const int MaxMessageBytes = 64 * 1024 * 1024;
    private readonly GrpcChannel _channel;

    public ServiceConnection(Uri address, (string Name, string Value) credential)
    {
        _channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            MaxReceiveMessageSize = MaxMessageBytes,
            HttpHandler = new SocketsHttpHandler
            {
                EnableMultipleHttp2Connections = true,
                ConnectTimeout = TimeSpan.FromSeconds(5),
                KeepAlivePingDelay = TimeSpan.FromSeconds(20),
                KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            },
        });
        Invoker = _channel.Intercept(headers =>
        {
            headers.Add(credential.Name, credential.Value);
            return headers;
        });
    }

    public CallInvoker Invoker { get; }

    /// <summary>When a call that starts now must have ended.</summary>
    public static DateTime Deadline => DateTime.UtcNow.AddSeconds(15);

    public void Dispose() => _channel.Dispose();
}
