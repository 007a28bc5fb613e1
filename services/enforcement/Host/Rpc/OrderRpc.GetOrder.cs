using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class OrderRpc
{
    public override async Task<GetOrderResponse> GetOrder(GetOrderRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireId(request.OrderId, "order_id");
        violations.ThrowIfAny();
        return await store.FindAsync(request.OrderId) is { } order && Caller.Of(context).MayAct(order.TenantId)
            ? new GetOrderResponse { Order = order }
            : throw RpcErrors.Create(ErrorReason.OrderNotFound, ("order_id", request.OrderId));
    }
}
