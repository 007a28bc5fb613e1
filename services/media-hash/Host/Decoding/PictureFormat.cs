using System.Buffers.Binary;

namespace Moderation.MediaHash.Host.Decoding;

/// <summary>Formats that are decoded. Everything else is refused by its first bytes, whatever it is called.</summary>
internal enum PictureFormat
{
    Unknown,
    Jpeg,
    Png,
    WebP,
    Gif,
    Bmp,
}

/// <summary>Looks at bytes, not at names.</summary>
internal static class PictureFormats
{
    public static PictureFormat Sniff(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
            return PictureFormat.Jpeg;
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]))
            return PictureFormat.Png;
        if (bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8))
            return PictureFormat.Gif;
        // Two letters are little to go by; what follows them must be the header that they announce.
        if (bytes.Length >= 18 && bytes.StartsWith("BM"u8) && BinaryPrimitives.ReadUInt32LittleEndian(bytes[14..]) is >= 12 and <= 124)
            return PictureFormat.Bmp;
        return bytes.Length >= 12 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8) ? PictureFormat.WebP : PictureFormat.Unknown;
    }

    /// <summary>
    /// Whether a file that could not be decoded lacks its end. Decoders say so in many words, or not at all; the formats say it themselves.
    /// </summary>
    public static bool LacksEnd(PictureFormat format, ReadOnlySpan<byte> bytes) => format switch
    {
        PictureFormat.Jpeg => bytes.LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9]) < 0,
        PictureFormat.Png => bytes.LastIndexOf("IEND"u8) < 0,
        PictureFormat.WebP => BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) > bytes.Length - 8,
        PictureFormat.Gif => bytes[^1] != 0x3B,
        _ => false,
    };
}
