using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class ReviewRpc
{
    public override async Task<DeclareConflictResponse> DeclareConflict(DeclareConflictRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireName(request.TenantId, "tenant_id");
        violations.RequireId(request.AccountId, "account_id");
        violations.ThrowIfAny();
        await queue.DeclareConflictAsync(Caller.Of(context).Subject, request.TenantId, request.AccountId);
        return new DeclareConflictResponse();
    }
}
