using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Audit;

/// <summary>What scripts are given so that they find a settled post and make it whole again (settled_post.lua).</summary>
internal static class SettledPosts
{
    // As long as a decision without a measure is kept; a decision that follows sets its own end.
    private static readonly long RestoredKeptMs = (long)KeySpace.Generation.TotalMilliseconds;

    /// <summary>Settled posts of this generation, and of the one before.</summary>
    public static string[] Keys(int shard, DateTimeOffset now)
        => [KeySpace.Settled(shard, KeySpace.GenerationOf(now)), KeySpace.Settled(shard, KeySpace.GenerationOf(now, 1))];

    /// <summary>Field of the post, mark of its account, prefix of decision ids, how long a restored post is kept (ms).</summary>
    public static byte[][] Arguments(int shard, string tenant, string post, string account) =>
    [
        KeySpace.CompactField(tenant, post), KeySpace.AccountMark(tenant, account),
        System.Text.Encoding.ASCII.GetBytes($"d_{shard}_"), System.Text.Encoding.ASCII.GetBytes($"{RestoredKeptMs}"),
    ];

    /// <summary>
    /// The decision that was committed before under the same key as <paramref name="anew"/>, as far as it is known without the archive.
    /// </summary>
    public static Decision Decision(Decision anew, string id, DecisionOutcome outcome) => new()
    {
        DecisionId = id,
        TenantId = anew.TenantId,
        PostId = anew.PostId,
        AccountId = anew.AccountId,
        Revision = anew.Revision,
        Cause = anew.Cause,
        CreateTime = Timestamp.FromDateTimeOffset(Ulid.Parse(id[(id.LastIndexOf('_') + 1)..]).Time),
        Outcome = outcome,
        Automated = true,
    };
}
