namespace Moderation.MediaHash.Host.Decoding;

/// <summary>Walks through the blocks of a GIF: the decoder takes a file that breaks off for a shorter animation, and says nothing.</summary>
internal static class GifFile
{
    private const int Header = 13;
    private const byte Extension = 0x21;
    private const byte Picture = 0x2C;
    private const byte Trailer = 0x3B;

    /// <summary>Whether every block is there, up to the one that ends the file. What is no block at all is the decoder's to judge: that counts as whole.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Header)
            return false;
        var at = (long)Header + ColoursAt(bytes, 10);
        while (at < bytes.Length)
        {
            switch (bytes[(int)at])
            {
                case Trailer:
                    return true;
                case Extension:
                    at += 2;
                    break;
                case Picture:
                    if (at + 10 > bytes.Length)
                        return false;
                    // Behind place and size: colours of its own, and the first size of a code.
                    at += 10 + ColoursAt(bytes, (int)at + 9) + 1;
                    break;
                default:
                    return true;
            }
            // Pieces of up to 255 bytes, an empty one last.
            while (at < bytes.Length && bytes[(int)at] != 0)
                at += 1 + bytes[(int)at];
            at++;
        }
        return false;
    }

    // Bytes of the table of colours that the flags announce.
    private static int ColoursAt(ReadOnlySpan<byte> bytes, int flags) => (bytes[flags] & 0x80) != 0 ? 3 << ((bytes[flags] & 7) + 1) : 0;
}
