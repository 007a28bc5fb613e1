using StackExchange.Redis;

namespace Moderation.ServiceDefaults.Redis;

/// <summary>Hears a channel until it is disposed. Messages may be lost; whoever listens polls as well.</summary>
public sealed class Bell : IAsyncDisposable
{
    private readonly ChannelMessageQueue _queue;

    private Bell(ChannelMessageQueue queue) => _queue = queue;

    /// <summary>Begins to hear <paramref name="channel"/>.</summary>
    public static async Task<IAsyncDisposable> HangAsync(RedisConnectionStore redis, string channel, Action<RedisValue> rung)
    {
        ArgumentNullException.ThrowIfNull(redis);
        var queue = await redis.Multiplexer.GetSubscriber().SubscribeAsync(RedisChannel.Literal(channel));
        queue.OnMessage(message => rung(message.Message));
        return new Bell(queue);
    }

    /// <summary>Rings. Nobody waits for it, and it may be lost.</summary>
    public static Task RingAsync(RedisConnectionStore redis, string channel, RedisValue message)
    {
        ArgumentNullException.ThrowIfNull(redis);
        return redis.Multiplexer.GetSubscriber().PublishAsync(RedisChannel.Literal(channel), message, CommandFlags.FireAndForget);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await _queue.UnsubscribeAsync();
}
