using Moderation.TextClassify.Links;

namespace Moderation.Benchmarks.Fuzz;

/// <summary>The finder of links in disguise: whatever the text, its links lie in it, and what it costs grows with its length and no faster.</summary>
internal sealed class UrlFinderFuzz : FuzzTarget
{
    // Of texts made of nothing but dots and letters; memory is counted and not time, so that a busy machine finds nothing by itself.
    private const long KeysPerCharacter = 20;
    private const long BytesPerCharacter = 8_000;
    private const long FixedBytes = 1_000_000;

    /// <summary>The tables of the first call are no cost of a text.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        LinkFinder.Find("a.example xn--80ak6aa92e.example 例え。テスト аррӏе.com");
        return Task.CompletedTask;
    }

    public override Task TryAsync(Random random, Action<string> describe)
    {
        var text = TextMutator.Next(random);
        describe(text);
        var length = text.EnumerateRunes().Count();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var links = LinkFinder.Find(text);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Require(allocated <= FixedBytes + BytesPerCharacter * text.Length, $"{allocated} bytes for {text.Length} characters");
        Require(links.Sum(l => l.Keys.Count) <= KeysPerCharacter * (text.Length + 1), "more keys than the text can hold");
        foreach (var link in links)
        {
            Require(link.Start >= 0 && link.Start < link.End && link.End <= length, $"a link at {link.Start}-{link.End} of {length}");
            Require(link.Keys.Count > 0 && link.Keys.All(k => k.Length is > 0 and < 3_000), "a link without a key, or with one that is no key");
        }
        var again = LinkFinder.Find(text);
        Require(again.Count == links.Count && again.Zip(links).All(p => p.First.Start == p.Second.Start && p.First.Keys.SequenceEqual(p.Second.Keys)), "other links the second time");
        return Task.CompletedTask;
    }
}
