using Moderation.Testing;
using Xunit;

namespace Moderation.MediaHash.Tests.Banks;

/// <summary>A server that no other class uses.</summary>
public sealed class OwnRedis : IAsyncLifetime
{
    private RedisServer? _server;

    public RedisServer Server => _server ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync() => _server = await RedisServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }
}
