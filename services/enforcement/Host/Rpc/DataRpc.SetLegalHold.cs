using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Lifecycle;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class DataRpc
{
    private const int LongestGround = 500;

    public override async Task<SetLegalHoldResponse> SetLegalHold(SetLegalHoldRequest request, ServerCallContext context)
    {
        var (violations, end, now) = (new FieldViolations(), request.EndTime?.ToDateTimeOffset(), time.GetUtcNow());
        violations.RequireName(request.TenantId, "tenant_id");
        violations.RequireId(request.AccountId, "account_id");
        violations.Require(request.LegalGround.Trim().Length is > 0 and <= LongestGround, "legal_ground", $"must name the law or proceeding in 1..{LongestGround} characters");
        violations.Require(end > now && end <= now + LegalHoldStore.Longest, "end_time", $"must lie ahead, by {LegalHoldStore.Longest.Days} days at most");
        violations.RequireId(request.RequestId, "request_id");
        violations.ThrowIfAny();
        return new SetLegalHoldResponse { Hold = await holds.SetAsync(request, Caller.Of(context).Subject) };
    }
}
