using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class PolicyRpc
{
    public override async Task<MoveRuleResponse> MoveRule(MoveRuleRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireId(request.RuleId, "rule_id");
        RequireReason(violations, request.Reason);
        RequireState(violations, request.StateVersion);
        violations.Require(
            request.Stage is >= PolicyStage.Draft and <= PolicyStage.Suspended, "stage", "must be DRAFT, BACKTEST, SHADOW, PARTIAL, LIVE or SUSPENDED");
        violations.Require(
            request.Stage == PolicyStage.Partial ? request.Share is > 0 and <= 1 : request.Share == 0, "share", "must be above 0 and at most 1 for PARTIAL, else 0");
        violations.Require(request.BacktestId.Length <= 64, "backtest_id", "must be as answered by SimulatePolicy");
        violations.ThrowIfAny();
        var by = ActorOf(context, request.Reason, request.StateVersion);
        return new MoveRuleResponse { State = await desk.MoveAsync(request.RuleId, request.Stage, request.Share, request.BacktestId, by) };
    }
}
