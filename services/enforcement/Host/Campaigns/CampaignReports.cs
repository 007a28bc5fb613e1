using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Policies;

namespace Moderation.Enforcement.Host.Campaigns;

/// <summary>Writes the reports of campaigns from what was counted.</summary>
internal sealed class CampaignReports(CampaignFigureStore figures, PolicyCatalogue catalogue, TimeProvider time)
{
    private static readonly CampaignStratumKind[] Kinds = [CampaignStratumKind.Left, CampaignStratumKind.Reviewed, CampaignStratumKind.Acted];

    /// <summary>The report as of now.</summary>
    public async Task<CampaignReport> WriteAsync(Contracts.V1.Campaign campaign)
    {
        var (core, now, counts) = (CampaignMapping.ToCore(campaign), time.GetUtcNow(), await figures.ReadAsync(campaign.CampaignId));
        var watchEnd = core.IsLive ? core.End + core.Watch : core.End;
        var thresholds = catalogue.Current.Base.Thresholds;
        return new CampaignReport
        {
            CampaignId = core.Id,
            State = now < core.End ? CampaignReportState.Interim : now < watchEnd ? CampaignReportState.AfterPending : CampaignReportState.Complete,
            CreateTime = Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds())),
            WatchEndTime = core.IsLive ? Timestamp.FromDateTimeOffset(watchEnd) : null,
            WasLive = core.IsLive,
            Periods = { PeriodsOf(core, now).Select(p => Of(p, counts)) },
            Budget = core.Budget,
            Spent = counts.Sum(CampaignPeriod.During, CampaignFigureStore.Caused),
            OverBudgetCount = counts.Sum(CampaignFigureStore.OverBudget),
            AppealCount = counts.Sum(CampaignFigureStore.Appeals),
            OverturnedCount = counts.Sum(CampaignFigureStore.Overturned),
            Thresholds =
            {
                core.Thresholds.Select(t =>
                {
                    var report = new CampaignThresholdReport { Name = t.Key, Value = t.Value };
                    if (thresholds.TryGetValue(t.Key, out var own))
                    {
                        report.PolicyValue = own.Value;
                    }

                    return report;
                }),
            },
            // By what decides here and now, not by what the record says should be.
            ThresholdsRestored = (catalogue.Current.Campaigns?.Find(core.Id) ?? core).PartAt(now) != CampaignPart.During,
        };
    }

    private static IEnumerable<CampaignPeriod> PeriodsOf(Campaign campaign, DateTimeOffset now)
    {
        yield return CampaignPeriod.Before;
        if (campaign.IsLive && now >= campaign.Start && campaign.Start < campaign.End)
        {
            yield return CampaignPeriod.During;
        }

        if (campaign.IsLive && now >= campaign.End)
        {
            yield return CampaignPeriod.After;
        }
    }

    private static CampaignPeriodFigures Of(CampaignPeriod period, CampaignCounts counts)
    {
        var strata = Kinds.Select(k => new Stratum(
            counts.Sum(period, CampaignFigureStore.Posts(k)), counts.Sum(period, CampaignFigureStore.Samples(k)), counts.Sum(period, CampaignFigureStore.Found(k)))).ToList();
        var estimate = StratifiedShare.Of(strata);
        return new CampaignPeriodFigures
        {
            Period = period,
            PostCount = strata.Sum(s => s.Posts),
            Strata =
            {
                strata.Zip(Kinds, (s, k) => new CampaignStratum
                {
                    Kind = k,
                    PostCount = s.Posts,
                    SampleCount = s.Sampled,
                    FoundCount = s.Found,
                    Low = s.Interval.Low,
                    High = s.Interval.High,
                }),
            },
            Prevalence = estimate.Share,
            PrevalenceLow = estimate.Low,
            PrevalenceHigh = estimate.High,
            UnsampledShare = estimate.Unsampled,
            CausedCount = counts.Sum(period, CampaignFigureStore.Caused),
            SparedCount = counts.Sum(period, CampaignFigureStore.Spared),
            SampledCount = counts.Sum(period, CampaignFigureStore.Sampled),
            Days =
            {
                counts.Days(period).Select(day => new CampaignDay
                {
                    Date = $"{day[..4]}-{day[4..6]}-{day[6..]}",
                    PostCount = Kinds.Sum(k => counts.Sum(period, CampaignFigureStore.Posts(k), day)),
                    SampleCount = Kinds.Sum(k => counts.Sum(period, CampaignFigureStore.Samples(k), day)),
                    FoundCount = Kinds.Sum(k => counts.Sum(period, CampaignFigureStore.Found(k), day)),
                    CausedCount = counts.Sum(period, CampaignFigureStore.Caused, day),
                }),
            },
        };
    }
}
