using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Host.Media;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.MediaHash.Host.Rpc;

internal sealed partial class BankRpc
{
    public override async Task<GiveMatchOpinionResponse> GiveMatchOpinion(GiveMatchOpinionRequest request, ServerCallContext context)
    {
        var key = CheckedKey(request.BankId, request.EntryId, CheckOpinion(request));
        var (right, wrong) = await banks.GiveOpinionAsync(
            key, Caller.Of(context).Subject, request.MediaId, request.Opinion == MatchOpinion.TruePositive)
            ?? throw RpcErrors.Create(ErrorReason.BankEntryNotFound, ("entry_id", request.EntryId));
        return new GiveMatchOpinionResponse { Opinions = new MatchOpinionCounts { TruePositives = right, FalsePositives = wrong } };
    }

    private static IEnumerable<FieldError> CheckOpinion(GiveMatchOpinionRequest request)
    {
        if (!MediaMatcher.IsMediaId(request.MediaId))
            yield return new FieldError("media_id", "m_ and 64 hexadecimal digits");
        if (request.Opinion == MatchOpinion.Unspecified || !Enum.IsDefined(request.Opinion))
            yield return new FieldError("opinion", "MATCH_OPINION_TRUE_POSITIVE or MATCH_OPINION_FALSE_POSITIVE");
    }
}
