using Grpc.Core;
using Moderation.Contracts.V1;

namespace Moderation.MediaHash.Host.Rpc;

internal sealed partial class MediaHashRpc
{
    public override async Task<MatchMediaResponse> MatchMedia(MatchMediaRequest request, ServerCallContext context) =>
        await matcher.MatchAsync(request);
}
