using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class ReportRpc
{
    public override async Task<GetReportResponse> GetReport(GetReportRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireId(request.ReportId, "report_id");
        violations.ThrowIfAny();
        return await store.FindAsync(request.ReportId) is { } stored && stored.Record.TenantId == Caller.TenantOf(context)
            ? new GetReportResponse { Report = await store.ReceiptAsync(stored) }
            : throw RpcErrors.Create(ErrorReason.ReportNotFound, ("report_id", request.ReportId));
    }
}
