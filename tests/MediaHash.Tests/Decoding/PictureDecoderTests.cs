using Moderation.MediaHash.Hashing;
using Moderation.MediaHash.Host.Decoding;
using Moderation.MediaHash.Tests.Hashing;
using NetVips;
using Xunit;

namespace Moderation.MediaHash.Tests.Decoding;

public sealed class PictureDecoderTests
{
    private const int Width = 90;
    private const int Height = 61;
    private static readonly byte[] Rgb = FormulaPicture.Create(3, Width, Height, 5);
    private readonly PictureDecoder _decoder = new(new DecodingOptions());

    [Fact]
    public void Decode_png_gives_the_pixels()
    {
        using var picture = _decoder.Decode(MadePictures.RgbPng(Rgb, Width, Height));
        Assert.Equal((Width, Height, Width, Height), (picture.Width, picture.Height, picture.SampleWidth, picture.SampleHeight));
        Assert.Equal(Rgb, picture.Rgb);
        Assert.Equal(PdqHasher.HashRgb(Rgb, Width, Height), picture.Hash());
    }

    [Theory]
    [InlineData(513, 40)]
    [InlineData(40, 513)]
    [InlineData(1300, 700)]
    public void Decode_over_512_a_side_equals_sampling_the_pixels(int width, int height)
    {
        var rgb = FormulaPicture.Create(3, width, height, 9);
        var expected = new byte[512 * 512 * 3];
        NearestSampling.Sample(rgb, width, height, expected);
        using var picture = _decoder.Decode(MadePictures.RgbPng(rgb, width, height));
        Assert.Equal((width, height), (picture.Width, picture.Height));
        Assert.Equal(expected, picture.Rgb);
    }

    [Theory]
    [InlineData(1100, 1300)]
    [InlineData(2500, 2100)]
    [InlineData(4200, 4300)]
    public void Decode_large_jpeg_shrunk_is_within_the_tolerance_of_a_whole_decode(int width, int height)
    {
        using var picture = Image.NewFromMemory(FormulaPicture.Create(3, width, height, 6), width, height, 3, Enums.BandFormat.Uchar).Gaussblur(3).Cast(Enums.BandFormat.Uchar);
        var jpeg = picture.JpegsaveBuffer(q: 90);
        using var whole = Image.NewFromBuffer(jpeg);
        var sampled = new byte[512 * 512 * 3];
        NearestSampling.Sample(whole.WriteToMemory<byte>(), width, height, sampled);
        using var shrunk = _decoder.Decode(jpeg);
        Assert.Equal((width, height, 512, 512), (shrunk.Width, shrunk.Height, shrunk.SampleWidth, shrunk.SampleHeight));
        Assert.NotEqual(sampled, shrunk.Rgb.ToArray()); // else it was decoded whole
        Assert.InRange(shrunk.Hash().Hash.HammingDistance(PdqHasher.HashRgb(sampled, 512, 512).Hash), 0, 10);
    }

