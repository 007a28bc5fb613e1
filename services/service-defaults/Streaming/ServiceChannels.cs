using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Grpc.Net.Client.Balancer;
using Grpc.Net.Client.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Moderation.ServiceDefaults.Auth;

namespace Moderation.ServiceDefaults.Streaming;

/// <summary>
/// Channels to the other services: addresses from <c>Services:&lt;Name&gt;</c>, round robin over what DNS says (read anew every 15 s, because
/// HTTP/2 connections would pin a client to one pod), retries of UNAVAILABLE only, at most three attempts.
/// </summary>
public sealed class ServiceChannels(
    string service, IConfiguration configuration, ServiceTokens tokens, TimeProvider time, ILoggerFactory loggers) : IDisposable
{
    private readonly Dictionary<string, GrpcChannel> _channels = [];

    /// <summary>An invoker for the service called <paramref name="name"/>, such as <c>TextClassify</c>.</summary>
    /// <exception cref="InvalidOperationException">Its address is not configured.</exception>
    public CallInvoker To(string name)
    {
        lock (_channels)
        {
            if (!_channels.TryGetValue(name, out var channel))
            {
                channel = _channels[name] = Open(name);
            }

            return channel.Intercept(new CallInterceptor(service, tokens, time));
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var channel in _channels.Values)
        {
            channel.Dispose();
        }
    }

    private GrpcChannel Open(string name)
    {
        var address = configuration[$"Services:{name}"];
        if (string.IsNullOrEmpty(address))
        {
            throw new InvalidOperationException($"Services:{name} is not set: give the address, such as dns:///{name.ToLowerInvariant()}:8081.");
        }

        return GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            Credentials = ChannelCredentials.Insecure,
            LoggerFactory = loggers,
            ServiceProvider = new ServiceCollection()
                .AddSingleton<ResolverFactory>(new DnsResolverFactory(refreshInterval: TimeSpan.FromSeconds(15)))
                .BuildServiceProvider(),
            HttpHandler = new SocketsHttpHandler
            {
                EnableMultipleHttp2Connections = true,
                ConnectTimeout = TimeSpan.FromSeconds(2),
                KeepAlivePingDelay = TimeSpan.FromSeconds(20),
                KeepAlivePingTimeout = TimeSpan.FromSeconds(5),
                PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            },
            MaxReceiveMessageSize = 64 * 1024 * 1024,
            ServiceConfig = new ServiceConfig
            {
                LoadBalancingConfigs = { new RoundRobinConfig() },
                MethodConfigs =
                {
                    new MethodConfig
                    {
                        Names = { MethodName.Default },
                        RetryPolicy = new RetryPolicy
                        {
                            MaxAttempts = 3,
                            InitialBackoff = TimeSpan.FromMilliseconds(20),
                            MaxBackoff = TimeSpan.FromMilliseconds(200),
                            BackoffMultiplier = 2,
                            RetryableStatusCodes = { StatusCode.Unavailable },
                        },
                    },
                },
            },
        });
    }
}
