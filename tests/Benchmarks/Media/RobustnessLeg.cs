using System.Globalization;
using Moderation.MediaHash.Hashing;
using Moderation.MediaHash.Host.Decoding;
using Moderation.MediaHash.Tests.Hashing;
using NetVips;

namespace Moderation.Benchmarks.Media;

/// <summary>
/// How far changed pictures are from what they were: by the service's way (shrunk decode, eight forms) and by the reference's (whole decode, nearest
/// neighbours to 512x512, the algorithm written down one number at a time, forms by the signs of one transform).
/// </summary>
internal static class RobustnessLeg
{
    private const int Radius = 31;
    private const int MadePictures = 6;

    private static readonly (string Name, Func<Image, Image> Change)[] Changes =
    [
        ("none but saving anew", image => image.Copy()),
        ("resized to 50 %", image => image.Resize(0.5)),
        ("resized to 25 %", image => image.Resize(0.25)),
        ("resized to 10 %", image => image.Resize(0.1)),
        ("stretched by 1.5", image => image.Resize(1, vscale: 1.5)),
        ("JPEG quality 50", image => Saved(image, 50)),
        ("JPEG quality 20", image => Saved(image, 20)),
        ("JPEG quality 5", image => Saved(image, 5)),
        ("cropped by 1 % a side", image => Cropped(image, 0.01)),
        ("cropped by 3 % a side", image => Cropped(image, 0.03)),
        ("cropped by 10 % a side", image => Cropped(image, 0.1)),
        ("border of 3 % a side", image => Bordered(image, 0.03)),
        ("watermark, 5 % of the picture", image => Marked(image, 0.5, 0.1)),
        ("banner, 15 % of the picture", image => Marked(image, 1, 0.15)),
        ("brighter by 30", image => image.Linear([1.0], [30])),
        ("darker by 30", image => image.Linear([1.0], [-30])),
        ("contrast 1.4", image => image.Linear([1.4], [-51])),
        ("contrast 0.6", image => image.Linear([0.6], [51])),
        ("gamma 2", image => image.Gamma(exponent: 2)),
        ("greyscale", image => image.Colourspace(Enums.Interpretation.Bw).Colourspace(Enums.Interpretation.Srgb)),
        ("blurred, sigma 4", image => image.Gaussblur(4)),
        ("sharpened", image => image.Sharpen(sigma: 2, m2: 10)),
        ("noise, sigma 25", image => image + Image.Gaussnoise(image.Width, image.Height, mean: 0, sigma: 25, seed: 7)),
        ("rotated by 1 degree", image => image.Rotate(1)),
        ("rotated by 3 degrees", image => image.Rotate(3)),
        ("rotated by 10 degrees", image => image.Rotate(10)),
        ("turned by 90 degrees", image => image.Rot90()),
        ("turned by 180 degrees", image => image.Rot180()),
        ("turned by 270 degrees", image => image.Rot270()),
        ("mirrored left to right", image => image.FlipHor()),
        ("mirrored top to bottom", image => image.FlipVer()),
        ("turned by 180 degrees, resized to 40 %, quality 40", image => Saved(image.Rot180().Resize(0.4), 40)),
    ];

    public static void Run()
    {
        var folder = FindVectors();
        Console.WriteLine("\n| change | ours: bits, middle (least..most) | found within 31 | the reference's way | found |\n|---|---|---|---|---|");
        var originals = Originals(folder).ToList();
        var decoder = new PictureDecoder(new DecodingOptions());
        foreach (var (name, change) in Changes)
        {
            var (ours, theirs) = (new List<double>(), new List<double>());
            foreach (var original in originals)
            {
                using var stored = Image.NewFromBuffer(original);
                using var image = stored.Copy(interpretation: Enums.Interpretation.Srgb);
                using var changed = change(image).Cast(Enums.BandFormat.Uchar);
                var file = changed.JpegsaveBuffer(q: 90, keep: Enums.ForeignKeep.None);
                ours.Add(Ours(decoder, original, file));
                theirs.Add(Reference(original, file));
            }
            Console.WriteLine($"| {name} | {Bits(ours)} | {Found(ours)} | {Bits(theirs)} | {Found(theirs)} |");
        }
        if (folder is null)
            Console.WriteLine("LEFT OUT: published pictures and hashes: ../shared/data/pdq is not on this machine.");
        else
            Published(decoder, folder);
    }

