namespace Moderation.MediaHash.Host.Video;

/// <summary>
/// Containers that are taken, told by their first bytes, with the name of ffmpeg's demuxer. It is never left to ffmpeg to guess: among its
/// demuxers are playlists, which name other files to read.
/// </summary>
internal static class VideoFormat
{
    private static ReadOnlySpan<byte> EbmlMagic => [0x1A, 0x45, 0xDF, 0xA3];

    /// <summary>The demuxer, or null when the bytes are no video that is taken.</summary>
    public static string? Sniff(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= 12 && bytes.Slice(4, 4).SequenceEqual("ftyp"u8))
            return "mov";
        if (bytes.StartsWith(EbmlMagic))
            return "matroska";
        if (bytes.Length >= 12 && bytes.StartsWith("RIFF"u8) && bytes.Slice(8, 4).SequenceEqual("AVI "u8))
            return "avi";
        return null;
    }
}
