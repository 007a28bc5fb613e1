using System.Collections.Immutable;

namespace Moderation.Enforcement;

/// <summary>
/// A time of closer watch over some harms. It can move thresholds within the policy's bounds and review more; it can't add a harm, and
/// there is nothing in it by which rights could be weakened. When it is over, nothing has to be put back: the thresholds were never written.
/// </summary>
public sealed record Campaign
{
    /// <summary>The longest campaign.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    /// <summary>The most by which tasks may be handed out sooner.</summary>
    public static readonly TimeSpan MostBoost = TimeSpan.FromHours(4);

    /// <summary>Its id.</summary>
    public required string Id { get; init; }
    /// <summary>The harms that it is about; at least one.</summary>
    public required ImmutableHashSet<HarmCategory> Categories { get; init; }
    /// <summary>Channels; empty: all.</summary>
    public ImmutableHashSet<string> Channels { get; init; } = [];
    /// <summary>Primary language subtags; empty: all.</summary>
    public ImmutableHashSet<string> Languages { get; init; } = [];
    /// <summary>Why; public.</summary>
    public required string Reason { get; init; }
    /// <summary>Who answers for it.</summary>
    public required string Owner { get; init; }
    /// <summary>From when on.</summary>
    public required DateTimeOffset Start { get; init; }
    /// <summary>Until when; at most 31 days after the start.</summary>
    public required DateTimeOffset End { get; init; }
    /// <summary>Values of named thresholds while it runs.</summary>
    public ImmutableSortedDictionary<string, double> Thresholds { get; init; } = ImmutableSortedDictionary<string, double>.Empty;
    /// <summary>Share of posts in its scope that are reviewed besides, 0..1.</summary>
    public double ReviewSampling { get; init; }
    /// <summary>How much sooner tasks about its harms are handed out, in waiting time; 0..4 h.</summary>
    public TimeSpan ReviewBoost { get; init; }
    /// <summary>Posts on which it may cause a measure, in all.</summary>
    public required long Budget { get; init; }
    /// <summary>Whether a person has let it act; else it is in shadow.</summary>
    public bool IsLive { get; init; }
    /// <summary>How long its scope is watched after its end, to compare.</summary>
    public TimeSpan Watch { get; init; }
    /// <summary>The people who approved it.</summary>
    public ImmutableHashSet<string> Approvers { get; init; } = [];

    /// <summary>Whether it runs now and has budget left.</summary>
    public bool IsInForce(DateTimeOffset now, long spent) => now >= Start && now < End && spent < Budget;

    /// <summary>Whether a post is in its scope.</summary>
    public bool Covers(string channel, string language) =>
        (Channels.IsEmpty || Channels.Contains(channel)) && (Languages.IsEmpty || Languages.Contains(language.Split('-')[0]));

    /// <summary>The part of its time that a moment falls into. The clock alone ends it: nothing has to be written.</summary>
    public CampaignPart PartAt(DateTimeOffset now) =>
        now >= End ? (IsLive && now < End + Watch ? CampaignPart.After : CampaignPart.None)
        : IsLive && now >= Start ? CampaignPart.During
        : CampaignPart.Before;
}

/// <summary>A part of a campaign's time. The numbers are those of the contract's CampaignPeriod.</summary>
public enum CampaignPart
{
    /// <summary>It has nothing to do with posts any more.</summary>
    None = 0,
    /// <summary>In shadow, or not begun: what it would change is counted.</summary>
    Before = 1,
    /// <summary>It acts.</summary>
    During = 2,
    /// <summary>It is over; its scope is watched.</summary>
    After = 3,
}

/// <summary>What a campaign must satisfy before it may start.</summary>
public static class CampaignRules
{
    /// <summary>All that is wrong with a campaign; empty when it may be created.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="policy">The policy in force.</param>
    /// <param name="earlier">The campaigns that there are or were.</param>
    /// <param name="hasReport">Whether the closing report of an earlier campaign is there, by its id.</param>
    public static ImmutableArray<string> Problems(Campaign campaign, CompiledPolicy policy, IEnumerable<Campaign> earlier, Func<string, bool> hasReport)
    {
        ArgumentNullException.ThrowIfNull(campaign);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(earlier);
        ArgumentNullException.ThrowIfNull(hasReport);
        return [.. Itself(campaign), .. Thresholds(campaign, policy), .. Series(campaign, earlier, hasReport)];
    }

    private static IEnumerable<string> Itself(Campaign campaign)
    {
        if (campaign.Categories.IsEmpty || campaign.Categories.Any(c => !TaxonomyNames.Categories.Contains(c)))
            yield return "a campaign names at least one harm of the closed taxonomy, and no other";
        if (string.IsNullOrWhiteSpace(campaign.Reason))
            yield return "a campaign needs a reason";
        if (string.IsNullOrWhiteSpace(campaign.Owner))
            yield return "a campaign needs an owner";
        if (campaign.End <= campaign.Start || campaign.End - campaign.Start > Campaign.Longest)
            yield return $"a campaign ends after its start and within {Campaign.Longest.TotalDays:0} days";
        if (!(campaign.ReviewSampling is >= 0 and <= 1))
            yield return "review sampling is a share from 0 to 1";
        if (campaign.ReviewBoost < TimeSpan.Zero || campaign.ReviewBoost > Campaign.MostBoost)
            yield return $"review boost is from 0 to {Campaign.MostBoost.TotalHours:0} hours";
        if (campaign.Budget <= 0)
            yield return "a campaign needs a budget of at least one action";
    }

    private static IEnumerable<string> Thresholds(Campaign campaign, CompiledPolicy policy)
    {
        foreach (var (name, value) in campaign.Thresholds)
        {
            if (!policy.Thresholds.TryGetValue(name, out var threshold))
                yield return $"the policy has no threshold '{name}'";
            else if (!threshold.Allows(value))
                yield return FormattableString.Invariant($"threshold '{name}' may be set from {threshold.Least} to {threshold.Most}, not to {value}");
        }
    }

    /// <summary>One that overlaps or follows within 31 days on the same harm needs two people and the report of the earlier one.</summary>
    private static IEnumerable<string> Series(Campaign campaign, IEnumerable<Campaign> earlier, Func<string, bool> hasReport)
    {
        foreach (var other in earlier.Where(e => e.Id != campaign.Id && e.Categories.Overlaps(campaign.Categories)))
        {
            if (campaign.Start - other.End >= Campaign.Longest || other.Start - campaign.End >= Campaign.Longest)
                continue;
            if (campaign.Approvers.Count < 2)
                yield return $"it overlaps or follows '{other.Id}' within {Campaign.Longest.TotalDays:0} days on the same harm and needs two people";
            if (!hasReport(other.Id))
                yield return $"the closing report of '{other.Id}' must be there first";
        }
    }
}
