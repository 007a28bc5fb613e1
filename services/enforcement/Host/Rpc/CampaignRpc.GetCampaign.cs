using Grpc.Core;
using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class CampaignRpc
{
    public override async Task<GetCampaignResponse> GetCampaign(GetCampaignRequest request, ServerCallContext context)
        => new() { Campaign = await desk.ShownAsync((await FindAsync(request.CampaignId)).Campaign) };
}
