using System.Buffers.Binary;
using System.Numerics;
using Moderation.MediaHash.Hashing;

namespace Moderation.MediaHash.Host.Decoding;

/// <summary>
/// Reads Windows bitmaps, which libvips has no reader of its own for: 1, 4 and 8 bits with a palette, 16, 24 and 32 bits with or without masks, rows in
/// either order. Run-length forms are refused. Only the rows and columns that the hasher needs are looked at, and every place is checked against the
/// length of the file first.
/// </summary>
internal static class BitmapFile
{
    private const int FileHeader = 14;
    private const int CoreHeader = 12;
    private const int InfoHeader = 40;
    private const int PlainRgb = 0;
    private const int BitFields = 3;

    /// <summary>Decodes, composites on white and samples.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="checkSize">Refuses sizes beyond the limits.</param>
    /// <param name="withForms">Whether its turned and mirrored forms are hashed as well.</param>
    /// <exception cref="MediaRejectedException">It is damaged, or of a form that is not taken.</exception>
    public static DecodedPicture Decode(ReadOnlySpan<byte> bytes, Action<int, int> checkSize, bool withForms = false)
    {
        var layout = ReadLayout(bytes);
        checkSize(layout.Width, layout.Height);
        if (layout.Pixels < FileHeader || layout.Pixels + ((long)layout.Stride * layout.Height) > bytes.Length)
            throw new MediaRejectedException(RejectionDetail.Truncated, "The bitmap ends before its pixels do.");
        var picture = new DecodedPicture(layout.Width, layout.Height, new SampledFrom(layout.Width, layout.Height), withForms);
        var to = 0;
        for (var y = 0; y < picture.SampleHeight; y++)
        {
            var upright = picture.SourceRow(y);
            var stored = layout.IsTopDown ? upright : layout.Height - 1 - upright;
            var row = bytes.Slice((int)layout.Pixels + (stored * layout.Stride), layout.Stride);
            for (var x = 0; x < picture.SampleWidth; x++, to += 3)
                layout.Read(bytes, row, picture.SourceColumn(x), picture.Rgb.Slice(to, 3));
        }
        return picture;
    }

