using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Moderation.MediaHash.Host.Banks;
using Moderation.ServiceDefaults.Redis;
using Moderation.Testing;
using StackExchange.Redis;

namespace Moderation.MediaHash.Tests.Banks;

/// <summary>The banks of a test: on a connection of its own, and empty.</summary>
internal sealed class EmptyBanks : IAsyncDisposable
{
    private readonly RedisConnectionStore _connection;

    private EmptyBanks(RedisConnectionStore connection) => (_connection, Store) = (connection, new BankStore(connection, TimeProvider.System));

    public BankStore Store { get; }

    public IDatabase Database => _connection.Multiplexer.GetDatabase();

    public static async Task<EmptyBanks> OpenAsync(RedisServer server)
    {
        var options = Options.Create(new RedisOptions { ConnectionString = server.ConnectionString });
        var banks = new EmptyBanks(new RedisConnectionStore(options, new KeySpace(KeySpace.DefaultShardCount), NullLogger<RedisConnectionStore>.Instance));
        await banks.ForgetAllAsync();
        return banks;
    }

    public async Task ForgetAllAsync()
    {
        await Database.KeyDeleteAsync([KeySpace.BankVersion, KeySpace.BankChanges, KeySpace.BankSet]);
        await ForgetRowsAsync();
    }

    public async Task ForgetRowsAsync()
    {
        for (var prefix = 0; prefix < BankStore.Prefixes; prefix++)
            await Database.KeyDeleteAsync([KeySpace.BankRows(prefix)]);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
