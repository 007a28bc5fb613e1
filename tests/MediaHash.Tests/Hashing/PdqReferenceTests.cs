using System.Globalization;
using Moderation.MediaHash.Hashing;
using Xunit;

namespace Moderation.MediaHash.Tests.Hashing;

public sealed class PdqReferenceTests(ITestOutputHelper output)
{
    [Fact]
    public void HashRgbDihedral_formula_pictures_equal_the_reference_to_the_bit()
    {
        if (SharedVectors.FindFolder() is not { } folder)
            return;
        var rows = 0;
        foreach (var row in SharedVectors.Rows(folder, "synthetic.csv"))
        {
            var numbers = row.Take(5).Select(cell => int.Parse(cell, CultureInfo.InvariantCulture)).ToArray();
            var (kind, width, height, seed, quality) = (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
            var rgb = FormulaPicture.Create(kind, width, height, seed);
            var all = PdqHasher.HashRgbDihedral(rgb, width, height);
            var name = $"kind {kind}, {width}x{height}, seed {seed}";
            Assert.Equal(name + ": " + string.Join(',', row.Skip(5)), name + ": " + string.Join(',', Forms(all)));
            Assert.Equal(quality, all.Quality);
            Assert.Equal(new PdqFingerprint(all.Original, quality), PdqHasher.HashRgb(rgb, width, height));
            rows++;
        }
        output.WriteLine($"{rows} formula pictures, 8 forms each: all bits equal");
        Assert.Equal(78, rows);
    }

    internal static IEnumerable<PdqHash> Forms(PdqDihedralFingerprint all) =>
    [
        all.Original, all.Rotate90, all.Rotate180, all.Rotate270, all.FlipX, all.FlipY, all.FlipPlus1, all.FlipMinus1,
    ];
}
