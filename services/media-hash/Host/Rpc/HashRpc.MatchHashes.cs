using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Hashing;
using Moderation.MediaHash.Host.Banks;
using Moderation.MediaHash.Video;
using Moderation.ServiceDefaults.Errors;
using BankMatch = Moderation.MediaHash.Banks.BankMatch;
using HashKind = Moderation.MediaHash.Banks.HashKind;

namespace Moderation.MediaHash.Host.Rpc;

internal sealed partial class HashRpc
{
    private const int MaxHashes = 1000;
    private const int MaxMatches = 64;
    private const int FullQuality = 100;

    public override Task<MatchHashesResponse> MatchHashes(MatchHashesRequest request, ServerCallContext context)
    {
        Check(request);
        if (!feed.IsLoaded)
            throw RpcErrors.Create(ErrorReason.DependencyUnavailable, ("dependency", "banks"));
        // The version first: what is found may be newer, never older.
        var response = new MatchHashesResponse { BankVersion = catalogue.Version };
        var now = time.GetUtcNow();
        foreach (var hash in request.Hashes)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            var near = new List<BankMatch>();
            catalogue.Match(ToMedia((HashKind)hash.Kind, hash.Value.ToLowerInvariant()), near);
            var (matches, vetoed) = MatchFilter.ApplyToHashes(near, request.TenantId, now);
            response.Results.Add(new HashMatches
            {
                VetoedCount = vetoed,
                Matches =
                {
                    matches.OrderBy(match => match.Distance).ThenBy(match => match.Entry.Key.ToString(), StringComparer.Ordinal)
                        .Take(MaxMatches).Select(match => match.ToContract()),
                },
            });
        }
        return Task.FromResult(response);
    }

    // As if a medium had this hash and no other.
    private static MediaFingerprints ToMedia(HashKind kind, string value)
    {
        string Only(HashKind wanted) => kind == wanted ? value : "";
        return new MediaFingerprints(
            "",
            new ExactDigests(Only(HashKind.Sha256), Only(HashKind.Sha1), Only(HashKind.Md5)),
            kind == HashKind.Pdq ? new PdqFingerprint(PdqHash.Parse(value), FullQuality) : default,
            kind == HashKind.Vpdq
                ? [.. value.Split(',').Select((frame, i) => new VideoFrame(TimeSpan.FromSeconds(i), new PdqFingerprint(PdqHash.Parse(frame), FullQuality)))]
                : []);
    }

    private static void Check(MatchHashesRequest request)
    {
        var violations = new FieldViolations();
        if (request.TenantId.Length > 0)
            violations.RequireId(request.TenantId, "tenant_id", 64);
        violations.Require(request.Hashes.Count is >= 1 and <= MaxHashes, "hashes", $"must hold 1..{MaxHashes}");
        for (var i = 0; i < request.Hashes.Count && i < MaxHashes; i++)
        {
            foreach (var error in BankEntryRules.CheckHash((HashKind)request.Hashes[i].Kind, request.Hashes[i].Value, $"hashes[{i}]."))
                violations.Add(error.Field, error.Description);
        }
        violations.ThrowIfAny();
    }
}
