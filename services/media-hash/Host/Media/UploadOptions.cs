namespace Moderation.MediaHash.Host.Media;

/// <summary>How many media come in at once. Section <c>MediaHash:Upload</c>.</summary>
internal sealed class UploadOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "MediaHash:Upload";

    /// <summary>Media of which bytes are held at once; one more is refused with OVERLOADED. 64 of 20 MiB are 1.3 GB.</summary>
    public int MaxInFlight { get; set; } = 64;
}
