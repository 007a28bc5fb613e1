using System.Diagnostics;

namespace Moderation.Benchmarks.Fuzz;

/// <summary>Tries inputs one after the other. Input n of a seed is always the same, so that a finding can be tried again alone.</summary>
internal static class FuzzRun
{
    private const int ShownCharacters = 1000;

    /// <summary>Tries inputs until the time is over or there were enough.</summary>
    /// <returns>How many were tried.</returns>
    /// <exception cref="FuzzFinding">One broke a promise; the message says which seed and number, and shows it.</exception>
    public static async Task<long> RunAsync(FuzzTarget target, int seed, TimeSpan? limit = null, long? count = null, long from = 0)
    {
        var watch = Stopwatch.StartNew();
        var number = from;
        for (; !(watch.Elapsed >= limit) && !(number - from >= count); number++)
        {
            var input = "";
            try
            {
                await target.TryAsync(new Random(HashOf(seed, number)), described => input = described);
            }
            catch (Exception broken) when (broken is not OutOfMemoryException)
            {
                throw new FuzzFinding($"--seed {seed} --from {number}: {broken.GetType().Name}: {broken.Message}\n{Shown(input)}", broken);
            }
        }
        return number - from;
    }

    // Not HashCode: that differs from process to process.
    private static int HashOf(int seed, long number) => unchecked((int)((seed * 1_000_003L + number) * 0x9E3779B97F4A7C15UL.GetHashCode() >> 7));

    private static string Shown(string input) => input.Length <= ShownCharacters ? input : input[..ShownCharacters] + $"... ({input.Length} characters)";
}
