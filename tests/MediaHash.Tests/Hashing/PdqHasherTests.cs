using CsCheck;
using Moderation.MediaHash.Hashing;
using Xunit;

namespace Moderation.MediaHash.Tests.Hashing;

public sealed class PdqHasherTests
{
    private const int Side = 1024;
    private const int Last = Side - 1;

    [Fact]
    public void HashRgb_any_size_equals_the_scalar_form_to_the_bit() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[1, 300], Gen.Int[1, 300], Gen.Int[1, 1000]).Sample(
            (kind, width, height, seed) =>
            {
                var rgb = FormulaPicture.Create(kind, width, height, seed);
                Assert.Equal(ScalarPdq.HashRgb(rgb, width, height), PdqHasher.HashRgb(rgb, width, height));
            },
            iter: 300);

    [Fact]
    public void HashLuma_fractions_equal_the_scalar_form_to_the_bit() =>
        Gen.Select(Gen.Int[5, 200], Gen.Int[5, 200], Gen.Int[0, int.MaxValue - 1]).Sample(
            (width, height, seed) =>
            {
                var random = new Random(seed);
                var luma = Enumerable.Range(0, width * height).Select(_ => random.NextSingle() * 255).ToArray();
                Assert.Equal(ScalarPdq.HashLuma(luma, width, height), PdqHasher.HashLuma(luma, width, height));
            },
            iter: 200);

    [Theory]
    [InlineData(512, 512)]
    [InlineData(640, 480)]
    [InlineData(1280, 720)]
    [InlineData(5, 2000)]
    [InlineData(2000, 5)]
    public void HashRgb_windows_of_several_pixels_equal_the_scalar_form_to_the_bit(int width, int height)
    {
        var rgb = FormulaPicture.Create(3, width, height, 2);
        Assert.Equal(ScalarPdq.HashRgb(rgb, width, height), PdqHasher.HashRgb(rgb, width, height));
    }

    // Computed by the hasher once it agreed with the reference in every published vector; kind 3 of the formula pictures.
    [Theory]
    [InlineData(100, 60, 7, "82992a5f97fc7dcf789811d2d11c00ffdd88552bb956336cd5d87030d5e05711")]
    [InlineData(64, 64, 3, "8855288bfdd52eef5ad85292fc5762eb5f80132b6dd6b82cf9d8b3301f60e100")]
    [InlineData(333, 517, 11, "e60239d841d8df2b124231d440d9f3d8e724bbf2e3a4ff78b672554479b35512")]
    public void HashRgb_known_pictures_keep_their_hash(int width, int height, int seed, string expected) =>
        Assert.Equal(expected, PdqHasher.HashRgb(FormulaPicture.Create(3, width, height, seed), width, height).Hash.ToString());

    [Theory]
    [InlineData(4, 100)]
    [InlineData(100, 4)]
    [InlineData(1, 1)]
    public void HashRgb_side_under_5_is_the_zero_hash_of_quality_0(int width, int height) =>
        Assert.Equal(default, PdqHasher.HashRgb(FormulaPicture.Create(0, width, height, 1), width, height));

    [Fact]
    public void HashRgb_featureless_picture_is_not_matchable()
    {
        var fingerprint = PdqHasher.HashRgb(new byte[200 * 200 * 3], 200, 200);
        Assert.Equal(0, fingerprint.Quality);
        Assert.False(fingerprint.IsMatchable);
    }

    [Fact]
    public void HashRgbDihedral_forms_are_near_the_hashes_of_turned_pictures()
    {
        // A mosaic of 16x16 random tiles has strong coefficients everywhere, and at this size the reduction hardly shifts when it is turned.
        var tiles = FormulaPicture.Create(0, 16, 16, 4);
        var rgb = new byte[Side * Side * 3];
        for (var i = 0; i < rgb.Length; i++)
            rgb[i] = tiles[(i / 3 / Side / 64 * 16 + i / 3 % Side / 64) * 3 + i % 3];
        var forms = PdqHasher.HashRgbDihedral(rgb, Side, Side);
        AssertNear(forms.FlipY, Move(rgb, (x, y) => (Last - x, y)));
        AssertNear(forms.FlipX, Move(rgb, (x, y) => (x, Last - y)));
        AssertNear(forms.Rotate180, Move(rgb, (x, y) => (Last - x, Last - y)));
        AssertNear(forms.FlipPlus1, Move(rgb, (x, y) => (y, x)));
        AssertNear(forms.FlipMinus1, Move(rgb, (x, y) => (Last - y, Last - x)));
        AssertNear(forms.Rotate90, Move(rgb, (x, y) => (Last - y, x)));
        AssertNear(forms.Rotate270, Move(rgb, (x, y) => (y, Last - x)));
    }

    private static void AssertNear(PdqHash form, byte[] rgb) =>
        Assert.InRange(form.HammingDistance(PdqHasher.HashRgb(rgb, Side, Side).Hash), 0, 31);

    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, -1)]
    public void HashRgb_side_under_1_is_refused(int width, int height) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PdqHasher.HashRgb(new byte[1000], width, height));

    [Fact]
    public void HashRgb_too_few_bytes_are_refused() => Assert.Throws<ArgumentException>(() => PdqHasher.HashRgb(new byte[299], 10, 10));

    private static byte[] Move(byte[] rgb, Func<int, int, (int X, int Y)> from)
    {
        var moved = new byte[rgb.Length];
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                var source = from(x, y);
                rgb.AsSpan((source.Y * Side + source.X) * 3, 3).CopyTo(moved.AsSpan((y * Side + x) * 3));
            }
        }
        return moved;
    }
}
