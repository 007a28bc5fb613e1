using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class OrderRpc
{
    public override async Task<GetOrderCountsResponse> GetOrderCounts(GetOrderCountsRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.Require(request.Year is 0 or (>= 2000 and <= 9999), "year", "must be 2000..9999, or 0 for all years");
        violations.ThrowIfAny();
        return new GetOrderCountsResponse { Counts = { await store.CountsAsync(Caller.TenantOf(context), request.Year) } };
    }
}
