namespace Moderation.MediaHash.Host.Banks;

/// <summary>How much a new entry may match before a person must look at it. Section <c>MediaHash:Flood</c>.</summary>
internal sealed class FloodOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "MediaHash:Flood";

    /// <summary>Different media an hour that a new entry may match; 0 switches the limit off.</summary>
    public int MediaPerHour { get; set; } = 200;

    /// <summary>How long an entry is new, from when it was added, in hours; a week. One that a person has set ACTIVE is new no longer.</summary>
    public int NewHours { get; set; } = 168;
}
