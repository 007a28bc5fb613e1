using System.IO.Hashing;
using System.Text;
using Moderation.MediaHash.Index;
using Moderation.MediaHash.Video;

namespace Moderation.MediaHash.Banks;

/// <summary>Whether an entry matches, with the numbers of the contract's enum of the same meaning.</summary>
public enum EntryState
{
    /// <summary>Not said; read as active.</summary>
    Unspecified = 0,

    /// <summary>It matches.</summary>
    Active = 1,

    /// <summary>A person switched it off.</summary>
    Disabled = 2,

    /// <summary>The service switched it off: it was new and matched too much.</summary>
    Quarantined = 3,
}

/// <summary>How grave what an entry shows is, with the numbers of the contract's enum of the same meaning.</summary>
public enum EntrySeverity
{
    /// <summary>Not said.</summary>
    Unspecified = 0,

    /// <summary>Low.</summary>
    Low = 1,

    /// <summary>Medium.</summary>
    Medium = 2,

    /// <summary>High.</summary>
    High = 3,

    /// <summary>Critical.</summary>
    Critical = 4,
}

/// <summary>When, for whom and how closely an entry matches.</summary>
public sealed record EntryTerms
{
    /// <summary>Matches all media of everyone at the usual distances.</summary>
    public static readonly EntryTerms Default = new();

    /// <summary>Whether it is switched on.</summary>
    public EntryState State { get; init; } = EntryState.Active;

    /// <summary>When a disabled entry matches again by itself; null is never.</summary>
    public DateTimeOffset? DisableEndTime { get; init; }

    /// <summary>Greatest distance of a match, 0 to 31.</summary>
    public int MatchRadius { get; init; } = PdqIndexSnapshot.MatchRadius;

    /// <summary>The share of media that it is compared with, above 0 to 1.</summary>
    public double TrafficShare { get; init; } = 1;

    /// <summary>Known good: takes matches away instead of matching.</summary>
    public bool IsNegative { get; init; }

    /// <summary>The tenants whose media it is compared with; none are all.</summary>
    public WordList TenantIds { get; init; } = [];

    /// <summary>Least share of a video's frames, 1 to 100.</summary>
    public int MinQueryPercent { get; init; } = VpdqScore.DefaultQueryPercent;

    /// <summary>Least share of the entry's frames, 0 to 100.</summary>
    public int MinReferencePercent { get; init; } = VpdqScore.DefaultReferencePercent;

    /// <summary>When a person last switched it on.</summary>
    public DateTimeOffset? ReviewTime { get; init; }

    /// <summary>Whether it is switched on at that time.</summary>
    public bool IsInForce(DateTimeOffset now) => State switch
    {
        EntryState.Quarantined => false,
        EntryState.Disabled => DisableEndTime <= now,
        _ => true,
    };

    /// <summary>Whether it is for media of that tenant.</summary>
    public bool IsFor(string tenantId) => TenantIds.Count == 0 || TenantIds.Contains(tenantId);

    /// <summary>Whether that medium is among the share that it is compared with: settled by the two ids alone.</summary>
    public bool Takes(string mediaId, BankEntryKey key)
    {
        if (TrafficShare >= 1)
            return true;
        var hash = XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"{mediaId}\n{key}"));
        return (hash >> 11) * (1.0 / (1UL << 53)) < TrafficShare;
    }
}
