using System.Diagnostics;
using System.Globalization;
using Moderation.MediaHash.Host.Decoding;
using NetVips;

namespace Moderation.Benchmarks.Media;

/// <summary>JPEG file to hash beside libjpeg-turbo's djpeg decoding the same file to nowhere, in CPU time of each.</summary>
internal static class FileLeg
{
    // The kernel counts CPU time in steps that a single picture is hardly longer than.
    private const int Repeats = 5;

    // Until everything is compiled as well as it will be.
    private const int WarmUps = 30;

    public static void Run(int rounds)
    {
        Console.WriteLine("\n| JPEG file to hash | ours, CPU ms | with eight forms | djpeg, CPU ms | ours / djpeg | with eight forms |\n|---|---|---|---|---|---|");
        var plain = new PictureDecoder(new DecodingOptions { MatchForms = false });
        var turned = new PictureDecoder(new DecodingOptions());
        (string Name, byte[] Bytes)[] files = [.. Files()];
        for (var i = 0; i < WarmUps; i++)
        {
            _ = Milliseconds(plain, files[0].Bytes);
            _ = Milliseconds(turned, files[0].Bytes);
        }
        foreach (var (name, bytes) in files)
        {
            var path = Path.GetTempFileName();
            File.WriteAllBytes(path, bytes);
            var (ours, formed, theirs) = (new List<double>(), new List<double>(), new List<double>());
            for (var round = -1; round < rounds; round++)
            {
                var mine = Milliseconds(plain, bytes);
                var withForms = Milliseconds(turned, bytes);
                if (Djpeg(path) is not { } peer)
                    return;
                if (round < 0)
                    continue;
                ours.Add(mine);
                formed.Add(withForms);
                theirs.Add(peer);
            }
            File.Delete(path);
            Console.WriteLine($"| {name}, {bytes.Length / 1024} KiB | {Machine.Spread(ours)} | {Machine.Spread(formed)} | {Machine.Spread(theirs)}"
                + $" | {Machine.Spread([.. ours.Zip(theirs, (o, t) => o / t)])} | {Machine.Spread([.. formed.Zip(theirs, (o, t) => o / t)])} |");
        }
    }

    // Made pictures have little in them for a decoder to do; a photograph of the published vectors is there where they are.
    private static IEnumerable<(string Name, byte[] Bytes)> Files()
    {
        foreach (var (width, height) in new[] { (1920, 1080), (4000, 3000) })
            yield return ($"made {width}x{height}", Made(width, height));
        if (RobustnessLeg.FindVectors() is not { } folder)
            yield break;
        using var photo = Image.NewFromFile(Path.Combine(folder, "pictures", "exif-rotn", "exif-rotn-1.jpg"));
        foreach (var (width, height) in new[] { (1920, 1080), (4000, 3000) })
        {
            using var scaled = photo.ThumbnailImage(width, height: height, crop: Enums.Interesting.Centre);
            yield return ($"photograph {width}x{height}", scaled.JpegsaveBuffer(q: 85, keep: Enums.ForeignKeep.None));
        }
    }

    private static byte[] Made(int width, int height)
    {
        using var picture = Image.NewFromMemory(Pictures.Rgb(width, height, seed: 2), width, height, 3, Enums.BandFormat.Uchar);
        return picture.JpegsaveBuffer(q: 85);
    }

    private static double Milliseconds(PictureDecoder decoder, byte[] bytes)
    {
        var before = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < Repeats; i++)
        {
            using var decoded = decoder.Decode(bytes);
            _ = decoded.Hash(out _);
        }
        return (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / Repeats;
    }

    // The shell's clock: a process that has ended no longer tells its time itself.
    private static double? Djpeg(string path)
    {
        var start = new ProcessStartInfo("bash", ["-c", "TIMEFORMAT='%U %S'; time djpeg -outfile /dev/null \"$0\"", path]) { RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("bash did not start.");
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode == 0)
            return said.Split(' ').Sum(seconds => double.Parse(seconds, CultureInfo.InvariantCulture)) * 1000;
        Console.WriteLine($"LEFT OUT: djpeg: {said.Trim()}");
        return null;
    }
}
