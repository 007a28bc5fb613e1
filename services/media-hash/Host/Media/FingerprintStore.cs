using Google.Protobuf;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.MediaHash.Host.Media;

/// <summary>Fingerprints by tenant and media id, for a day. The id follows from the bytes, so storing twice stores the same.</summary>
internal sealed class FingerprintStore(RedisConnectionStore redis)
{
    /// <summary>How long fingerprints wait for their post.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    public Task SaveAsync(string tenant, HashMediaResponse media) =>
        redis.Multiplexer.GetDatabase().StringSetAsync(KeySpace.Media(tenant, media.MediaId), media.ToByteArray(), Kept);

    /// <summary>In the order of the ids; null for each one that is unknown or expired.</summary>
    public async Task<IReadOnlyList<MediaFingerprints?>> FindAsync(string tenant, IReadOnlyList<string> mediaIds)
    {
        // One GET each, pipelined: in a cluster the media of a post lie in different slots.
        var database = redis.Multiplexer.GetDatabase();
        var values = await Task.WhenAll(mediaIds.Select(id => database.StringGetAsync(KeySpace.Media(tenant, id))));
        return [.. values.Select(Read)];
    }

    private static MediaFingerprints? Read(RedisValue value) =>
        value.IsNull ? null : HashMediaResponse.Parser.ParseFrom((byte[])value!).ToCore(); // not null, as just seen
}
