using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Moderation.ServiceDefaults.Redis;
using Moderation.Testing;
using Xunit;

namespace Moderation.ServiceDefaults.Tests.Redis;

public sealed class RedisConnectionStoreTests
{
    [Fact]
    public async Task Start_says_how_much_an_acknowledged_post_can_lose_and_that_keys_may_be_evicted()
    {
        await using var redis = await RedisServer.StartAsync("--appendfsync", "always", "--maxmemory-policy", "allkeys-lru");
        var log = new ListLogger();
        await using var store = Store(redis, 64, log);
        await store.StartingAsync(TestContext.Current.CancellationToken);
        Assert.Contains(log.Lines, l => l.StartsWith("Redis: appendonly yes, fsync always", StringComparison.Ordinal));
        Assert.Contains(log.Lines, l => l.Contains("maxmemory-policy allkeys-lru", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_with_another_number_of_shards_is_refused()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = Store(redis, 64, new ListLogger());
        await first.StartingAsync(TestContext.Current.CancellationToken);
        await using var second = Store(redis, 32, new ListLogger());
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => second.StartingAsync(TestContext.Current.CancellationToken));
        Assert.Contains("set Sharding:Count to 64", refused.Message, StringComparison.Ordinal);
    }

    private static RedisConnectionStore Store(RedisServer redis, int shards, ListLogger log)
        => new(Options.Create(new RedisOptions { ConnectionString = redis.ConnectionString }), new KeySpace(shards), log);

    private sealed class ListLogger : ILogger<RedisConnectionStore>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => Lines.Add(formatter(state, exception));
    }
}
