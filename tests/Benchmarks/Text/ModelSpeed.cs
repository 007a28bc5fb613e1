using System.Diagnostics;
using Moderation.Testing;
using Moderation.TextClassify.Detectors;
using Moderation.TextClassify.Models;

namespace Moderation.Benchmarks.Text;

/// <summary>Texts a second on one core, normalisation, language and explanations included, and what the process takes.</summary>
internal static class ModelSpeed
{
    private const int Rounds = 5;
    private const int MaxTexts = 20_000;

    public static void Run(DirectoryInfo data, TimeSpan round, TextWriter report)
    {
        var watch = Stopwatch.StartNew();
        var file = File.ReadAllBytes(Repository.PathOf("services", "text-classify", "Host", "Models", "moderation-text-v1", "model.bin"));
        var model = TextModel.Load(file);
        report.WriteLine($"model: {file.Length:N0} bytes, loaded in {watch.Elapsed.TotalMilliseconds:F0} ms");
        var all = DataFiles.Texts(data, "test");
        var step = Math.Max(1, all.Count / MaxTexts);
        var texts = Enumerable.Range(0, all.Count / step).Select(i => all[i * step]).ToArray();
        foreach (var (name, detector) in new[] { ("with passages", new ModelDetector(model)), ("scores alone", new ModelDetector(model, explain: false)) })
        {
            var rates = new List<double>();
            var allocated = 0.0;
            for (var r = 0; r <= Rounds; r++)
            {
                var (count, bytes) = (0, GC.GetAllocatedBytesForCurrentThread());
                watch.Restart();
                while (watch.Elapsed < round)
                {
                    for (var i = 0; i < 100; i++, count++) detector.Run(TextUnderReview.Prepare(texts[count % texts.Length], ""), new TextFindings());
                }
                if (r == 0) continue; // warms up
                rates.Add(count / watch.Elapsed.TotalSeconds);
                allocated = (GC.GetAllocatedBytesForCurrentThread() - bytes) / (double)count;
            }
            rates.Sort();
            report.WriteLine($"texts/s on one core, {name}: {rates[Rounds / 2]:F0} ({rates[0]:F0}..{rates[^1]:F0}), {allocated:F0} bytes allocated a text, mean {texts.Average(t => t.Length):F0} characters");
        }
    }
}
