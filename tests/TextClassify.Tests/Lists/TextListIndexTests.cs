using Moderation.TextClassify.Lists;
using Moderation.TextClassify.Normalize;
using Xunit;

namespace Moderation.TextClassify.Tests.Lists;

public sealed class TextListIndexTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static TextListEntry Entry(string id, TextListKind kind, string pattern, string tenant = "", DateTimeOffset? end = null) =>
        new(new TextListKey(tenant, id), HarmCategory.FraudSpam, kind, pattern, "", end, "lead@test", Now);

    private static TextListIndex Index(params TextListEntry[] entries)
    {
        var index = new TextListIndex();
        index.Replace(entries);
        return index;
    }

    private static IReadOnlyList<TextListHit> Match(TextListIndex index, string text, string tenant = "t", DateTimeOffset? now = null) =>
        index.Match(text, TextNormalizer.Normalize(text), tenant, now ?? Now);

    private static bool Hits(TextListKind kind, string pattern, string text) => Match(Index(Entry("e", kind, pattern)), text).Count > 0;

    [Theory]
    [InlineData("scam", "a SCAM!", true)]
    [InlineData("scam", "scams", false)]
    [InlineData("scam", "a scammer", false)]
    [InlineData("ass", "a classic assistant", false)]
    [InlineData("scam*", "scammers", true)]
    [InlineData("scam*", "ascam", false)]
    [InlineData("free money", "FREE   \u200bmoney", true)]
    [InlineData("free money", "free moneybag", false)]
    [InlineData("idiot", "1d10t", true)]
    [InlineData("idiot", "i.d.i.o.t", true)]
    [InlineData("idiot", "іdіоt", true)] // Cyrillic letters
    [InlineData("idiot", "ｉｄｉｏｔ", true)]
    [InlineData("Müll", "so ein MULL", true)]
    [InlineData("傻逼", "你是傻逼吗", true)] // no blanks between words
    [InlineData("โง่", "คุณโง่มาก", true)]
    [InlineData("바보", "너는 바보 야", true)]
    [InlineData("바보", "너는 바보야", false)] // a particle makes another word ...
    [InlineData("바보*", "너는 바보야", false)] // ... and two letters are too few for an open end
    [InlineData("💰", "get 💰 now", true)]
    public void Match_term_asAWordOfItsOwn(string term, string text, bool expected)
    {
        var index = Index(TextListRules.Check(Entry("e", TextListKind.Term, term), Now).Any() ? [] : [Entry("e", TextListKind.Term, term)]);
        Assert.Equal(expected, Match(index, text).Count > 0);
    }

    [Fact]
    public void Match_term_saysWhereInTheSubmittedText()
    {
        var hit = Assert.Single(Match(Index(Entry("e", TextListKind.Term, "idiot")), "😀 you 1d10t"));
        Assert.Equal((6, 11), (hit.Start, hit.End));
    }

    [Theory]
    [InlineData("win [0-9]+ (btc|eth)", "WIN 500 BTC", true)]
    [InlineData("win [0-9]+ (btc|eth)", "win some btc", false)]
    public void Match_regex_overTheNormalisedText(string regex, string text, bool expected) => Assert.Equal(expected, Hits(TextListKind.Regex, regex, text));

    [Theory]
    [InlineData("evil.example", "go to https://evil.example/now", true)]
    [InlineData("evil.example", "www.evil.example", true)]
    [InlineData("evil.example", "notevil.example", false)]
    [InlineData("evil.example", "evil.example.org", false)]
    [InlineData("evil.example", "hxxp://evil[.]example", true)]
    [InlineData("evil.example", "evil (dot) example", true)]
    [InlineData("evil.example", "evil dot example", true)]
    [InlineData("evil.example", "evil . example", true)]
    [InlineData("evil.example", "ｅｖｉｌ．ｅｘａｍｐｌｅ", true)]
    [InlineData("evil.example", "ev\u200bil.example", true)]
    [InlineData("evil.example", "еvіl.example", true)] // Cyrillic letters
    [InlineData("evil.example", "请看evil.example了解", true)]
    [InlineData("evil.example", "see evil.example. Next", true)]
    [InlineData("evil.example", "user@evil.example", true)]
    [InlineData("bücher.example", "xn--bcher-kva.example", true)]
    [InlineData("xn--bcher-kva.example", "http://BÜCHER.example", true)]
    [InlineData("paypal.example", "раураl.example", true)] // Cyrillic but for the last letter
    [InlineData("oo.example", "оо.example", true)] // wholly Cyrillic
    public void Match_host_throughItsDisguise(string host, string text, bool expected) => Assert.Equal(expected, Hits(TextListKind.Host, host, text));

    [Theory]
    [InlineData("files.example/u/evil", "https://files.example/u/evil", true)]
    [InlineData("files.example/u/evil", "https://files.example:8443/u/evil/x.zip?id=1", true)]
    [InlineData("files.example/u/evil", "cdn.files.example/U/Evil", true)]
    [InlineData("files.example/u/evil", "files.example/u/evilish", false)]
    [InlineData("files.example/u/evil", "files.example/u", false)]
    [InlineData("files.example/u/evil", "files.example/u/%65vil", true)]
    public void Match_link_byItsBeginning(string link, string text, bool expected) => Assert.Equal(expected, Hits(TextListKind.Link, link, text));

    [Fact]
    public void Match_entries_ofTheTenantAndTheSharedOnes()
    {
        var index = Index(Entry("s", TextListKind.Term, "scam"), Entry("a", TextListKind.Term, "scam", "acme"), Entry("b", TextListKind.Term, "scam", "other"));
        Assert.Equal(["a", "s"], Match(index, "a scam", "acme").Select(h => h.Entry.Key.EntryId));
        Assert.Equal(["s"], Match(index, "a scam", "").Select(h => h.Entry.Key.EntryId));
    }

    [Fact]
    public void Match_endedEntry_noLongerHolds()
    {
        var index = Index(Entry("e", TextListKind.Term, "scam", end: Now.AddDays(1)));
        Assert.Single(Match(index, "scam"));
        Assert.Empty(Match(index, "scam", now: Now.AddDays(1)));
    }

    [Fact]
    public void Match_manyOccurrences_isBounded() =>
        Assert.Equal(TextListIndex.MaxHits, Match(Index(Entry("e", TextListKind.Term, "spam")), string.Concat(Enumerable.Repeat("spam ham ", 500))).Count);

    [Fact]
    public void Apply_changes_showAtOnce_whateverTheirNumber()
    {
        var index = Index([.. Enumerable.Range(0, 3000).Select(i => Entry($"e{i}", TextListKind.Term, $"term{i}x"))]);
        for (var round = 0; round < 5; round++)
        {
            index.Apply([.. Enumerable.Range(0, 1000).Select(i => new TextListUpdate(new("", $"n{round}-{i}"), Entry($"n{round}-{i}", TextListKind.Term, $"new{round}q{i}x")))]);
            index.Apply([new TextListUpdate(new("", $"e{round}"), null)]);
            Assert.Single(Match(index, $"new{round}q999x"));
            Assert.Empty(Match(index, $"term{round}x"));
            Assert.Single(Match(index, "term2999x"));
        }
        Assert.Equal(7995, index.Count);
    }

    [Fact]
    public void Apply_sameIdWithAnotherPattern_replacesIt()
    {
        var index = Index(Entry("e", TextListKind.Term, "scam"));
        index.Apply([new TextListUpdate(new("", "e"), Entry("e", TextListKind.Host, "evil.example"))]);
        Assert.Empty(Match(index, "scam"));
        Assert.Single(Match(index, "evil.example"));
    }

    [Fact]
    public void Match_aMillionTerms_findsTheOneInOnePass()
    {
        var index = Index([.. Enumerable.Range(0, 1_000_000).Select(i => Entry($"e{i}", TextListKind.Term, $"code {i * 7919L % 1000003} phrase {i % 97}"))]);
        var hit = Assert.Single(Match(index, $"some words and code {123_456 * 7919L % 1000003} phrase {123_456 % 97} and more"));
        Assert.Equal("e123456", hit.Entry.Key.EntryId);
    }

    [Theory]
    [InlineData(TextListKind.Term, "", "term")]
    [InlineData(TextListKind.Term, "\u200b", "term")]
    [InlineData(TextListKind.Term, "ab*", "term")]
    [InlineData(TextListKind.Regex, "(", "regex")]
    [InlineData(TextListKind.Regex, "a*", "regex")]
    [InlineData(TextListKind.Regex, "(?=a)b", "regex")]
    [InlineData(TextListKind.Regex, @"(a)\1", "regex")]
    [InlineData(TextListKind.Host, "https://evil.example", "host")]
    [InlineData(TextListKind.Host, "localhost", "host")]
    [InlineData(TextListKind.Link, "evil.example", "link")]
    [InlineData(TextListKind.Link, "evil.example/a?b=c", "link")]
    [InlineData(TextListKind.Unspecified, "", "pattern")]
    public void Check_wrongPattern_namesTheField(TextListKind kind, string pattern, string field) =>
        Assert.Equal(field, Assert.Single(TextListRules.Check(Entry("e", kind, pattern), Now)).Field);

    [Theory]
    [InlineData(HarmCategory.Unspecified)]
    [InlineData(HarmCategory.ChildSexualExploitation)]
    [InlineData(HarmCategory.FalseClaim)]
    public void Check_categoryThatNoListMayStandFor_isRefused(HarmCategory category) =>
        Assert.Equal("category", Assert.Single(TextListRules.Check(Entry("e", TextListKind.Term, "word") with { Category = category }, Now)).Field);

    [Fact]
    public void Check_allThatIsWrong_isNamedAtOnce() => Assert.Equal(
        ["category", "term", "note", "end_time"],
        TextListRules.Check(new TextListEntry(new("", "e"), HarmCategory.Unspecified, TextListKind.Term, "", new string('n', 1001), Now, "", Now), Now).Select(e => e.Field));

    /// <summary>Far beyond what is kept beside the table of all, so that tables are merged several times.</summary>
    [Fact]
    public void Apply_manyBatchesWithRemovals_matchesWhatOneBatchOfTheRestDoes()
    {
        var random = new Random(1);
        string Word() => string.Create(random.Next(2, 9), random, static (to, r) =>
        {
            for (var i = 0; i < to.Length; i++) to[i] = (char)('a' + r.Next(12));
        });
        var entries = Enumerable.Range(0, 12_000).Select(i => Entry($"e{i}", TextListKind.Term, i % 3 == 0 ? Word() + " " + Word() : Word())).ToArray();
        var index = new TextListIndex();
        var gone = new HashSet<TextListKey>();
        foreach (var batch in entries.Chunk(1_000))
        {
            index.Apply([.. batch.Select(e => new TextListUpdate(e.Key, e))]);
            TextListKey[] removed = [.. batch.Where(_ => random.Next(4) == 0).Select(e => e.Key)];
            index.Apply([.. removed.Select(k => new TextListUpdate(k, null))]);
            gone.UnionWith(removed);
        }
        var atOnce = Index([.. entries.Where(e => !gone.Contains(e.Key))]);
        Assert.Equal(atOnce.Count, index.Count);
        var hits = 0;
        for (var i = 0; i < 300; i++)
        {
            var text = string.Join(' ', Enumerable.Range(0, 6).Select(_ => random.Next(2) == 0 ? entries[random.Next(entries.Length)].Pattern : Word()));
            var expected = Match(atOnce, text).Select(h => (h.Entry.Key, h.Start, h.End));
            Assert.Equal(expected, Match(index, text).Select(h => (h.Entry.Key, h.Start, h.End)));
            hits += expected.Count();
        }
        Assert.True(hits > 300, $"{hits} hits");
    }
}
