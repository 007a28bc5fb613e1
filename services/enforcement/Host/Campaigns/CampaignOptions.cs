namespace Moderation.Enforcement.Host.Campaigns;

/// <summary>What campaigns must have shown before they act. Section <c>Campaigns</c>.</summary>
internal sealed class CampaignOptions
{
    public const string Section = "Campaigns";

    /// <summary>After how long in shadow a campaign may be put live; 0 to 7 days.</summary>
    public TimeSpan LeastShadow { get; set; } = TimeSpan.FromDays(1);

    /// <summary>After how many posts of its scope it may be put live sooner; 1 or more.</summary>
    public long LeastShadowPosts { get; set; } = 1_000;

    /// <summary>How long the scope of a campaign is watched after its end, for its report; 1 hour to 31 days. It holds for campaigns created from now on.</summary>
    public TimeSpan WatchTime { get; set; } = TimeSpan.FromDays(7);

    public bool IsValid() => LeastShadow >= TimeSpan.Zero && LeastShadow <= TimeSpan.FromDays(7) && LeastShadowPosts >= 1
        && WatchTime >= TimeSpan.FromHours(1) && WatchTime <= TimeSpan.FromDays(31);
}
