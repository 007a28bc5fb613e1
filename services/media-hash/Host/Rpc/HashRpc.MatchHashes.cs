using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Hashing;
using Moderation.MediaHash.Video;
using Moderation.ServiceDefaults.Errors;
using HashKind = Moderation.MediaHash.Banks.HashKind;

namespace Moderation.MediaHash.Host.Rpc;

internal sealed partial class HashRpc
{
    private const int MaxHashes = 1000;
    private const int FullQuality = 100;

    public override Task<MatchHashesResponse> MatchHashes(MatchHashesRequest request, ServerCallContext context)
    {
        Check(request);
        CheckLoaded();
        // The version first: what is found may be newer, never older.
        var response = new MatchHashesResponse { BankVersion = catalogue.Version };
        foreach (var hash in request.Hashes)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            response.Results.Add(Match(ToMedia((HashKind)hash.Kind, hash.Value.ToLowerInvariant()), request.TenantId));
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
