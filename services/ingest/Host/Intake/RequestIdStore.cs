using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Ingest.Host.Intake;

/// <summary>Request ids and the hashes of their bodies, kept 7 days or more.</summary>
internal sealed class RequestIdStore(RedisConnectionStore redis, TimeProvider time)
{
    private const int HashBytes = 8;
    private static readonly EmbeddedScript Bind = EmbeddedScript.Load(typeof(RequestIdStore).Assembly, "bind_request.lua");
    private static readonly EmbeddedScript Unbind = EmbeddedScript.Load(typeof(RequestIdStore).Assembly, "unbind_request.lua");

    /// <summary>Binds a request id to the hash of its body.</summary>
    public async Task<Binding> BindAsync(string tenant, string requestId, string contentHash)
    {
        var answer = await Bind.RunAsync(
            redis.Multiplexer.GetDatabase(), Keys(tenant, requestId),
            [KeySpace.CompactField(tenant, requestId), Convert.FromHexString(contentHash)[..HashBytes], CompactMaps.KeptMs]);
        return answer.ToString() switch
        {
            "created" => Binding.Created,
            "same" => Binding.Same,
            _ => Binding.Other,
        };
    }

    /// <summary>Takes a binding of a request id back: the request was refused, and nothing of it stays.</summary>
    public Task UnbindAsync(string tenant, string requestId)
        => Unbind.RunAsync(redis.Multiplexer.GetDatabase(), Keys(tenant, requestId), [KeySpace.CompactField(tenant, requestId)]);

    private RedisKey[] Keys(string tenant, string requestId)
    {
        var now = time.GetUtcNow();
        return
        [
            KeySpace.RequestIds(tenant, requestId, KeySpace.GenerationOf(now)), KeySpace.RequestIds(tenant, requestId, KeySpace.GenerationOf(now, 1)),
        ];
    }
}
