using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class AppealRpc
{
    public override async Task<GetAppealResponse> GetAppeal(GetAppealRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireId(request.AppealId, "appeal_id");
        violations.ThrowIfAny();
        return await store.FindAsync(request.AppealId) is { } record && record.TenantId == Caller.TenantOf(context)
            ? new GetAppealResponse { Appeal = record.Appeal }
            : throw RpcErrors.Create(ErrorReason.AppealNotFound, ("appeal_id", request.AppealId));
    }
}
