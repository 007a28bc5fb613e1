using System.Diagnostics;
using Moderation.TextClassify.Lists;
using Moderation.TextClassify.Normalize;

namespace Moderation.Benchmarks.Text;

/// <summary>A million terms: how long the index takes, what it holds, and what one text costs.</summary>
internal static class TermSpeed
{
    private const int Terms = 1_000_000;
    private const int Texts = 20_000;

    public static void Run(TextWriter report)
    {
        var now = DateTimeOffset.UnixEpoch;
        var random = new Random(1);
        string Word() => string.Create(random.Next(4, 10), random, static (to, r) =>
        {
            for (var i = 0; i < to.Length; i++) to[i] = (char)('a' + r.Next(26));
        });
        var entries = Enumerable.Range(0, Terms)
            .Select(i => new TextListEntry(new TextListKey("", $"e{i}"), HarmCategory.FraudSpam, TextListKind.Term, Word() + " " + Word(), "", null, "", now)).ToArray();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();
        var index = new TextListIndex();
        index.Replace(entries);
        var built = watch.Elapsed.TotalSeconds;
        var held = (GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6;
        var texts = Enumerable.Range(0, 500).Select(_ => string.Join(' ', Enumerable.Range(0, 20).Select(_ => Word()))).Select(t => (t, TextNormalizer.Normalize(t))).ToArray();
        var hits = 0;
        watch.Restart();
        for (var i = 0; i < Texts; i++)
        {
            var (text, normalized) = texts[i % texts.Length];
            hits += index.Match(text, normalized, "", now).Count;
        }
        var each = watch.Elapsed.TotalMicroseconds / Texts;
        watch.Restart();
        index.Apply([new TextListUpdate(new TextListKey("", "new"), entries[0] with { Key = new TextListKey("", "new"), Pattern = "one more term" })]);
        report.WriteLine($"{Terms:N0} terms: index built in {built:F1} s, {held:F0} MB beside the entries; {each:F1} µs a text of {texts.Average(t => t.t.Length):F0} characters ({hits} hits); one more entry in {watch.Elapsed.TotalMilliseconds:F1} ms");
    }
}