    private static Layout ReadLayout(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FileHeader + CoreHeader)
            throw new MediaRejectedException(RejectionDetail.Truncated, "The bitmap ends in its header.");
        var (pixels, size) = (BinaryPrimitives.ReadUInt32LittleEndian(bytes[10..]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[FileHeader..]));
        var info = bytes[FileHeader..];
        if (size > info.Length)
            throw new MediaRejectedException(RejectionDetail.Truncated, "The bitmap ends in its header.");
        if (size == CoreHeader)
        {
            return Checked(new Layout(
                pixels, BinaryPrimitives.ReadUInt16LittleEndian(info[4..]), BinaryPrimitives.ReadUInt16LittleEndian(info[6..]), false,
                BinaryPrimitives.ReadUInt16LittleEndian(info[10..]), FileHeader + CoreHeader, 3, default));
        }
        if (size is not (InfoHeader or 52 or 56 or 64 or 108 or 124))
            throw new MediaRejectedException(RejectionDetail.UnsupportedFormat, $"A bitmap header of {size} bytes is not known.");
        var (width, height) = (BinaryPrimitives.ReadInt32LittleEndian(info[4..]), BinaryPrimitives.ReadInt32LittleEndian(info[8..]));
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(info[14..]);
        var compression = BinaryPrimitives.ReadUInt32LittleEndian(info[16..]);
        if (compression is not (PlainRgb or BitFields) || (compression == BitFields && bits is not (16 or 32)))
            throw new MediaRejectedException(RejectionDetail.UnsupportedFormat, "Compressed bitmaps are not taken.");
        var masks = compression == BitFields ? ReadMasks(info, size) : bits == 16 ? new Masks(0x7C00, 0x3E0, 0x1F, 0) : new Masks(0xFF0000, 0xFF00, 0xFF, 0);
        if (height == int.MinValue)
            throw new MediaRejectedException(RejectionDetail.Corrupt, "The bitmap has no height.");
        return Checked(new Layout(pixels, width, Math.Abs(height), height < 0, bits, FileHeader + (int)size, 4, masks));
    }

    // The masks follow the plain header, and are part of the longer ones.
    private static Masks ReadMasks(ReadOnlySpan<byte> info, uint size)
    {
        if (info.Length < InfoHeader + 16)
            throw new MediaRejectedException(RejectionDetail.Truncated, "The bitmap ends before its masks do.");
        uint At(ReadOnlySpan<byte> header, int place) => BinaryPrimitives.ReadUInt32LittleEndian(header[place..]);
        return new Masks(At(info, 40), At(info, 44), At(info, 48), size >= 56 ? At(info, 52) : 0);
    }

    private static Layout Checked(Layout layout)
    {
        if (layout.Width <= 0 || layout.Height <= 0)
            throw new MediaRejectedException(RejectionDetail.Corrupt, "The bitmap has no pixels.");
        if (layout.Bits is not (1 or 4 or 8 or 16 or 24 or 32))
            throw new MediaRejectedException(RejectionDetail.UnsupportedFormat, $"Bitmaps of {layout.Bits} bits a pixel are not taken.");
        return layout;
    }

    private readonly record struct Masks(uint Red, uint Green, uint Blue, uint Alpha)
    {
        public static byte Value(uint pixel, uint mask)
        {
            if (mask == 0)
                return 0;
            var most = mask >> BitOperations.TrailingZeroCount(mask);
            return (byte)((((ulong)(pixel & mask) >> BitOperations.TrailingZeroCount(mask)) * 255) / most);
        }
    }

    private readonly record struct Layout(long Pixels, int Width, int Height, bool IsTopDown, int Bits, int Palette, int PaletteStep, Masks Masks)
    {
        public int Stride => checked((int)((((long)Width * Bits) + 31) / 32 * 4));

        public void Read(ReadOnlySpan<byte> file, ReadOnlySpan<byte> row, int x, Span<byte> rgb)
        {
            switch (Bits)
            {
                case 24:
                    (rgb[0], rgb[1], rgb[2]) = (row[(x * 3) + 2], row[(x * 3) + 1], row[x * 3]);
                    break;
                case 16:
                    ReadMasked(BinaryPrimitives.ReadUInt16LittleEndian(row[(x * 2)..]), rgb);
                    break;
                case 32:
                    ReadMasked(BinaryPrimitives.ReadUInt32LittleEndian(row[(x * 4)..]), rgb);
                    break;
                default:
                    var shift = 8 - Bits - (x * Bits % 8);
                    ReadPalette(file, (row[x * Bits / 8] >> shift) & ((1 << Bits) - 1), rgb);
                    break;
            }
        }

        private void ReadMasked(uint pixel, Span<byte> rgb)
        {
            var alpha = Masks.Alpha == 0 ? 255 : Masks.Value(pixel, Masks.Alpha);
            rgb[0] = OnWhite(Masks.Value(pixel, Masks.Red), alpha);
            rgb[1] = OnWhite(Masks.Value(pixel, Masks.Green), alpha);
            rgb[2] = OnWhite(Masks.Value(pixel, Masks.Blue), alpha);
        }

        // An index beyond the palette is read from what follows it, as other readers do; the pixels do, so it is there.
        private void ReadPalette(ReadOnlySpan<byte> file, int index, Span<byte> rgb)
        {
            var at = Palette + (index * PaletteStep);
            if (at + 3 > file.Length)
                throw new MediaRejectedException(RejectionDetail.Corrupt, "The bitmap's palette lies beyond its end.");
            (rgb[0], rgb[1], rgb[2]) = (file[at + 2], file[at + 1], file[at]);
        }

        private static byte OnWhite(byte value, int alpha) => (byte)(((value * alpha) + (255 * (255 - alpha))) / 255);
    }
}
