using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Moderation.Benchmarks.Text.Quality;
using Moderation.Testing;
using Moderation.TextClassify.Models;

namespace Moderation.Benchmarks.Text;

/// <summary>
/// Our scorer and fastText, each a process pinned to one core that reads the same file of texts and writes scores, in turns. A rate is texts over the
/// CPU time (user and kernel) beyond what the same process takes for one text, so that starting and loading count for neither.
/// </summary>
internal static class SpeedRace
{
    private const int Rounds = 5;

    // Over and over, so that warming up counts for as little as it does in a service.
    private const int Times = 4;

    public static void Run(DirectoryInfo data, DirectoryInfo work, TextWriter report)
    {
        work.Create();
        var split = PoolSplit.Read(data, verifiedLicencesOnly: false);
        var (all, one) = (Path.Combine(work.FullName, "race.txt"), Path.Combine(work.FullName, "race-one.txt"));
        string[] texts = [.. split.Test.Select(r => FastTextPeer.OneLine(r.Text))];
        File.WriteAllLines(all, Enumerable.Repeat(texts, Times).SelectMany(t => t));
        File.WriteAllLines(one, texts[..1]);
        var model = Repository.PathOf("services", "text-classify", "Host", "Models", "moderation-text-v1", "model.bin");
        var self = Environment.ProcessPath ?? throw new InvalidOperationException("There is no path to this program.");
        string[] us = Path.GetFileNameWithoutExtension(self) == "dotnet" ? [self, typeof(SpeedRace).Assembly.Location] : [self];
        var legs = new List<(string Name, Func<string, string[]> Command)>
        {
            ("ours", file => [.. us, ScoreCommand.Name, "--model", model, "--texts", file]),
        };
        if (FastTextModel(split, work) is { } peer) legs.Add(("fastText", file => [FastTextPeer.Program, "predict-prob", peer, file, "7", "0.0"]));
        var rates = legs.Select(_ => new List<double>()).ToArray();
        var (starts, peaks) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            for (var leg = 0; leg < legs.Count; leg++)
            {
                var (idle, _) = Measure(legs[leg].Command(one));
                var (busy, said) = Measure(legs[leg].Command(all));
                rates[leg].Add(Times * texts.Length / (busy - idle));
                if (leg != 0) continue;
                var numbers = said.Trim().Split(' ');
                starts.Add(double.Parse(numbers[0], CultureInfo.InvariantCulture));
                peaks.Add(double.Parse(numbers[1], CultureInfo.InvariantCulture) / 1024);
            }
        }
        report.WriteLine($"\nrace: {texts.Length:N0} texts of the test part, {Times} times over, mean {texts.Average(t => t.Length):F0} characters, one core, {Rounds} rounds in turns");
        for (var leg = 0; leg < legs.Count; leg++) report.WriteLine($"{legs[leg].Name}: {Spread(rates[leg])} texts/s of CPU time");
        if (legs.Count > 1) report.WriteLine($"ratio: {Spread([.. rates[0].Zip(rates[1], (a, b) => a / b)], "F2")}");
        report.WriteLine($"ours: first score {Spread(starts)} ms after the process began, peak memory {Spread(peaks)} MB");
    }

    private static string Spread(List<double> values, string format = "F0")
    {
        values.Sort();
        return string.Create(CultureInfo.InvariantCulture, $"{values[values.Count / 2].ToString(format, CultureInfo.InvariantCulture)} ({values[0].ToString(format, CultureInfo.InvariantCulture)}..{values[^1].ToString(format, CultureInfo.InvariantCulture)})");
    }

    /// <summary>One model for all labels (one against all), words and character runs of 3 to 5, 32 dimensions; null where fastText is missing.</summary>
    private static string? FastTextModel(PoolSplit split, DirectoryInfo work)
    {
        var model = Path.Combine(work.FullName, "race-ova.bin");
        if (File.Exists(model)) return model;
        var input = Path.Combine(work.FullName, "race-ova.txt");
        File.WriteAllLines(input, split.Train.Select(r =>
            string.Concat(Enumerable.Range(0, TextLabels.Count).Where(l => r.Has((TextLabel)l)).Select(l => $"__label__{TextLabels.Name((TextLabel)l)} ").DefaultIfEmpty("__label__none ")) + FastTextPeer.OneLine(r.Text)));
        try
        {
            // One epoch: how long it learns changes no speed.
            Measure([FastTextPeer.Program, "supervised", "-input", input, "-output", model[..^4], "-loss", "ova", "-minn", "3", "-maxn", "5", "-dim", "32", "-bucket", "1000000", "-epoch", "1", "-thread", "1", "-verbose", "0"]);
            return model;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            Console.WriteLine($"LEFT OUT: {FastTextPeer.Program}: {missing.Message}");
            return null;
        }
    }

    private static (double CpuSeconds, string Said) Measure(string[] command)
    {
        var before = ChildrenCpu();
        var start = new ProcessStartInfo("taskset", ["-c", "0", .. command]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start.");
        var said = process.StandardError.ReadToEndAsync();
        process.StandardOutput.BaseStream.CopyTo(Stream.Null);
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}: {said.Result}");
        return (ChildrenCpu() - before, said.Result);
    }

    private static double ChildrenCpu()
    {
        var usage = new long[18]; // struct rusage: user and kernel time as seconds and microseconds, then 14 numbers
        if (GetRusage(-1, usage) != 0) throw new InvalidOperationException("getrusage failed.");
        return usage[0] + usage[2] + (usage[1] + usage[3]) / 1e6;
    }

    [DllImport("libc", EntryPoint = "getrusage")]
    private static extern int GetRusage(int who, [Out] long[] usage);
}
