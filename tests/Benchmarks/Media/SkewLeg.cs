using System.Globalization;
using Moderation.MediaHash.Index;

namespace Moderation.Benchmarks.Media;

/// <summary>Near-flat pictures: a million hashes around few patterns, so that most share most of their bands with thousands of others.</summary>
internal static class SkewLeg
{
    private const int Size = 1_000_000;

    public static void Run(int rounds)
    {
        Console.WriteLine($"\n{Size:N0} near-flat hashes\n| patterns | own bits | ours, µs a query | FAISS multi-hash, µs | ratio |\n|---|---|---|---|---|");
        foreach (var (patterns, ownBits) in new[] { (10_000, 24), (1000, 40), (100, 40), (10, 60) })
        {
            var folder = Directory.CreateTempSubdirectory("media-bench");
            try
            {
                var set = HashSet.Skewed(Size, patterns, ownBits, queryCount: 64, seed: 5);
                set.Write(folder.FullName);
                var index = new PdqIndex(Environment.ProcessorCount);
                index.Apply([.. set.Rows.Select((hash, row) => new PdqIndexItem(row, hash))], []);
                using var faiss = PeerProcess.TryStart("/usr/bin/python3", Path.Combine(AppContext.BaseDirectory, "Media", "faiss_multihash.py"), folder.FullName);
                faiss?.ReadLine();
                var (ours, theirs) = (new List<double>(), new List<double>());
                for (var round = -1; round < rounds; round++)
                {
                    var mine = IndexLeg.Time(set, index, set.Queries.Length, threads: 1);
                    var answer = faiss is null ? [] : faiss.Ask("1 64 64");
                    if (round < 0)
                        continue; // warms up
                    ours.Add(mine);
                    if (answer.Length > 0)
                        theirs.Add(double.Parse(answer[0], CultureInfo.InvariantCulture));
                }
                var ratio = theirs.Count == 0 ? "-" : Machine.Spread([.. theirs.Zip(ours, (t, o) => t / o)]);
                Console.WriteLine($"| {patterns} | {ownBits} | {Machine.Spread(ours)} | {(theirs.Count == 0 ? "-" : Machine.Spread(theirs))} | {ratio} |");
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }
    }
}
