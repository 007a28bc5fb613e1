using System.Runtime.CompilerServices;
using Google.Protobuf;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Lifecycle;

/// <summary>Fingerprints of an account's recent public posts, which media-hash keeps to look back for entries that come later.</summary>
internal sealed class FingerprintHolding(PostFingerprintStore fingerprints, TimeProvider time) : IAccountHolding
{
    public string Kind => "post-fingerprints";

    public async IAsyncEnumerable<HeldRecord> ReadAsync(AccountTrail trail, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var post in fingerprints.OfAccountAsync(trail.TenantId, trail.AccountId, time.GetUtcNow()).WithCancellation(cancellationToken))
        {
            yield return HeldRecord.Of(Kind, PostFingerprints.Parser.ParseFrom(post.Fingerprints));
        }
    }

    public async Task<HoldingErased> EraseAsync(AccountTrail trail)
    {
        var (now, posts) = (time.GetUtcNow(), new HashSet<string>(StringComparer.Ordinal));
        await foreach (var post in fingerprints.OfAccountAsync(trail.TenantId, trail.AccountId, now))
        {
            posts.Add(post.PostId);
        }

        var count = 0L;
        foreach (var post in posts)
        {
            count += await fingerprints.ForgetAsync(trail.TenantId, trail.AccountId, post, now);
        }

        return new HoldingErased(count);
    }
}
