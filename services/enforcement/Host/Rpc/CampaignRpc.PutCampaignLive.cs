using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class CampaignRpc
{
    public override async Task<PutCampaignLiveResponse> PutCampaignLive(PutCampaignLiveRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        RequireChange(violations, request.CampaignId, request.Reason, request.StateVersion);
        violations.ThrowIfAny();
        return new PutCampaignLiveResponse
        {
            Campaign = await desk.PutCampaignLiveAsync(request.CampaignId, ActorOf(context, request.Reason, request.StateVersion)),
        };
    }
}
