using System.Diagnostics;
using Moderation.MediaHash.Hashing;
using Moderation.MediaHash.Tests.Hashing;

namespace Moderation.Benchmarks.Media;

/// <summary>512x512 RGB to hash beside the algorithm written down one number at a time.</summary>
internal static class HashLeg
{
    private const int Side = 512;
    private const int Repeats = 50;

    public static void Run(int rounds)
    {
        var rgb = Pictures.Rgb(Side, Side, seed: 1);
        var expected = ScalarPdq.HashRgb(rgb, Side, Side);
        if (PdqHasher.HashRgb(rgb, Side, Side) != expected)
            throw new InvalidOperationException("The hasher disagrees with its textbook form.");
        for (var i = 0; i < Repeats; i++)
        {
            _ = PdqHasher.HashRgb(rgb, Side, Side);
            _ = ScalarPdq.HashRgb(rgb, Side, Side);
        }
        var (ours, textbook) = (new List<double>(), new List<double>());
        var allocated = 0L;
        for (var round = 0; round < rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            ours.Add(Milliseconds(() => PdqHasher.HashRgb(rgb, Side, Side)));
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            textbook.Add(Milliseconds(() => ScalarPdq.HashRgb(rgb, Side, Side)));
        }
        Console.WriteLine($"\nPDQ of 512x512 RGB: ours {Machine.Spread(ours)} ms, textbook form {Machine.Spread(textbook)} ms"
            + $", ratio {Machine.Spread([.. textbook.Zip(ours, (t, o) => t / o)])}; {allocated / Repeats} bytes allocated a picture");
    }

    private static double Milliseconds(Func<PdqFingerprint> hash)
    {
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < Repeats; i++)
            _ = hash();
        return clock.Elapsed.TotalMilliseconds / Repeats;
    }
}
