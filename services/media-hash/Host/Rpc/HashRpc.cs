using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Host.Banks;
using Moderation.MediaHash.Host.Media;
using Moderation.ServiceDefaults.Errors;
using BankMatch = Moderation.MediaHash.Banks.BankMatch;

namespace Moderation.MediaHash.Host.Rpc;

/// <summary>Hashes of files, and comparing hashes without their media. One RPC a file.</summary>
internal sealed partial class HashRpc(MediaIntake intake, BankFeedStore feed, BankCatalogue catalogue, TimeProvider time) : HashService.HashServiceBase
{
    private const int MaxMatches = 64;

    private void CheckLoaded()
    {
        if (!feed.IsLoaded)
            throw RpcErrors.Create(ErrorReason.DependencyUnavailable, ("dependency", "banks"));
    }

    private HashMatches Match(MediaFingerprints media, string tenantId)
    {
        var near = new List<BankMatch>();
        catalogue.Match(media, near);
        var (matches, vetoed) = MatchFilter.ApplyToHashes(near, tenantId, time.GetUtcNow());
        return new HashMatches
        {
            VetoedCount = vetoed,
            Matches =
            {
                matches.OrderBy(match => match.Distance).ThenBy(match => match.Entry.Key.ToString(), StringComparer.Ordinal)
                    .Take(MaxMatches).Select(match => match.ToContract()),
            },
        };
    }
}