    [Fact]
    public void Decode_large_jpeg_that_breaks_off_is_truncated_though_it_is_shrunk()
    {
        using var picture = Image.NewFromMemory(FormulaPicture.Create(3, 1600, 1200, 6), 1600, 1200, 3, Enums.BandFormat.Uchar);
        var jpeg = picture.JpegsaveBuffer(q: 90);
        foreach (var share in new[] { 0.2, 0.6, 0.97 })
            Assert.Equal(RejectionDetail.Truncated, Assert.Throws<MediaRejectedException>(() => _decoder.Decode(jpeg.AsSpan(0, (int)(jpeg.Length * share)))).Detail);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Decode_every_exif_orientation_gives_the_upright_pixels(int tag)
    {
        var (stored, width, height) = Store(Rgb, Width, Height, tag);
        using var picture = _decoder.Decode(MadePictures.RgbPng(stored, width, height, MadePictures.Exif(tag)));
        Assert.Equal((Width, Height), (picture.Width, picture.Height));
        Assert.Equal(Rgb, picture.Rgb);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(8)]
    public void Decode_large_turned_picture_hashes_like_the_upright_one(int tag)
    {
        var rgb = FormulaPicture.Create(3, 1200, 700, 4);
        var (stored, width, height) = Store(rgb, 1200, 700, tag);
        using var upright = _decoder.Decode(MadePictures.RgbPng(rgb, 1200, 700));
        using var turned = _decoder.Decode(MadePictures.RgbPng(stored, width, height, MadePictures.Exif(tag)));
        Assert.Equal(upright.Hash(), turned.Hash());
    }

    [Fact]
    public void Decode_alpha_is_composited_on_white()
    {
        var rows = new[] { Enumerable.Range(0, 8).SelectMany(x => new byte[] { 10, 20, 30, (byte)(x * 255 / 7) }).ToArray() };
        using var picture = _decoder.Decode(MadePictures.Png(8, 1, 8, 6, rows));
        Assert.Equal([255, 255, 255], picture.Rgb[..3].ToArray());
        Assert.Equal([10, 20, 30], picture.Rgb[^3..].ToArray());
        Assert.InRange(picture.Rgb[9], 255 - (245 * 3 / 7) - 2, 255 - (245 * 3 / 7) + 2);
    }

    [Fact]
    public void Decode_transparent_entry_of_a_palette_is_white()
    {
        using var picture = _decoder.Decode(MadePictures.Png(
            2, 1, 8, 3, [[0, 1]], ("PLTE", [10, 20, 30, 40, 50, 60]), ("tRNS", [255, 0])));
        Assert.Equal([10, 20, 30, 255, 255, 255], picture.Rgb.ToArray());
    }

    [Fact]
    public void Decode_palette_gives_colours_not_indexes()
    {
        using var picture = _decoder.Decode(MadePictures.Png(2, 1, 8, 3, [[1, 0]], ("PLTE", [200, 100, 50, 9, 8, 7])));
        Assert.Equal([9, 8, 7, 200, 100, 50], picture.Rgb.ToArray());
    }

    [Fact]
    public void Decode_one_bit_is_black_and_white()
    {
        using var picture = _decoder.Decode(MadePictures.Png(8, 1, 1, 0, [[0b1010_0000]]));
        Assert.Equal([255, 0, 255, 0, 0, 0, 0, 0], picture.Rgb.ToArray().Where((_, i) => i % 3 == 0));
    }

    [Fact]
    public void Decode_grey_has_three_equal_channels()
    {
        using var picture = _decoder.Decode(MadePictures.Png(3, 1, 8, 0, [[0, 128, 255]]));
        Assert.Equal([0, 0, 0, 128, 128, 128, 255, 255, 255], picture.Rgb.ToArray());
    }

    [Fact]
    public void Decode_16_bits_keep_the_high_byte()
    {
        using var picture = _decoder.Decode(MadePictures.Png(2, 1, 16, 2, [[0x12, 0xFF, 0x34, 0x00, 0x56, 0x10, 0xFF, 0xFF, 0x00, 0x00, 0x80, 0x00]]));
        Assert.Equal([0x12, 0x34, 0x56, 0xFF, 0x00, 0x80], picture.Rgb.ToArray());
    }

    [Fact]
    public void Decode_16_bits_with_alpha_is_composited_on_white()
    {
        using var picture = _decoder.Decode(MadePictures.Png(
            2, 1, 16, 6, [[0x12, 0, 0x34, 0, 0x56, 0, 0xFF, 0xFF, 0x12, 0, 0x34, 0, 0x56, 0, 0, 0]]));
        Assert.Equal([0x12, 0x34, 0x56, 255, 255, 255], picture.Rgb.ToArray());
    }

    [Theory]
    [InlineData("jpeg")]
    [InlineData("webp")]
    public void Decode_lossy_format_hashes_near_the_pixels(string format)
    {
        var rgb = FormulaPicture.Create(3, 300, 200, 1);
        using var image = Image.NewFromMemory(rgb, 300, 200, 3, Enums.BandFormat.Uchar);
        var bytes = format == "jpeg" ? image.JpegsaveBuffer(q: 90) : image.WebpsaveBuffer(q: 90);
        using var picture = _decoder.Decode(bytes);
        Assert.InRange(picture.Hash().Hash.HammingDistance(PdqHasher.HashRgb(rgb, 300, 200).Hash), 0, 10);
    }

    [Fact]
    public void Decode_gif_takes_the_first_frame()
    {
        using var first = Image.Black(40, 30, bands: 3).Copy(interpretation: Enums.Interpretation.Srgb) + (double[])[250, 0, 0];
        using var second = Image.Black(40, 30, bands: 3).Copy(interpretation: Enums.Interpretation.Srgb) + (double[])[0, 0, 250];
        using var frames = first.Join(second, Enums.Direction.Vertical).Cast(Enums.BandFormat.Uchar).Mutate(mutable => mutable.Set(GValue.GIntType, "page-height", 30));
        using var picture = _decoder.Decode(frames.GifsaveBuffer());
        Assert.Equal((40, 30), (picture.Width, picture.Height));
        Assert.InRange(picture.Rgb[0], 240, 255);
        Assert.InRange(picture.Rgb[^1], 0, 10);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(255, 0)]
    [InlineData(0, 255)]
    public void Decode_cmyk_jpeg_is_not_inverted(int ink, int black)
    {
        using var image = (Image.Black(64, 64, bands: 4) + (double[])[ink, ink, ink, black]).Cast(Enums.BandFormat.Uchar)
            .Copy(interpretation: Enums.Interpretation.Cmyk);
        using var picture = _decoder.Decode(image.JpegsaveBuffer(q: 95));
        Assert.InRange(picture.Rgb[0], ink + black == 0 ? 250 : 0, ink + black == 0 ? 255 : 5);
    }

    /// <summary>Stores an upright picture so that the tag describes it, by the tag's definition: where row 0 and column 0 are seen.</summary>
    private static (byte[] Rgb, int Width, int Height) Store(byte[] upright, int width, int height, int tag)
    {
        var (storedWidth, storedHeight) = tag >= 5 ? (height, width) : (width, height);
        var stored = new byte[upright.Length];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (right, bottom) = (width - 1 - x, height - 1 - y);
                var (row, column) = tag switch
                {
                    1 => (y, x), // row 0 top, column 0 left
                    2 => (y, right), // top, right
                    3 => (bottom, right), // bottom, right
                    4 => (bottom, x), // bottom, left
                    5 => (x, y), // left, top
                    6 => (right, y), // right, top
                    7 => (right, bottom), // right, bottom
                    _ => (x, bottom), // left, bottom
                };
                Assert.True(row < storedHeight);
                upright.AsSpan((y * width + x) * 3, 3).CopyTo(stored.AsSpan((row * storedWidth + column) * 3));
            }
        }
        return (stored, storedWidth, storedHeight);
    }
}
