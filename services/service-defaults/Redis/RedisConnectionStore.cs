using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Moderation.ServiceDefaults.Redis;

/// <summary>
/// Opens the connection, and at start says what the store promises: the number of shards must be the installation's, keys must not be
/// evicted, and how much an acknowledged post can lose follows from <c>appendfsync</c>.
/// </summary>
public sealed partial class RedisConnectionStore : IHostedLifecycleService, IAsyncDisposable
{
    private readonly KeySpace _keys;
    private readonly ILogger<RedisConnectionStore> _logger;

    /// <summary>Opens the connection; it keeps trying when Redis is not there yet.</summary>
    public RedisConnectionStore(IOptions<RedisOptions> options, KeySpace keys, ILogger<RedisConnectionStore> logger)
    {
        _keys = keys;
        _logger = logger;
        var configuration = ConfigurationOptions.Parse(options.Value.ConnectionString);
        configuration.AbortOnConnectFail = false;
        configuration.AllowAdmin = true; // the client sends CONFIG GET in admin mode only
        configuration.ReconnectRetryPolicy = new ExponentialRetry(100, 2000);
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        configuration.ConnectRetry = 5;
        if (configuration.AsyncTimeout == 5000)
        {
            configuration.AsyncTimeout = 3000;
        }

        Multiplexer = ConnectionMultiplexer.Connect(configuration);
    }

    /// <summary>The one connection of the process.</summary>
    public IConnectionMultiplexer Multiplexer { get; }

    /// <inheritdoc />
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (!Multiplexer.IsConnected)
        {
            LogNotConnected();
            return;
        }

        await CheckInstallationAsync();
        await SayWhatIsPromisedAsync();
    }

    /// <summary>Checks, and on the first start fixes, what can't change once there is data.</summary>
    /// <exception cref="InvalidOperationException">This process is configured for another number of shards.</exception>
    public async Task CheckInstallationAsync()
    {
        var database = Multiplexer.GetDatabase();
        await database.HashSetAsync(KeySpace.Installation, "shard_count", _keys.ShardCount, When.NotExists);
        var installed = (int)await database.HashGetAsync(KeySpace.Installation, "shard_count");
        if (installed != _keys.ShardCount)
        {
            throw new InvalidOperationException(
                $"Sharding:Count is {_keys.ShardCount}, but this Redis was installed with {installed} shards: set Sharding:Count to {installed}.");
        }
    }

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Multiplexer.DisposeAsync();

    private async Task SayWhatIsPromisedAsync()
    {
        try
        {
            var server = Multiplexer.GetServers().First(s => s.IsConnected && !s.IsReplica);
            // By name: ConfigGetAsync would want a connection that may run any administrative command.
            var facts = await FactsAsync(server, "appendonly", "appendfsync", "maxmemory-policy");
            var appendOnly = facts.GetValueOrDefault("appendonly", "no");
            var fsync = appendOnly == "yes" ? facts.GetValueOrDefault("appendfsync", "?") : "no";
            LogDurability(appendOnly, fsync);
            if (facts.GetValueOrDefault("maxmemory-policy", "noeviction") is var policy && policy != "noeviction")
            {
                LogEviction(policy);
            }
        }
        catch (RedisServerException)
        {
            LogUnknownDurability();
        }
        catch (RedisCommandException)
        {
            LogUnknownDurability();
        }
    }

    private static async Task<Dictionary<string, string>> FactsAsync(IServer server, params string[] names)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if ((RedisValue[]?)await server.ExecuteAsync("CONFIG", "GET", name) is [_, var value])
            {
                facts[name] = value.ToString();
            }
        }

        return facts;
    }

    [LoggerMessage(LogLevel.Information, "Redis: appendonly {AppendOnly}, fsync {Fsync} (always: no acknowledged post is lost; everysec: up to the last second; no: all since the last snapshot)")]
    private partial void LogDurability(string appendOnly, string fsync);

    [LoggerMessage(LogLevel.Warning, "Redis evicts keys (maxmemory-policy {Policy}): set noeviction, or decisions will be lost")]
    private partial void LogEviction(string policy);

    [LoggerMessage(LogLevel.Information, "Redis does not tell its configuration; its durability is unknown")]
    private partial void LogUnknownDurability();

    [LoggerMessage(LogLevel.Warning, "Redis can't be reached yet; not ready until it can")]
    private partial void LogNotConnected();
}
