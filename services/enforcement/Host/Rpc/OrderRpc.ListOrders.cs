using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class OrderRpc
{
    public override async Task<ListOrdersResponse> ListOrders(ListOrdersRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireName(request.TenantId, "tenant_id");
        var size = Paging.Require(violations, request.PageSize, request.PageToken);
        violations.ThrowIfAny();
        var (orders, next) = await store.ListAsync(request.TenantId, request.PageToken, size);
        return new ListOrdersResponse { Orders = { orders }, NextPageToken = next };
    }
}
