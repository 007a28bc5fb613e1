using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Reports;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class ReportRpc
{
    public override async Task<ListReportsResponse> ListReports(ListReportsRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireName(request.TenantId, "tenant_id");
        if (request.PostId.Length > 0)
        {
            violations.RequireId(request.PostId, "post_id");
        }

        var size = Paging.Require(violations, request.PageSize, request.PageToken);
        violations.ThrowIfAny();
        var (stored, next) = await store.ListAsync(request.TenantId, request.PostId, request.PageToken, size);
        var shown = stored.Where(r => MayBeShown(r, request.UndecidedOnly, context));
        var read = await Task.WhenAll(shown.Select(store.ReadAsync));
        return new ListReportsResponse { Reports = { read.Where(r => !request.UndecidedOnly || r.Report.Outcome is null) }, NextPageToken = next };
    }

    private static bool MayBeShown(StoredReport stored, bool undecidedOnly, ServerCallContext context)
        => !(undecidedOnly && stored.Conclusion is not null)
            && (stored.Record.Category != Contracts.V1.HarmCategory.ChildSexualExploitation || SeesChildSafety(context));
}
