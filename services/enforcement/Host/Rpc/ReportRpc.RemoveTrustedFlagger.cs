using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class ReportRpc
{
    public override async Task<RemoveTrustedFlaggerResponse> RemoveTrustedFlagger(RemoveTrustedFlaggerRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireName(request.TenantId, "tenant_id");
        violations.RequireName(request.FlaggerId, "flagger_id");
        violations.ThrowIfAny();
        return await flaggers.RemoveAsync(request.TenantId, request.FlaggerId, Caller.Of(context).Subject)
            ? new RemoveTrustedFlaggerResponse()
            : throw RpcErrors.Create(ErrorReason.TrustedFlaggerNotFound, ("flagger_id", request.FlaggerId));
    }
}
