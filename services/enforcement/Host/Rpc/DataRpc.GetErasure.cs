using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class DataRpc
{
    public override async Task<GetErasureResponse> GetErasure(GetErasureRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireId(request.ErasureId, "erasure_id");
        violations.ThrowIfAny();
        return await erasures.FindAsync(request.ErasureId) is { } record && record.TenantId == Caller.TenantOf(context)
            ? new GetErasureResponse { Erasure = record.Erasure }
            : throw RpcErrors.Create(ErrorReason.ErasureNotFound, ("erasure_id", request.ErasureId));
    }
}
