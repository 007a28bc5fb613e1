using System.Diagnostics;
using System.Globalization;
using Moderation.MediaHash.Host.Decoding;
using NetVips;

namespace Moderation.Benchmarks.Media;

/// <summary>JPEG file to hash beside libjpeg-turbo's djpeg decoding the same file to nowhere, in CPU time of each.</summary>
internal static class FileLeg
{
    public static void Run(int rounds)
    {
        Console.WriteLine("\n| JPEG file to hash | ours, CPU ms | djpeg, CPU ms | ours / djpeg |\n|---|---|---|---|");
        var decoder = new PictureDecoder(new DecodingOptions());
        foreach (var (width, height) in new[] { (1920, 1080), (4000, 3000) })
        {
            using var picture = Image.NewFromMemory(Pictures.Rgb(width, height, seed: 2), width, height, 3, Enums.BandFormat.Uchar);
            var bytes = picture.JpegsaveBuffer(q: 85);
            var path = Path.GetTempFileName();
            File.WriteAllBytes(path, bytes);
            var (ours, theirs) = (new List<double>(), new List<double>());
            for (var round = -3; round < rounds; round++)
            {
                var before = Environment.CpuUsage.TotalTime;
                using (var decoded = decoder.Decode(bytes))
                    _ = decoded.Hash();
                var mine = (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
                if (Djpeg(path) is not { } peer)
                    return;
                if (round < 0)
                    continue; // warms up
                ours.Add(mine);
                theirs.Add(peer);
            }
            File.Delete(path);
            Console.WriteLine($"| {width}x{height}, {bytes.Length / 1024} KiB | {Machine.Spread(ours)} | {Machine.Spread(theirs)}"
                + $" | {Machine.Spread([.. ours.Zip(theirs, (o, t) => o / t)])} |");
        }
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
