using Moderation.Enforcement.Host.Policies;
using Moderation.Enforcement.Host.Work;

namespace Moderation.Enforcement.Host.Campaigns;

/// <summary>
/// Writes the closing report of each campaign whose end has come, and completes it when its scope has been watched for long enough. Each is one change,
/// made whole or not at all, and only if nobody made it before: dying half-way or doing it twice leaves one report.
/// </summary>
internal sealed partial class CampaignCloser(
    PolicyFollower follower, PolicyCatalogue catalogue, PolicyDesk desk, CampaignReports reports, TimeProvider time, ILogger<CampaignCloser> logger) : IWork
{
    public string Name => "campaign-reports";

    public TimeSpan Interval => TimeSpan.FromSeconds(15);

    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        await follower.FollowAsync();
        foreach (var campaign in catalogue.Current.Record.State.Campaigns.ToList())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (core, now) = (CampaignMapping.ToCore(campaign), time.GetUtcNow());
            if (campaign.CloseTime is null && now >= core.End && await desk.CloseCampaignAsync(core.Id, reports.WriteAsync))
            {
                LogClosed(core.Id);
            }

            if (core.PartAt(now) == CampaignPart.None && await desk.CompleteCampaignAsync(core.Id, reports.WriteAsync))
            {
                LogCompleted(core.Id);
            }
        }

        return false;
    }

    [LoggerMessage(LogLevel.Information, "Campaign {CampaignId} has ended: its closing report is written")]
    private partial void LogClosed(string campaignId);

    [LoggerMessage(LogLevel.Information, "The report of campaign {CampaignId} is complete")]
    private partial void LogCompleted(string campaignId);
}
