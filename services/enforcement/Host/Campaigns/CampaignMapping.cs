using System.Collections.Immutable;
using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Campaigns;

/// <summary>Between the contract and the pure parts. The numbers of the enums are the same on both sides.</summary>
internal static class CampaignMapping
{
    /// <summary>A campaign as the deciding parts have it.</summary>
    public static Campaign ToCore(Contracts.V1.Campaign campaign) => new()
    {
        Id = campaign.CampaignId,
        Categories = [.. campaign.Plan.Categories.Select(c => (HarmCategory)c)],
        Channels = [.. campaign.Plan.ChannelIds],
        Languages = [.. campaign.Plan.Languages],
        Reason = campaign.Plan.Reason,
        Owner = campaign.Plan.Owner,
        Start = campaign.Plan.StartTime.ToDateTimeOffset(),
        End = campaign.Plan.EndTime.ToDateTimeOffset(),
        Thresholds = campaign.Plan.Thresholds.ToImmutableSortedDictionary(t => t.Name, t => t.Value, StringComparer.Ordinal),
        ReviewSampling = campaign.Plan.ReviewSampling,
        ReviewBoost = campaign.Plan.ReviewBoost?.ToTimeSpan() ?? TimeSpan.Zero,
        Budget = campaign.Plan.Budget,
        Approvers = [campaign.Author, .. campaign.Approvers],
        IsLive = campaign.LiveTime is not null,
        Watch = campaign.WatchTime?.ToTimeSpan() ?? TimeSpan.Zero,
    };

    /// <summary>What the campaigns had to do with a decision, as it is kept with it.</summary>
    /// <param name="weighing">What was weighed.</param>
    /// <param name="unpaid">The campaigns whose budget was spent.</param>
    public static IEnumerable<CampaignUse> Uses(CampaignWeighing weighing, IReadOnlySet<string> unpaid)
    {
        foreach (var touch in weighing.Touches)
        {
            var acts = touch.Part == CampaignPart.During;
            yield return new CampaignUse
            {
                CampaignId = touch.Campaign.Id,
                Period = (CampaignPeriod)touch.Part,
                Thresholds = { touch.Thresholds.Select(t => new CampaignThreshold { Name = t.Key, Value = t.Value }) },
                // Where one budget of several is spent, none of them causes anything.
                Caused = acts && touch.Causes && unpaid.Count == 0,
                OverBudget = acts && unpaid.Contains(touch.Campaign.Id),
                WouldCause = !acts && touch.Causes,
                Spares = touch.Spares && (!acts || unpaid.Count == 0),
            };
        }
    }
}
