using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Banks.Compact;
using Moderation.MediaHash.Hashing;

namespace Moderation.Benchmarks.Media;

/// <summary>
/// Banks in memory, their snapshot in a file, and what a start makes of it: from opening the file until the first query is answered.
/// </summary>
internal static class SnapshotLeg
{
    private const int Piece = 10_000;
    private const int Queries = 200;

    public static void Run(int[] sizes, int rounds)
    {
        Console.WriteLine("\n| entries | memory, bytes an entry: records and tables | index beside hashes | file, MB | write, s | start, s | start, CPU s | managed memory, MB | peak of the process, MB |"
            + "\n|---|---|---|---|---|---|---|---|---|");
        var path = Path.GetTempFileName();
        foreach (var size in sizes)
        {
            var (bytes, index, seconds) = Fill(size, path);
            var rows = Enumerable.Range(0, rounds).Select(_ => Start(path, size)).ToList();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {size:N0} | {bytes / (double)size:0} | {index / (double)size:0} | {new FileInfo(path).Length / 1e6:0} | {seconds:0.0} | {Machine.Spread([.. rows.Select(row => row.Seconds)])} | {Machine.Spread([.. rows.Select(row => row.CpuSeconds)])} | {rows[^1].Held / 1e6:0} | {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:0} |"));
        }
        File.Delete(path);
        Console.WriteLine($"load at the end: {Machine.Load}");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (long Bytes, long Index, double Seconds) Fill(int size, string path)
    {
        var catalogue = new BankCatalogue();
        var load = catalogue.BeginLoad();
        for (var from = 0; from < size; from += Piece)
            load.Add([.. Enumerable.Range(from, Math.Min(Piece, size - from)).Select(i => new BankChange(Entry(i).Key, Entry(i), i + 1))]);
        load.Finish();
        var clock = Stopwatch.StartNew();
        var (_, moment) = catalogue.Capture();
        using (var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
        {
            SnapshotFormat.Write(file, new SnapshotHeader("bench", size, 0, moment.Count, moment.Pictures), moment);
            file.Flush(flushToDisk: true);
        }
        return (catalogue.EntryBytes, catalogue.IndexSize.Bytes, clock.Elapsed.TotalSeconds);
    }

    // In a method of its own, so that nothing of one round lives on in the next.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (double Seconds, double CpuSeconds, long Held) Start(string path, int size)
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var cpu = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        var catalogue = new BankCatalogue();
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan))
            catalogue.Restore(SnapshotFormat.Open(file));
        _ = Match(catalogue, size / 2);
        var seconds = clock.Elapsed.TotalSeconds;
        var used = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds;
        var held = GC.GetTotalMemory(forceFullCollection: true) - before;
        Verify(catalogue, size);
        return (seconds, used, held);
    }

    private static void Verify(BankCatalogue catalogue, int size)
    {
        if (catalogue.Count != size)
            throw new InvalidOperationException($"{catalogue.Count} entries of {size}.");
        for (var i = 0; i < Queries; i++)
        {
            var number = (int)((long)i * size / Queries);
            if (catalogue.Find(Entry(number).Key) != Entry(number) || !Match(catalogue, number).Exists(match => match.Entry == Entry(number)))
                throw new InvalidOperationException($"Entry {number} is not there, or not as it was.");
        }
    }

    private static List<BankMatch> Match(BankCatalogue catalogue, int number)
    {
        var found = new List<BankMatch>();
        catalogue.Match(new MediaFingerprints("m", new ExactDigests("", "", ""), new PdqFingerprint(PdqHash.Parse(Entry(number).Value), 100), []), found);
        return found;
    }

    private static BankEntry Entry(int number)
    {
        var random = new Random(number);
        var hash = new byte[PdqHash.ByteLength];
        random.NextBytes(hash);
        return new BankEntry(
            new BankEntryKey("exchange-list", string.Create(CultureInfo.InvariantCulture, $"list:{number:x8}")), HarmCategory.FraudSpam, HashKind.Pdq,
            Convert.ToHexStringLower(hash), "an exchange list", "", "importer", DateTimeOffset.UnixEpoch.AddSeconds(number));
    }
}
