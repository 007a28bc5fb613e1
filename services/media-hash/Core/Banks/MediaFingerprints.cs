using Moderation.MediaHash.Hashing;
using Moderation.MediaHash.Video;

namespace Moderation.MediaHash.Banks;

/// <summary>All that is kept of a medium.</summary>
/// <param name="MediaId"><c>m_</c> and the SHA-256 of the bytes.</param>
/// <param name="Digests">The exact hashes.</param>
/// <param name="Pdq">The perceptual hash of a picture and its quality; none, of quality 0, for a video.</param>
/// <param name="Frames">The hashed frames of a video by time; empty for a picture.</param>
public sealed record MediaFingerprints(string MediaId, ExactDigests Digests, PdqFingerprint Pdq, IReadOnlyList<VideoFrame> Frames)
{
    /// <summary>The hashes of a picture's seven turned and mirrored forms, in the order of <see cref="PictureForm"/>; empty where they are not matched.</summary>
    public IReadOnlyList<PdqHash> Forms { get; init; } = [];

    /// <summary>Sampled frames of an animated picture after the first, those that may be matched; empty for other media.</summary>
    public IReadOnlyList<PictureFrame> PictureFrames { get; init; } = [];

    /// <summary>The id of the medium with these bytes: the same bytes have the same id.</summary>
    public static string MediaIdFor(string sha256) => "m_" + sha256;
}

/// <summary>A medium that matches an entry.</summary>
/// <param name="MediaId">The medium.</param>
/// <param name="Entry">The entry.</param>
/// <param name="Distance">Differing bits, 0 to 31 for PDQ and for the nearest frames of videos; 0 for exact hashes.</param>
/// <param name="Quality">PDQ quality of the medium or of its best matching frame, 50 to 100; 100 for exact hashes.</param>
/// <param name="Video">What two videos have in common; null for other kinds.</param>
public sealed record BankMatch(string MediaId, BankEntry Entry, int Distance, int Quality, VideoMatch? Video = null)
{
    /// <summary>How the picture had to be turned or mirrored to look like the entry.</summary>
    public PictureForm Form { get; init; }

    /// <summary>The frame of an animated picture that looks like the entry; null for its first frame, and for other media.</summary>
    public PictureFrame? Frame { get; init; }
}

/// <summary>A hashed frame of an animated picture.</summary>
/// <param name="Number">Which, the first being 0.</param>
/// <param name="Time">When it is shown, from the start of a round.</param>
/// <param name="Pdq">The hash of the whole picture as it is shown then, and its quality.</param>
/// <param name="Forms">The hashes of its seven turned and mirrored forms, in the order of <see cref="PictureForm"/>; empty where they are not matched.</param>
public sealed record PictureFrame(int Number, TimeSpan Time, PdqFingerprint Pdq, IReadOnlyList<PdqHash> Forms);

/// <summary>A picture as it is, turned or mirrored, with the numbers of the contract's enum of the same name.</summary>
public enum PictureForm
{
    /// <summary>As it is.</summary>
    AsIs = 0,

    /// <summary>Turned by 90 degrees counter-clockwise.</summary>
    Rotated90 = 1,

    /// <summary>Turned by 180 degrees.</summary>
    Rotated180 = 2,

    /// <summary>Turned by 270 degrees counter-clockwise.</summary>
    Rotated270 = 3,

    /// <summary>Top and bottom have changed places.</summary>
    FlippedTopBottom = 4,

    /// <summary>Left and right have changed places.</summary>
    FlippedLeftRight = 5,

    /// <summary>Mirrored at the main diagonal.</summary>
    Transposed = 6,

    /// <summary>Mirrored at the other diagonal.</summary>
    Transversed = 7,
}

/// <summary>What two videos have in common.</summary>
/// <param name="Score">The shares of frames.</param>
/// <param name="FrameTimes">When the matching frames of the medium are shown, first ones first, at most 16.</param>
public sealed record VideoMatch(VpdqScore Score, IReadOnlyList<TimeSpan> FrameTimes);
