using Moderation.ServiceDefaults.Redis;

namespace Moderation.MediaHash.Host.Lookbacks;

/// <summary>Looking back for entries that come later. Section <c>MediaHash:Lookback</c>.</summary>
internal sealed class LookbackOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "MediaHash:Lookback";

    /// <summary>Whether fingerprints of public posts are kept and looked back into.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Whether this replica takes part in the work; at least one of an installation must.</summary>
    public bool Work { get; set; } = true;

    /// <summary>Whether entries that are added or switched on are looked back for by themselves.</summary>
    public bool Automatic { get; set; } = true;

    /// <summary>How long fingerprints of posts are kept, in days, 1 to 90. A post takes about 300 bytes and 100 a medium.</summary>
    public int RetentionDays { get; set; } = 30;

    /// <summary>How long noted entries wait for others, in seconds, 0 to 3600: one job for many costs as much as for one.</summary>
    public int GatherSeconds { get; set; } = 5;

    /// <summary>Posts compared in a second at most, 100 to 10 million; what is left of a core is the front door's.</summary>
    public int PostsPerSecond { get; set; } = 50_000;

    /// <summary>Review tasks that a job may open unless its starter says otherwise, 1 to 100,000: an entry that matches half of all posts is a mistake.</summary>
    public int MaxTasks { get; set; } = 1000;

    public bool IsValid() =>
        RetentionDays is >= 1 and <= PostFingerprintStore.MaxDays && GatherSeconds is >= 0 and <= 3600
        && PostsPerSecond is >= 100 and <= 10_000_000 && MaxTasks is >= 1 and <= 100_000;
}
