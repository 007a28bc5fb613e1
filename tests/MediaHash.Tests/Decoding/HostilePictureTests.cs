using Moderation.MediaHash.Host.Decoding;
using Moderation.MediaHash.Tests.Hashing;
using NetVips;
using Xunit;

namespace Moderation.MediaHash.Tests.Decoding;

public sealed class HostilePictureTests
{
    private readonly PictureDecoder _decoder = new(new DecodingOptions());

    [Fact]
    public void Decode_nothing_is_EMPTY() => AssertRejected("EMPTY", []);

    [Fact]
    public void Decode_more_bytes_than_allowed_is_TOO_LARGE() =>
        AssertRejected("TOO_LARGE", new byte[20 * 1024 * 1024 + 1]);

    [Fact]
    public void Decode_zip_bomb_png_is_TOO_MANY_PIXELS_before_it_is_unpacked()
    {
        // 16,000 x 16,000 in 8-bit RGB unpack to 768 MB from less than 8 MB.
        var row = new byte[16_000 * 3];
        var bomb = MadePictures.Png(16_000, 16_000, 8, 2, Enumerable.Repeat(row, 16_000));
        Assert.InRange(bomb.Length, 1, 8 * 1024 * 1024);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        AssertRejected("TOO_MANY_PIXELS", bomb);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 16 * 1024 * 1024);
    }

    [Theory]
    [InlineData(1, 8_000_000)]
    [InlineData(8_000_000, 1)]
    [InlineData(16_385, 1)]
    [InlineData(7_072, 7_072)]
    public void Decode_a_header_beyond_the_limits_is_TOO_MANY_PIXELS(int width, int height) =>
        AssertRejected("TOO_MANY_PIXELS", MadePictures.Png(width, height, 8, 0, [[0]]));

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.7)]
    [InlineData(0.99)]
    public void Decode_truncated_jpeg_is_TRUNCATED(double share)
    {
        var whole = Jpeg();
        AssertRejected("TRUNCATED", whole[..(int)(whole.Length * share)]);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.99)]
    public void Decode_truncated_png_is_TRUNCATED(double share)
    {
        var whole = MadePictures.RgbPng(FormulaPicture.Create(0, 200, 200, 1), 200, 200);
        AssertRejected("TRUNCATED", whole[..(int)(whole.Length * share)]);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.9)]
    public void Decode_truncated_webp_is_TRUNCATED(double share)
    {
        using var image = Image.NewFromMemory(FormulaPicture.Create(0, 200, 200, 1), 200, 200, 3, Enums.BandFormat.Uchar);
        var whole = image.WebpsaveBuffer();
        AssertRejected("TRUNCATED", whole[..(int)(whole.Length * share)]);
    }

    [Fact]
    public void Decode_png_with_destroyed_data_is_CORRUPT()
    {
        var png = MadePictures.RgbPng(FormulaPicture.Create(0, 200, 200, 1), 200, 200);
        png.AsSpan(100, 4000).Fill(0xAA);
        AssertRejected("CORRUPT", png);
    }

    [Fact]
    public void Decode_html_named_jpg_is_UNSUPPORTED_FORMAT() =>
        AssertRejected("UNSUPPORTED_FORMAT", "<!DOCTYPE html><html><body>holiday.jpg</body></html>"u8.ToArray());

    [Fact]
    public void Decode_svg_is_UNSUPPORTED_FORMAT() =>
        AssertRejected("UNSUPPORTED_FORMAT", "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"u8.ToArray());

    [Fact]
    public void Decode_tiff_is_UNSUPPORTED_FORMAT() => AssertRejected("UNSUPPORTED_FORMAT", [(byte)'I', (byte)'I', 42, 0, 8, 0, 0, 0]);

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xD8, 0xFF })]
    [InlineData(new byte[] { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A })]
    [InlineData(new byte[] { 0x47, 0x49, 0x46, 0x38, 0x39, 0x61 })]
    [InlineData(new byte[] { 0x52, 0x49, 0x46, 0x46, 0xFF, 0, 0, 0, 0x57, 0x45, 0x42, 0x50 })]
    public void Decode_a_signature_and_nothing_more_is_TRUNCATED(byte[] bytes) => AssertRejected("TRUNCATED", bytes);

    [Fact]
    public void Decode_random_damage_is_rejected_or_decoded_and_never_anything_else()
    {
        byte[][] files = [Jpeg(), MadePictures.RgbPng(FormulaPicture.Create(3, 64, 48, 1), 64, 48)];
        var random = new Random(11);
        var outcomes = new HashSet<string>();
        for (var i = 0; i < 300; i++)
        {
            var file = (byte[])files[i % files.Length].Clone();
            for (var damage = 0; damage < 8; damage++)
                file[random.Next(8, file.Length)] = (byte)random.Next(256);
            try
            {
                using var picture = _decoder.Decode(file);
                outcomes.Add("decoded");
                Assert.InRange(picture.Hash().Quality, 0, 100);
            }
            catch (MediaRejectedException rejected)
            {
                outcomes.Add(rejected.ContractDetail);
            }
        }
        Assert.Superset(new HashSet<string> { "decoded", "CORRUPT" }, outcomes);
    }

    private static byte[] Jpeg()
    {
        using var image = Image.NewFromMemory(FormulaPicture.Create(3, 320, 240, 1), 320, 240, 3, Enums.BandFormat.Uchar);
        return image.JpegsaveBuffer(q: 85);
    }

    private void AssertRejected(string detail, byte[] bytes) =>
        Assert.Equal(detail, Assert.Throws<MediaRejectedException>(() => _decoder.Decode(bytes).Dispose()).ContractDetail);
}
