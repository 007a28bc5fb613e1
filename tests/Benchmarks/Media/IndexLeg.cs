using System.Diagnostics;
using System.Globalization;
using Moderation.MediaHash.Index;

namespace Moderation.Benchmarks.Media;

/// <summary>Searches within 31 bits beside FAISS's multi-hash index, comparing rows beside C++ kernels, and changes under way.</summary>
internal static class IndexLeg
{
    private const int Radius = PdqIndexSnapshot.MatchRadius;

    public static void Run(int size, int rounds, IReadOnlyCollection<string> only)
    {
        if (!only.Any(part => part is "index" or "scan" or "change"))
            return;
        var folder = Directory.CreateTempSubdirectory("media-bench");
        try
        {
            Console.WriteLine($"\n{size:N0} hashes");
            var set = HashSet.Random(size, seed: 20250101);
            set.Write(folder.FullName);
            if (only.Contains("scan"))
                Scan(set, folder.FullName, rounds);
            if (!only.Contains("index") && !only.Contains("change"))
                return;
            var index = new PdqIndex(Environment.ProcessorCount);
            var clock = Stopwatch.StartNew();
            index.Apply([.. set.Rows.Select((hash, row) => new PdqIndexItem(row, hash))], []);
            Console.WriteLine($"ours:  built in {clock.Elapsed.TotalSeconds:0.0} s, {index.Current.ByteCount / 1e6:0} MB beside the hashes");
            if (only.Contains("index"))
                Search(set, index, folder.FullName, rounds);
            if (only.Contains("change"))
                Change(set, index);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Microseconds a query over the first <paramref name="count"/> queries; every answer is held against the truth.</summary>
    public static double Time(HashSet set, PdqIndex index, int count, int threads)
    {
        var found = new List<PdqNeighbour>[count];
        var clock = Stopwatch.StartNew();
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
        {
            for (var q = thread; q < count; q += threads)
                index.Current.Search(set.Queries[q], Radius, found[q] = []);
        });
        var micros = clock.Elapsed.TotalMicroseconds / count;
        var pairs = found.SelectMany((list, q) => list.Select(n => new Pair(q, (int)n.Key, n.Distance))).ToHashSet();
        if (!pairs.SetEquals(set.Truth.Where(pair => pair.Query < count)))
            throw new InvalidOperationException("The index did not find exactly what is there.");
        return micros;
    }

    private static void Search(HashSet set, PdqIndex index, string folder, int rounds)
    {
        using var faiss = PeerProcess.TryStart("/usr/bin/python3", Path.Combine(AppContext.BaseDirectory, "Media", "faiss_multihash.py"), folder);
        if (faiss?.ReadLine()?.Split(' ') is [var seconds, var megabytes])
            Console.WriteLine($"FAISS: built in {seconds} s, {megabytes} MB beside its input");
        Console.WriteLine("| threads | batch | ours, µs a query | FAISS multi-hash, µs | ratio |\n|---|---|---|---|---|");
        foreach (var (threads, batch) in new[] { (1, 1), (1, 1024), (2, 1024) })
        {
            var (ours, theirs) = (new List<double>(), new List<double>());
            for (var round = 0; round < rounds; round++)
            {
                ours.Add(Time(set, index, set.Queries.Length, threads));
                if (faiss is null)
                    continue;
                var count = set.Rows.Length > 2_000_000 ? 128 : 512;
                var answer = faiss.Ask(string.Create(CultureInfo.InvariantCulture, $"{threads} {Math.Min(batch, count)} {count}"));
                if (int.Parse(answer[1], CultureInfo.InvariantCulture) != set.Truth.Count(pair => pair.Query < count))
                    throw new InvalidOperationException("FAISS did not find exactly what is there.");
                theirs.Add(double.Parse(answer[0], CultureInfo.InvariantCulture));
            }
            var ratio = theirs.Count == 0 ? "-" : Machine.Spread([.. theirs.Zip(ours, (t, o) => t / o)]);
            Console.WriteLine($"| {threads} | {batch} | {Machine.Spread(ours)} | {(theirs.Count == 0 ? "-" : Machine.Spread(theirs))} | {ratio} |");
        }
    }

    private static void Scan(HashSet set, string folder, int rounds)
    {
        var program = Path.Combine(folder, "scan_kernels");
        using (var compiler = PeerProcess.TryStart(
            "g++", "-O3", "-march=native", "-std=c++17", "-o", program, Path.Combine(AppContext.BaseDirectory, "Media", "scan_kernels.cpp")))
        {
            if (compiler is null || compiler.ReadLine() is not null)
                return;
        }
        using var kernels = PeerProcess.TryStart(program, folder);
        if (kernels is null)
            return;
        Console.WriteLine("| needles | comparing rows, ours, µs a query | C++ kernel, µs | ours / C++ |\n|---|---|---|---|");
        foreach (var needles in new[] { 1, 8 })
        {
            var count = set.Rows.Length > 2_000_000 ? 16 : 64;
            var (ours, theirs) = (new List<double>(), new List<double>());
            for (var round = -1; round < rounds; round++)
            {
                var clock = Stopwatch.StartNew();
                var visitors = new Counter[needles];
                for (var q = 0; q < count; q += needles)
                    RowScan.Search(set.Rows, set.Queries.AsSpan(q, needles), Radius, visitors.AsSpan());
                var mine = clock.Elapsed.TotalMicroseconds / count;
                var answer = kernels.Ask(string.Create(CultureInfo.InvariantCulture, $"{needles} {count}"));
                var expected = set.Truth.Count(pair => pair.Query < count);
                if (visitors.Sum(v => v.Count) != expected || int.Parse(answer[1], CultureInfo.InvariantCulture) != expected)
                    throw new InvalidOperationException("Comparing rows did not find exactly what is there.");
                if (round < 0)
                    continue; // warms up
                ours.Add(mine);
                theirs.Add(double.Parse(answer[0], CultureInfo.InvariantCulture));
            }
            Console.WriteLine($"| {needles} | {Machine.Spread(ours)} | {Machine.Spread(theirs)} | {Machine.Spread([.. ours.Zip(theirs, (o, t) => o / t)])} |");
        }
    }

    private static void Change(HashSet set, PdqIndex index)
    {
        const int Changes = 20_000;
        var (adds, removes) = (new double[Changes], new double[Changes]);
        for (var i = 0; i < Changes; i++)
        {
            var item = new PdqIndexItem(set.Rows.Length + i, set.Queries[i % set.Queries.Length]);
            var start = Stopwatch.GetTimestamp();
            index.Apply([item], []);
            adds[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            start = Stopwatch.GetTimestamp();
            index.Apply([], [new PdqIndexItem(i, set.Rows[i])]);
            removes[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }
        Console.WriteLine($"one add: {Machine.Short(Machine.Median(adds))} µs (99 %: {Machine.Short(adds.Order().ElementAt(Changes * 99 / 100))})"
            + $"; one removal: {Machine.Short(Machine.Median(removes))} µs (99 %: {Machine.Short(removes.Order().ElementAt(Changes * 99 / 100))})");
    }

    private struct Counter : INeighbourVisitor
    {
        public int Count { get; private set; }

        public void Visit(int row, int distance) => Count++;
    }
}
