using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.ServiceDefaults.Redis;
using Moderation.ServiceDefaults.Telemetry;

namespace Moderation.MediaHash.Host.Lookbacks;

/// <summary>Keeps the fingerprints of public posts while they are matched.</summary>
internal sealed partial class PostMemory(
    PostFingerprintStore store, IOptions<LookbackOptions> options, TimeProvider time, ILogger<PostMemory> logger)
{
    /// <summary>
    /// Keeps those of a post. A match is worth more than its memory: where the store does not take them, that is said and the match goes on.
    /// </summary>
    public async Task KeepAsync(string tenantId, MatchedPost post, IEnumerable<MediaFingerprints> media)
    {
        if (!options.Value.Enabled)
            return;
        try
        {
            await store.KeepAsync(
                tenantId, post.AccountId, post.PostId, post.Revision, PostMediaMapping.ToBytes(post.Revision, media), time.GetUtcNow(),
                options.Value.RetentionDays);
        }
        catch (Exception away) when (StoreFaults.IsUnavailable(away))
        {
            ModerationMeter.LookbackUnkept.Add(1);
            LogUnkept(post.PostId, away.GetType().Name);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The fingerprints of {PostId} are not kept for look-back ({Cause})")]
    private partial void LogUnkept(string postId, string cause);
}
