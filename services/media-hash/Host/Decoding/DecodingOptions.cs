namespace Moderation.MediaHash.Host.Decoding;

/// <summary>Limits that are checked before a picture is decoded. Section <c>MediaHash:Decoding</c>.</summary>
internal sealed class DecodingOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "MediaHash:Decoding";

    /// <summary>Largest file in bytes; 20 MiB.</summary>
    public int MaxBytes { get; set; } = 20 * 1024 * 1024;

    /// <summary>Most pixels; 50 million. Formats that can't be read row by row are held in memory as a whole.</summary>
    public long MaxPixels { get; set; } = 50_000_000;

    /// <summary>Longest side in pixels; 16,384. A picture of 1 x 8,000,000 passes a limit of pixels and still costs a row at a time.</summary>
    public int MaxSide { get; set; } = 16_384;

    /// <summary>Most frames of an animated GIF; 5,000.</summary>
    public int MaxFrames { get; set; } = 5_000;

    /// <summary>Most pixels of all frames of an animated GIF together; 500 million. To show one frame, all before it are decoded.</summary>
    public long MaxFramePixels { get; set; } = 500_000_000;

    /// <summary>Frames of an animated GIF that are hashed, the first among them, 1 to 64: all where there are no more, else spread evenly, the last among them.</summary>
    public int SampledFrames { get; set; } = 16;

    /// <summary>Whether pictures are matched turned and mirrored too: seven more hashes of each, and as many more searches.</summary>
    public bool MatchForms { get; set; } = true;

    /// <summary>Whether pictures are decoded in child processes, so that a crash or hang of a decoder ends nothing else.</summary>
    public bool Isolated { get; set; } = true;

    /// <summary>Longest decoding of a picture in seconds, 1 to 600, where it is isolated.</summary>
    public int TimeoutSeconds { get; set; } = 20;

    /// <summary>Pictures decoded at once by a replica; more wait. 0: as many as there are cores, at most 4.</summary>
    public int MaxConcurrent { get; set; }

    /// <summary>The figure that <see cref="MaxConcurrent"/> stands for.</summary>
    public int EffectiveConcurrency => MaxConcurrent > 0 ? MaxConcurrent : Math.Min(4, Environment.ProcessorCount);
}
