using Grpc.Core;
using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class DeliveryRpc
{
    public override async Task<GetDeliveryStatusResponse> GetDeliveryStatus(GetDeliveryStatusRequest request, ServerCallContext context)
    {
        var state = await RequireEndpointAsync(request.TenantId, request.WebhookId);
        var status = await ledger.StatusAsync(request.TenantId, request.WebhookId);
        status.State = state;
        return status;
    }
}
