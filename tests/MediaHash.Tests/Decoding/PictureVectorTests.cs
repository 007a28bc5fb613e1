using System.Globalization;
using Moderation.MediaHash.Hashing;
using Moderation.MediaHash.Host.Decoding;
using Moderation.MediaHash.Tests.Hashing;
using Xunit;

namespace Moderation.MediaHash.Tests.Decoding;

public sealed class PictureVectorTests(ITestOutputHelper output)
{
    private readonly PictureDecoder _decoder = new(new DecodingOptions());

    [Fact]
    public void Decode_published_pictures_hash_within_10_bits_of_the_reference()
    {
        if (SharedVectors.FindFolder() is not { } folder)
            return;
        var (compared, identical, worst) = (0, 0, 0);
        foreach (var row in SharedVectors.Rows(folder, "reference.csv"))
        {
            var (file, quality, expected) = (row[0], int.Parse(row[2], CultureInfo.InvariantCulture), PdqHash.Parse(row[3]));
            var isTurned = file.StartsWith("exif-rotn/", StringComparison.Ordinal) && !file.Contains("rotn-1", StringComparison.Ordinal);
            if (isTurned || quality < 80)
                continue;
            using var picture = Decode(folder, file);
            var ours = picture.Hash();
            var distance = ours.Hash.HammingDistance(expected);
            if (distance > 0)
                output.WriteLine($"{file}: {distance} bits, quality {ours.Quality} (reference {quality})");
            Assert.True(distance <= 10, $"{file} is {distance} bits away");
            Assert.InRange(ours.Quality, quality - 2, quality + 2);
            compared++;
            identical += distance == 0 ? 1 : 0;
            worst = Math.Max(worst, distance);
        }
        output.WriteLine($"{compared} pictures of quality 80 and more: {identical} identical, worst {worst} bits");
        Assert.Equal(36, compared);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 2)]
    [InlineData(6, 1)]
    [InlineData(8, 3)]
    public void Decode_turned_photo_turned_back_matches_the_reference_hash_of_the_stored_pixels(int tag, int form)
    {
        if (SharedVectors.FindFolder() is not { } folder)
            return;
        var file = $"exif-rotn/exif-rotn-{tag}.jpg";
        using var picture = Decode(folder, file);
        var forms = PdqReferenceTests.Forms(PdqHasher.HashRgbDihedral(picture.Rgb, picture.SampleWidth, picture.SampleHeight)).ToArray();
        var expected = PdqHash.Parse(SharedVectors.Rows(folder, "reference.csv").Single(row => row[0] == file)[3]);
        var distances = forms.Select(hash => hash.HammingDistance(expected)).ToArray();
        output.WriteLine($"{file}: distances of the eight forms {string.Join(", ", distances)}");

        // Sampling the upright picture takes other neighbours than sampling the stored one: a match, not the same bits.
        Assert.InRange(distances[form], 0, tag == 1 ? 10 : 20);
        Assert.Equal(form, Array.IndexOf(distances, distances.Min()));
    }

    [Fact]
    public void HashRgbDihedral_published_pictures_are_within_10_bits_in_all_eight_forms()
    {
        if (SharedVectors.FindFolder() is not { } folder)
            return;
        var (forms, identical, worst) = (0, 0, 0);
        foreach (var row in SharedVectors.Rows(folder, "dihedral.csv"))
        {
            var isTurned = row[0].StartsWith("exif-rotn/", StringComparison.Ordinal) && !row[0].Contains("rotn-1", StringComparison.Ordinal);
            if (isTurned || int.Parse(row[1], CultureInfo.InvariantCulture) < 80)
                continue;
            using var picture = Decode(folder, row[0]);
            var ours = PdqReferenceTests.Forms(PdqHasher.HashRgbDihedral(picture.Rgb, picture.SampleWidth, picture.SampleHeight));
            foreach (var (form, expected) in ours.Zip(row.Skip(2)))
            {
                var distance = form.HammingDistance(PdqHash.Parse(expected));
                Assert.True(distance <= 10, $"{row[0]}: {form} is {distance} bits from {expected}");
                forms++;
                identical += distance == 0 ? 1 : 0;
                worst = Math.Max(worst, distance);
            }
        }
        output.WriteLine($"{forms} forms: {identical} identical, worst {worst} bits");
        Assert.True(forms >= 36 * 8);
    }

    [Fact]
    public void Decode_sampling_stays_within_the_match_radius_of_the_full_size_hash()
    {
        if (SharedVectors.FindFolder() is not { } folder)
            return;
        var (compared, identical, worstBox, worstFull) = (0, 0, 0, 0);
        foreach (var row in SharedVectors.Rows(folder, "variants.csv").Where(row => !row[0].StartsWith("exif-rotn/", StringComparison.Ordinal)))
        {
            using var picture = Decode(folder, row[0]);
            var ours = picture.Hash().Hash;
            Assert.InRange(ours.HammingDistance(PdqHash.Parse(row[3])), 0, 10);
            identical += ours == PdqHash.Parse(row[3]) ? 1 : 0;
            worstBox = Math.Max(worstBox, ours.HammingDistance(PdqHash.Parse(row[5])));
            worstFull = Math.Max(worstFull, ours.HammingDistance(PdqHash.Parse(row[7])));
            compared++;
        }
        output.WriteLine($"{compared} pictures: {identical} identical; worst from area average {worstBox}, from full size {worstFull} bits");
        Assert.InRange(worstBox, 0, 31);
        Assert.InRange(worstFull, 0, 31);
        Assert.True(compared >= 30);
    }

    private DecodedPicture Decode(string folder, string file) =>
        _decoder.Decode(File.ReadAllBytes(Path.Combine(folder, "pictures", file)));
}
