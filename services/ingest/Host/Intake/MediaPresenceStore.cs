using Moderation.ServiceDefaults.Redis;

namespace Moderation.Ingest.Host.Intake;

/// <summary>Whether the fingerprints of media are there; asking keeps them for another day, so that they outlive the post's way.</summary>
internal sealed class MediaPresenceStore(RedisConnectionStore redis)
{
    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>The first of <paramref name="mediaIds"/> that is unknown, or null when all are there.</summary>
    public async Task<string?> FirstMissingAsync(string tenant, IReadOnlyList<string> mediaIds)
    {
        var database = redis.Multiplexer.GetDatabase();
        var there = await Task.WhenAll(mediaIds.Select(id => database.KeyExpireAsync(KeySpace.Media(tenant, id), Kept)));
        var missing = Array.IndexOf(there, false);
        return missing < 0 ? null : mediaIds[missing];
    }
}
