using System.Diagnostics;
using System.Globalization;

namespace Moderation.Benchmarks.Text.Quality;

/// <summary>Mean average precision under each perturbation of the data's <c>attack.py</c>, as a share of the same scorer's on clean texts.</summary>
internal static class AttackTable
{
    private const double Rate = 0.3;

    public static void Run(DirectoryInfo data, PoolSplit split, IReadOnlyList<IScorer> scorers, TextWriter report)
    {
        var pairs = Pair.Of(split.Test);
        var english = pairs.Where(p => p.Language == "en").ToList();
        report.WriteLine($"\n| perturbation, rate {Rate.ToString(CultureInfo.InvariantCulture)} |{string.Concat(scorers.Select(s => $" {s.Name}, {pairs.Count} pairs | loss | {s.Name}, {english.Count} English | loss |"))}");
        report.WriteLine($"|---|{string.Concat(Enumerable.Repeat("---|", 4 * scorers.Count))}");
        var clean = new (double All, double English)[scorers.Count];
        foreach (var (attack, texts) in Perturbed(data, split))
        {
            var cells = new List<string>();
            for (var s = 0; s < scorers.Count; s++)
            {
                var scores = scorers[s].Scores(texts);
                var own = (All: pairs.Average(p => p.Precision(scores)), English: english.Average(p => p.Precision(scores)));
                if (attack == "clean") clean[s] = own;
                cells.Add(string.Create(CultureInfo.InvariantCulture,
                    $"{own.All:F3} | {1 - own.All / clean[s].All:P1} | {own.English:F3} | {1 - own.English / clean[s].English:P1}"));
            }
            report.WriteLine($"| {attack} | {string.Join(" | ", cells)} |");
        }
    }

    private static IEnumerable<(string Attack, TextSet Texts)> Perturbed(DirectoryInfo data, PoolSplit split)
    {
        var script = Path.Combine(data.FullName, "text", "attack.py");
        string[] submitted = [.. split.Test.Select(r => FastTextPeer.OneLine(r.Text))];
        yield return ("clean", TextSet.Of(submitted));
        foreach (var attack in new[] { "homoglyph", "leet", "zerowidth", "spacing", "spacedel", "typo", "mask", "style" })
        {
            var start = new ProcessStartInfo("python3", [script, "--seed", "1", "--rate", Rate.ToString(CultureInfo.InvariantCulture), "--attack", attack])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            };
            using var process = Process.Start(start) ?? throw new InvalidOperationException("python3 did not start.");
            var feeding = Task.Run(() =>
            {
                foreach (var text in submitted) process.StandardInput.WriteLine("-\t" + text);
                process.StandardInput.Close();
            });
            var texts = new List<string>(submitted.Length);
            while (process.StandardOutput.ReadLine() is { } line) texts.Add(line[(line.IndexOf("\t-\t", StringComparison.Ordinal) + 3)..]);
            feeding.GetAwaiter().GetResult();
            process.WaitForExit();
            if (texts.Count != submitted.Length) throw new InvalidDataException($"{script} answered {texts.Count} of {submitted.Length} lines.");
            yield return (attack, TextSet.Of(texts));
        }
    }
}
