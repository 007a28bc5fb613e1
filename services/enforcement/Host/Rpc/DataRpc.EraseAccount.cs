using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class DataRpc
{
    public override async Task<EraseAccountResponse> EraseAccount(EraseAccountRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireId(request.AccountId, "account_id");
        violations.RequireId(request.RequestId, "request_id");
        violations.ThrowIfAny();
        return new EraseAccountResponse
        {
            Erasure = await erasures.StartAsync(Caller.TenantOf(context), request.AccountId, request.RequestId, Caller.Of(context).Subject),
        };
    }
}
