using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Access;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class PolicyRpc
{
    public override async Task<ProposeOverrideResponse> ProposeOverride(ProposeOverrideRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireId(request.RuleId, "rule_id");
        violations.RequireName(request.RequestId, "request_id");
        RequireReason(violations, request.Reason);
        var now = time.GetUtcNow();
        violations.Require(
            request.EndTime is { } end && ApiKeyMapping.IsTime(end) && end.ToDateTimeOffset() > now && end.ToDateTimeOffset() <= now + BreakerOverride.Longest,
            "end_time", $"must be in the future, within {BreakerOverride.Longest.TotalHours:0} hours");
        violations.ThrowIfAny();
        var by = ActorOf(context, request.Reason);
        var id = KeySpace.IdOfRequest('v', 0, by.Person, request.RuleId, request.RequestId);
        return new ProposeOverrideResponse { Override = await desk.ProposeAsync(id, request.RuleId, request.EndTime.ToDateTimeOffset(), by) };
    }
}
