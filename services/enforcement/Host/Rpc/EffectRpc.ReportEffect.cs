using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Effects;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class EffectRpc
{
    private const int MostReports = 200;
    private const int LongestReason = 500;

    public override async Task<ReportEffectResponse> ReportEffect(ReportEffectRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireId(request.DecisionId, "decision_id");
        violations.Require(request.Reports.Count is >= 1 and <= MostReports, "reports", $"must hold 1..{MostReports} reports");
        for (var i = 0; i < request.Reports.Count; i++)
        {
            var report = request.Reports[i];
            violations.Require(
                report.Kind is EffectKind.Applied or EffectKind.Reverted or EffectKind.NoticeDelivered, $"reports[{i}].kind",
                "must be APPLIED, REVERTED or NOTICE_DELIVERED");
            violations.Require(
                report.Failed ? report.Reason.Trim().Length is > 0 and <= LongestReason : report.Reason.Length == 0, $"reports[{i}].reason",
                report.Failed ? $"must say why, in 1..{LongestReason} characters" : "must be empty unless it failed");
        }

        violations.Require(
            request.Reports.DistinctBy(r => (r.Kind, r.MeasureId)).Count() == request.Reports.Count, "reports", "must name each effect at most once");
        violations.ThrowIfAny();
        var effects = await store.ReportAsync(Caller.TenantOf(context), Caller.Of(context).Subject, request.DecisionId, request.Reports);
        return new ReportEffectResponse { Effects = { effects }, Settled = EffectRules.IsSettled(effects) };
    }
}
