using System.Buffers.Binary;
using Moderation.MediaHash.Hashing;
using Moderation.MediaHash.Host.Decoding;
using Moderation.MediaHash.Tests.Hashing;
using Xunit;

namespace Moderation.MediaHash.Tests.Decoding;

public sealed class BitmapFileTests
{
    private const int Width = 91; // rows are padded
    private const int Height = 60;
    private static readonly byte[] Rgb = FormulaPicture.Create(3, Width, Height, 5);
    private readonly PictureDecoder _decoder = new(new DecodingOptions());

    private static byte[] Bmp(
        int width, int height, int bits, byte[] rows, byte[]? palette = null, int compression = 0, uint[]? masks = null, int headerBytes = 40)
    {
        var extra = (palette?.Length ?? 0) + (headerBytes == 40 ? 4 * (masks?.Length ?? 0) : 0);
        var file = new byte[14 + headerBytes + extra + rows.Length];
        "BM"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), 14 + headerBytes + extra);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), headerBytes);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), height);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(26), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(28), (short)bits);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(30), compression);
        for (var i = 0; i < (masks?.Length ?? 0); i++)
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(54 + (4 * i)), masks![i]); // counted above
        palette?.CopyTo(file, 14 + headerBytes);
        rows.CopyTo(file, file.Length - rows.Length);
        return file;
    }

    private static byte[] Rows(int width, int height, int bytesPerPixel, bool bottomUp, Action<int, int, Span<byte>> write)
    {
        var stride = ((width * bytesPerPixel) + 3) / 4 * 4;
        var rows = new byte[stride * height];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
                write(x, bottomUp ? height - 1 - y : y, rows.AsSpan((y * stride) + (x * bytesPerPixel), bytesPerPixel));
        }
        return rows;
    }

    private static void Pixel(byte[] rgb, int width, int x, int y, Span<byte> bgr)
    {
        var at = ((y * width) + x) * 3;
        (bgr[0], bgr[1], bgr[2]) = (rgb[at + 2], rgb[at + 1], rgb[at]);
    }

    [Theory]
    [InlineData(24, true)]
    [InlineData(24, false)]
    [InlineData(32, true)]
    public void Decode_gives_the_pixels_in_either_order_of_rows(int bits, bool bottomUp)
    {
        var rows = Rows(Width, Height, bits / 8, bottomUp, (x, y, to) => Pixel(Rgb, Width, x, y, to));
        using var picture = _decoder.Decode(Bmp(Width, bottomUp ? Height : -Height, bits, rows));
        Assert.Equal((Width, Height), (picture.Width, picture.Height));
        Assert.Equal(Rgb, picture.Rgb);
    }

    [Fact]
    public void Decode_over_512_a_side_equals_sampling_the_pixels()
    {
        var rgb = FormulaPicture.Create(3, 1300, 700, 9);
        var expected = new byte[512 * 512 * 3];
        NearestSampling.Sample(rgb, 1300, 700, expected);
        using var picture = _decoder.Decode(Bmp(1300, 700, 24, Rows(1300, 700, 3, true, (x, y, to) => Pixel(rgb, 1300, x, y, to))));
        Assert.Equal(expected, picture.Rgb);
    }

    [Fact]
    public void Decode_palettes_and_masks()
    {
        using var eight = _decoder.Decode(Bmp(2, 1, 8, [1, 0, 0, 0], palette: [7, 8, 9, 0, 50, 100, 200, 0]));
        Assert.Equal([200, 100, 50, 9, 8, 7], eight.Rgb.ToArray());
        using var one = _decoder.Decode(Bmp(8, 1, 1, [0b1010_0000, 0, 0, 0], palette: [0, 0, 0, 0, 255, 255, 255, 0]));
        Assert.Equal([255, 0, 255, 0, 0, 0, 0, 0], one.Rgb.ToArray().Where((_, i) => i % 3 == 0));
        using var four = _decoder.Decode(Bmp(2, 1, 4, [0x10, 0, 0, 0], palette: [7, 8, 9, 0, 50, 100, 200, 0]));
        Assert.Equal([200, 100, 50, 9, 8, 7], four.Rgb.ToArray());
        using var sixteen = _decoder.Decode(Bmp(1, 1, 16, [0x00, 0xF8, 0, 0], compression: 3, masks: [0xF800, 0x07E0, 0x001F, 0]));
        Assert.Equal([255, 0, 0], sixteen.Rgb.ToArray());
        using var alpha = _decoder.Decode(Bmp(
            2, 1, 32, [10, 20, 30, 255, 10, 20, 30, 0], compression: 3, masks: [0xFF0000, 0xFF00, 0xFF, 0xFF000000], headerBytes: 108));
        Assert.Equal([30, 20, 10, 255, 255, 255], alpha.Rgb.ToArray());
    }

    [Fact]
    public void Decode_hostile_bitmaps_are_refused_with_their_reason()
    {
        AssertRefused(RejectionDetail.Truncated, Bmp(100, 100, 24, new byte[100]));
        AssertRefused(RejectionDetail.TooManyPixels, Bmp(50_000, 50_000, 1, new byte[4]));
        AssertRefused(RejectionDetail.TooManyPixels, Bmp(1, -8_000_000, 24, new byte[4]));
        AssertRefused(RejectionDetail.Corrupt, Bmp(0, 5, 24, new byte[4]));
        AssertRefused(RejectionDetail.Corrupt, Bmp(5, int.MinValue, 24, new byte[4]));
        AssertRefused(RejectionDetail.UnsupportedFormat, Bmp(4, 4, 8, new byte[16], compression: 1));
        AssertRefused(RejectionDetail.UnsupportedFormat, Bmp(4, 4, 7, new byte[16]));
        AssertRefused(RejectionDetail.Corrupt, Bmp(1, 1, 8, [200, 0, 0, 0]));
        var beyond = Bmp(1, 1, 24, new byte[4]);
        BinaryPrimitives.WriteUInt32LittleEndian(beyond.AsSpan(10), uint.MaxValue);
        AssertRefused(RejectionDetail.Truncated, beyond);
        BinaryPrimitives.WriteUInt32LittleEndian(beyond.AsSpan(14), 124);
        AssertRefused(RejectionDetail.Truncated, beyond);
        AssertRefused(RejectionDetail.UnsupportedFormat, "BMW is a car, not a bitmap, whatever it says"u8.ToArray());
    }

    [Fact]
    public void Decode_every_cut_of_a_bitmap_is_refused_or_read()
    {
        var whole = Bmp(3, 2, 24, Rows(3, 2, 3, true, (x, y, to) => to.Fill((byte)(x + y))));
        for (var length = 1; length < whole.Length; length++)
        {
            var cut = whole[..length];
            Assert.Throws<MediaRejectedException>(() => _decoder.Decode(cut));
        }
    }

    private void AssertRefused(RejectionDetail detail, byte[] file) =>
        Assert.Equal(detail, Assert.Throws<MediaRejectedException>(() => _decoder.Decode(file)).Detail);
}
