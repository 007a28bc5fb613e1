using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class EnforcementRpc
{
    public override async Task<RecordWithdrawalResponse> RecordWithdrawal(RecordWithdrawalRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireName(request.TenantId, "tenant_id");
        violations.RequireId(request.PostId, "post_id");
        violations.RequireId(request.AccountId, "account_id");
        violations.ThrowIfAny();
        var time = await withdrawals.WithdrawAsync(request.TenantId, request.PostId, request.AccountId)
            ?? throw RpcErrors.Create(ErrorReason.PostNotFound, ("post_id", request.PostId));
        return new RecordWithdrawalResponse { WithdrawTime = Timestamp.FromDateTimeOffset(time) };
    }
}