    // Pictures that were published changed, with the distances of the hashes that the reference's own program printed for them.
    private static void Published(PictureDecoder decoder, string folder)
    {
        Console.WriteLine("\n| published picture | ours, bits from the original | reference, bits from the original | ours, bits from the reference |\n|---|---|---|---|");
        var rows = File.ReadLines(Path.Combine(folder, "reference.csv")).Skip(1).Select(line => line.Split(',')).ToDictionary(row => row[0], row => PdqHash.Parse(row[3]));
        var first = rows.Keys.First(file => file.StartsWith("bridge-mods/", StringComparison.Ordinal));
        foreach (var (file, theirs) in rows.Where(row => row.Key.StartsWith("bridge-mods/", StringComparison.Ordinal)))
        {
            var ours = Hash(decoder, File.ReadAllBytes(Path.Combine(folder, "pictures", file)), out _);
            var original = Hash(decoder, File.ReadAllBytes(Path.Combine(folder, "pictures", first)), out _);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {Path.GetFileName(file)} | {ours.HammingDistance(original)} | {theirs.HammingDistance(rows[first])} | {ours.HammingDistance(theirs)} |"));
        }
    }

    private static IEnumerable<byte[]> Originals(string? folder)
    {
        for (var seed = 1; seed <= MadePictures; seed++)
        {
            using var picture = Image.NewFromMemory(Pictures.Rgb(2400, 1800, seed), 2400, 1800, 3, Enums.BandFormat.Uchar);
            // Each with its own large shapes: the made pictures differ in their noise alone.
            using var shape = picture.Similarity(scale: 1.3, angle: seed * 37).Crop(200 + (seed * 80), 150 + (seed * 60), 1600, 1200);
            yield return shape.JpegsaveBuffer(q: 92);
        }
        if (folder is null)
            yield break;
        foreach (var file in (string[])["bridge-mods/aaa-orig.jpg", "exif-rotn/exif-rotn-1.jpg"])
            yield return File.ReadAllBytes(Path.Combine(folder, "pictures", file));
    }

    // As the service does: what is changed comes in, what is known was hashed as it came.
    private static double Ours(PictureDecoder decoder, byte[] original, byte[] file)
    {
        var known = Hash(decoder, original, out _);
        var asIs = Hash(decoder, file, out var forms);
        return forms.Prepend(asIs).Min(form => form.HammingDistance(known));
    }

    private static PdqHash Hash(PictureDecoder decoder, byte[] file, out IReadOnlyList<PdqHash> forms)
    {
        using var picture = decoder.Decode(file);
        return picture.Hash(out forms).Hash;
    }

    private static double Reference(byte[] original, byte[] file)
    {
        var (rgb, width, height) = Sampled(file);
        var (knownRgb, knownWidth, knownHeight) = Sampled(original);
        var known = ScalarPdq.HashRgb(knownRgb, knownWidth, knownHeight).Hash;
        var forms = PdqHasher.HashRgbDihedral(rgb, width, height);
        PdqHash[] all = [ScalarPdq.HashRgb(rgb, width, height).Hash, forms.Rotate90, forms.Rotate180, forms.Rotate270, forms.FlipX, forms.FlipY, forms.FlipPlus1, forms.FlipMinus1];
        return all.Min(form => form.HammingDistance(known));
    }

    private static (byte[] Rgb, int Width, int Height) Sampled(byte[] file)
    {
        using var image = Image.NewFromBuffer(file);
        using var rgb = image.Colourspace(Enums.Interpretation.Srgb);
        var bytes = rgb.WriteToMemory<byte>();
        if (!NearestSampling.IsNeeded(rgb.Width, rgb.Height))
            return (bytes, rgb.Width, rgb.Height);
        var sampled = new byte[NearestSampling.MaxSide * NearestSampling.MaxSide * 3];
        NearestSampling.Sample(bytes, rgb.Width, rgb.Height, sampled);
        return (sampled, NearestSampling.MaxSide, NearestSampling.MaxSide);
    }

    private static Image Saved(Image image, int quality) => Image.NewFromBuffer(image.JpegsaveBuffer(q: quality));

    private static Image Cropped(Image image, double share)
    {
        var (x, y) = ((int)(image.Width * share), (int)(image.Height * share));
        return image.Crop(x, y, image.Width - (2 * x), image.Height - (2 * y));
    }

    private static Image Bordered(Image image, double share)
    {
        var (x, y) = ((int)(image.Width * share), (int)(image.Height * share));
        return image.Embed(x, y, image.Width + (2 * x), image.Height + (2 * y));
    }

    private static Image Marked(Image image, double width, double height)
    {
        var (w, h) = ((int)(image.Width * width), (int)(image.Height * height));
        var (left, top) = (image.Width - w, image.Height - h);
        using var under = image.Crop(left, top, w, h);
        var mark = under.Linear([0.4], [150]).Cast(Enums.BandFormat.Uchar);
        return image.Insert(mark, left, top);
    }

    private static string Bits(List<double> bits) =>
        string.Create(CultureInfo.InvariantCulture, $"{Machine.Median(bits):0} ({bits.Min():0}..{bits.Max():0})");

    private static string Found(List<double> bits) => $"{bits.Count(distance => distance <= Radius)} of {bits.Count}";

    /// <summary>The published vectors, or null where this machine has none.</summary>
    internal static string? FindVectors()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "data", "pdq");
            if (Directory.Exists(candidate))
                return candidate;
        }
        return null;
    }
}
