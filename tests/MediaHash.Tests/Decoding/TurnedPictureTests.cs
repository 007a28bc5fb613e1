using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Hashing;
using Moderation.MediaHash.Host.Decoding;
using Moderation.MediaHash.Tests.Hashing;
using NetVips;
using Xunit;

namespace Moderation.MediaHash.Tests.Decoding;

/// <summary>A picture that was turned or mirrored has a form that is the hash of the picture before that.</summary>
public sealed class TurnedPictureTests(ITestOutputHelper output)
{
    private readonly PictureDecoder _decoder = new(new DecodingOptions());

    // Rows and columns change places in half of the forms: their sums are rounded in another order. At sides of 129 to 256 the mirrored window of the
    // last value would reach over the edge.
    public static TheoryData<int, int, int> Sizes => new()
    {
        { 64, 64, 2 }, { 90, 61, 2 }, { 200, 129, 4 }, { 300, 256, 4 }, { 512, 512, 2 }, { 513, 700, 2 }, { 1600, 1004, 2 }, { 801, 2000, 2 },
    };

    [Theory, MemberData(nameof(Sizes))]
    public void Form_that_turns_a_picture_back_is_the_hash_of_the_upright_one(int width, int height, int mostBits)
    {
        for (var seed = 1; seed <= 4; seed++)
        {
            var rgb = FormulaPicture.Create(3, width, height, seed);
            using var image = Image.NewFromMemory(rgb, width, height, 3, Enums.BandFormat.Uchar);
            var upright = Hash(rgb, width, height, out _);
            foreach (var form in Enum.GetValues<PictureForm>().Where(form => form != PictureForm.AsIs))
            {
                using var turned = Turn(image, form);
                _ = Hash(turned.WriteToMemory<byte>(), turned.Width, turned.Height, out var forms);
                Assert.InRange(forms[(int)Back(form) - 1].HammingDistance(upright.Hash), 0, mostBits);
            }
        }
    }

    [Fact]
    public void Forms_of_published_pictures_that_were_turned_match_where_those_of_one_transform_did_not()
    {
        if (SharedVectors.FindFolder() is not { } folder)
            return;
        var files = Directory.EnumerateFiles(Path.Combine(folder, "pictures", "dih")).Order(StringComparer.Ordinal).ToArray();
        using var original = _decoder.Decode(File.ReadAllBytes(files[0]));
        var known = original.Hash().Hash;
        foreach (var file in files.Skip(1))
        {
            using var turned = _decoder.Decode(File.ReadAllBytes(file));
            _ = turned.Hash(out var forms);
            var nearest = forms.Min(form => form.HammingDistance(known));
            var before = PdqReferenceTests.Forms(PdqHasher.HashRgbDihedral(turned.Rgb, turned.SampleWidth, turned.SampleHeight)).Min(form => form.HammingDistance(known));
            output.WriteLine($"{Path.GetFileName(file)}: {nearest} bits; by the signs of one transform {before}");
            Assert.InRange(nearest, 0, 10);
            Assert.True(nearest <= before);
        }
        Assert.Equal(8, files.Length);
    }

    [Fact]
    public void Forms_are_none_where_they_are_not_matched()
    {
        using var picture = new PictureDecoder(new DecodingOptions { MatchForms = false }).Decode(MadePictures.RgbPng(FormulaPicture.Create(3, 90, 61, 5), 90, 61));
        var upright = picture.Hash(out var forms);
        Assert.Empty(forms);
        Assert.Equal(PdqHasher.HashRgb(FormulaPicture.Create(3, 90, 61, 5), 90, 61), upright);
    }

    private PdqFingerprint Hash(byte[] rgb, int width, int height, out IReadOnlyList<PdqHash> forms)
    {
        using var picture = _decoder.Decode(MadePictures.RgbPng(rgb, width, height));
        return picture.Hash(out forms);
    }

    private static Image Turn(Image image, PictureForm form) => form switch
    {
        PictureForm.Rotated90 => image.Rot270(), // libvips turns clockwise
        PictureForm.Rotated180 => image.Rot180(),
        PictureForm.Rotated270 => image.Rot90(),
        PictureForm.FlippedTopBottom => image.Flip(Enums.Direction.Vertical),
        PictureForm.FlippedLeftRight => image.Flip(Enums.Direction.Horizontal),
        PictureForm.Transposed => image.Rot90().Flip(Enums.Direction.Horizontal),
        _ => image.Rot90().Flip(Enums.Direction.Vertical),
    };

    private static PictureForm Back(PictureForm form) => form switch
    {
        PictureForm.Rotated90 => PictureForm.Rotated270,
        PictureForm.Rotated270 => PictureForm.Rotated90,
        _ => form,
    };
}
