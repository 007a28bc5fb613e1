namespace Moderation.MediaHash.Host.Video;

/// <summary>How videos are decoded and how much of them is. Section <c>MediaHash:Video</c>.</summary>
internal sealed class VideoOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "MediaHash:Video";

    /// <summary>The program, 5.1 or later; empty switches video off.</summary>
    public string Ffmpeg { get; set; } = "ffmpeg";

    /// <summary>Longest video in seconds; 10 minutes.</summary>
    public int MaxSeconds { get; set; } = 600;

    /// <summary>Most pixels of a frame; 4096 x 2304.</summary>
    public int MaxPixels { get; set; } = 4096 * 2304;

    /// <summary>Most frames that are hashed: one a second for the longest video, or each of a short one.</summary>
    public int MaxFrames { get; set; } = 3600;

    /// <summary>Longest decoding in seconds, by the clock and in CPU time.</summary>
    public int TimeoutSeconds { get; set; } = 30;

    /// <summary>Address space of the decoder in MiB.</summary>
    public int MaxMemoryMegabytes { get; set; } = 2048;

    /// <summary>Videos decoded at once by a replica; more wait.</summary>
    public int MaxConcurrent { get; set; } = 2;
}
