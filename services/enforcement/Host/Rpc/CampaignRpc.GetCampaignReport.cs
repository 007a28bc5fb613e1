using Grpc.Core;
using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class CampaignRpc
{
    public override async Task<GetCampaignReportResponse> GetCampaignReport(GetCampaignReportRequest request, ServerCallContext context)
    {
        var record = await FindAsync(request.CampaignId);
        return new GetCampaignReportResponse { Report = record.Report ?? Interim(await reports.WriteAsync(record.Campaign)) };
    }

    // Between the end and the closing report, some seconds.
    private static CampaignReport Interim(CampaignReport report)
    {
        report.State = CampaignReportState.Interim;
        return report;
    }
}
