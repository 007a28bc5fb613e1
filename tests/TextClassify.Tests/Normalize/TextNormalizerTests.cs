using System.Text;
using CsCheck;
using Moderation.Benchmarks.Fuzz;
using Moderation.TextClassify.Normalize;
using Xunit;

namespace Moderation.TextClassify.Tests.Normalize;

public sealed class TextNormalizerTests
{
    [Theory]
    [InlineData("Hello   World\t\n", "hello world")]
    [InlineData("ＫＩＬＬ", "kill")]
    [InlineData("𝐤𝐢𝐥𝐥 𝓎𝑜𝓊", "kill you")]
    [InlineData("ᴋɪʟʟ", "kill")]
    [InlineData("ki\u200bl\u00adl", "kill")]
    [InlineData("\u202ekill\u202c", "kill")]
    [InlineData("k\u0336i\u0301ll", "kill")]
    [InlineData("fück", "fuck")]
    [InlineData("x\ufe7fy", "xy")] // a medial sukun is a tatweel and a short vowel, both of which go
    [InlineData("ﬁne…", "fine..")]
    [InlineData("", "")]
    [InlineData("\u200b\u200b", "")]
    public void Normalize_styledText_isPlain(string submitted, string expected) =>
        Assert.Equal(expected, TextNormalizer.Normalize(submitted).Text);

    [Theory]
    [InlineData("kіll", "kill")] // Cyrillic i
    [InlineData("раsswоrd", "password")]
    [InlineData("κill", "kill")]
    [InlineData("сосо", "сосо")] // wholly Cyrillic
    [InlineData("Привет, мир", "привет, мир")]
    [InlineData("ой", "ой")]
    [InlineData("Καλημέρα", "καλημέρα")]
    [InlineData("5 µm", "5 μm")] // the micro sign is no u
    [InlineData("привeт", "привет")] // a Latin e in a Russian word
    public void Normalize_mixedScripts_foldsOnlyWithinWords(string submitted, string expected) =>
        Assert.Equal(expected, TextNormalizer.Normalize(submitted).Text);

    [Theory]
    [InlineData("k1ll", "kill")]
    [InlineData("h3ll0", "hello")]
    [InlineData("b!tch", "bitch")]
    [InlineData("a$$", "ass")]
    [InlineData("$ex", "sex")]
    [InlineData("f#ck", "f*ck")]
    [InlineData("v1.2.3", "v1.2.3")]
    [InlineData("mp3", "mp3")]
    [InlineData("4chan", "4chan")]
    [InlineData("covid19", "covid19")]
    [InlineData("2nd", "2nd")]
    [InlineData("10:30", "10:30")]
    [InlineData("1000000", "1000000")]
    [InlineData("bob@example.com", "bob@example.com")]
    [InlineData("hi!", "hi!")]
    [InlineData("us$", "us$")]
    public void Normalize_leet_foldsInsideWordsOnly(string submitted, string expected) =>
        Assert.Equal(expected, TextNormalizer.Normalize(submitted).Text);

    [Theory]
    [InlineData("k i l l you", "kill you")]
    [InlineData("k.i.l.l", "kill")]
    [InlineData("k-i-l-l", "kill")]
    [InlineData("f_u_c_k", "fuck")]
    [InlineData("a b", "a b")]
    [InlineData("I am", "i am")]
    [InlineData("e.g.", "e.g.")]
    [InlineData("noooooo!!!!!!", "noo!!")]
    [InlineData("ハハハハ", "ハハ")]
    [InlineData("각", "각")]
    [InlineData("\u1100\u1161\u11a8", "각")]
    public void Normalize_spacingAndRepeats_areMended(string submitted, string expected) =>
        Assert.Equal(expected, TextNormalizer.Normalize(submitted).Text);

    [Theory]
    [InlineData("🔫 you", ":pistol: you")]
    [InlineData("I ❤️ it", "i :heart: it")]
    [InlineData("🐍🐍🐍🐍🐍", ":snake::snake:")]
    [InlineData("🐍 🐍 🐍", ":snake: :snake: :snake:")]
    [InlineData("👋🏿", ":waving_hand::dark_skin:")]
    [InlineData("🇰 🇮 🇱 🇱", "kill")]
    [InlineData("k1ll😀", "kill:grinning:")]
    [InlineData("1️⃣", "1")]
    public void Normalize_emoji_areWords(string submitted, string expected) =>
        Assert.Equal(expected, TextNormalizer.Normalize(submitted).Text);

    [Fact]
    public void Normalize_loneSurrogates_readAsReplacement()
    {
        var text = TextNormalizer.Normalize("a\ud800b\udc00");
        Assert.Equal("a\ufffdb\ufffd", text.Text);
        Assert.Equal(4, text.SubmittedLength);
    }

    private static readonly Gen<string> Nasty = Gen.OneOf(
        Gen.OneOf(new[] { "k", "i", "l", "L", "a", "1", "0", "$", "!", "@", "#", "*", ".", "-", "_", " ", " ", "\u200b", "\u0301", "\u0336", "\u09cd", "\u09be",
            "а", "с", "и", "й", "\u0306", "κ", "ά", "µ", "ո", "각", "\u1100", "\u1161", "\u11a8", "か", "\u3099", "ｶ", "ﾞ", "\ud800", "\udc00", "😀", "🔫", "❤", "\ufe0f", "🏿", "🇺", ":", ":snake:", "_", "𝐤", "ﷺ", "ß", "İ", "ǅ", "½",
            "¨", "ﬁ", "\u0650", "ك", "ক", "ো", "www.", "http://", "\u0345", "\u05b0", "א", "\u0fb2\u0f71\u0f80", "\u2126", "Ⅷ" }.Select(piece => Gen.Const(piece)).ToArray()),
        Gen.Char.Select(c => c.ToString()),
        Gen.Int[0x10000, 0x10FFFF].Select(char.ConvertFromUtf32)).Array[0, 24].Select(string.Concat);

    [Fact]
    public void Normalize_twice_changesNothing() => Nasty.Sample(
        s =>
        {
            var once = TextNormalizer.Normalize(s).Text;
            var twice = TextNormalizer.Normalize(once).Text;
            Assert.Equal(Escape(once), Escape(twice));
        },
        iter: 200_000);

    [Fact]
    public void Normalize_anyText_offsetsStayWithinTheText() => Nasty.Sample(
        s =>
        {
            var text = PersonalData.Replace(TextNormalizer.Normalize(s));
            var length = CodePoints(s);
            Assert.Equal(length, text.SubmittedLength);
            for (var i = 0; i < text.Text.Length; i++)
            {
                var (start, end) = text.ToSubmitted(i, 1);
                Assert.InRange(start, 0, length - 1);
                Assert.InRange(end, start + 1, length);
            }
        },
        iter: 20_000);

    [Theory]
    [InlineData("😀 you k.1.ll", "you", 2, 5)]
    [InlineData("so k i l l him", "kill", 3, 10)]
    [InlineData("\u200b\u200bk\u200bi\u200bll", "kill", 2, 8)]
    [InlineData("𝐤𝐢𝐥𝐥 me", "kill", 0, 4)]
    [InlineData("nooooooo way", "noo", 0, 8)]
    [InlineData("so 🔫🔫🔫🔫 there", ":pistol::pistol:", 3, 7)]
    [InlineData("so 🔫 there", "pistol", 3, 4)]
    public void ToSubmitted_wordOfNormalizedText_isThePassageInCodePoints(string submitted, string word, int start, int end)
    {
        var text = TextNormalizer.Normalize(submitted);
        var at = text.Text.IndexOf(word, StringComparison.Ordinal);
        Assert.True(at >= 0, text.Text);
        Assert.Equal((start, end), text.ToSubmitted(at, word.Length));
    }

    [Fact]
    public void Normalize_megabyteOfMarks_isBounded()
    {
        var submitted = "я" + new string('\u0336', 1_000_000);
        var text = TextNormalizer.Normalize(submitted, out var work);
        Assert.True(text.Text.Length <= 5, $"{text.Text.Length} units are left");
        Assert.Equal(1_000_001, text.SubmittedLength);
        Assert.True(work < 1_000, $"{work} units of work");
    }

    /// <summary>Work is counted, not time: a text sixteen times as long may cost sixteen times as much.</summary>
    [Theory]
    [InlineData("@")]
    [InlineData("a@")]
    [InlineData("1a")]
    [InlineData("a.")]
    [InlineData("аb")]
    [InlineData("k ")]
    [InlineData("ﷺ")]
    [InlineData("🐍🔫")]
    [InlineData("🐍🐍🐍")]
    [InlineData("k i l l")]
    [InlineData("k.1.l.l a$$ іdіоt noooo")]
    [InlineData("ক্ষ\u09cd\u09be")]
    public void Normalize_longHostileText_takesLinearWork(string unit)
    {
        long Work(int times)
        {
            TextNormalizer.Normalize(new StringBuilder().Insert(0, unit, times).ToString(), out var work);
            return work;
        }

        Assert.InRange(Work(16_000), 1, 16.5 * Work(1_000) + 1_000);
    }

    /// <summary>The first inputs of the benchmark's fuzzing, always the same; <c>fuzz normalizer</c> tries millions.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Normalize_madeUpTexts_keepsItsPromises(int seed)
    {
        await using var target = new NormalizerFuzz();
        Assert.Equal(2_000, await FuzzRun.RunAsync(target, seed, count: 2_000));
    }

    [Theory]
    [InlineData("hi @bob_1 look", "hi @user look")]
    [InlineData("see https://t.co/x?y=1 now", "see http now")]
    [InlineData("www.example.com", "http")]
    [InlineData("mail bob@example.com please", "mail mail please")]
    [InlineData("(@bob)", "(@user)")]
    public void Replace_namesAndAddresses_areGone(string submitted, string expected) =>
        Assert.Equal(expected, PersonalData.Replace(TextNormalizer.Normalize(submitted)).Text);

    private static int CodePoints(string s)
    {
        var count = 0;
        for (var i = 0; i < s.Length; i++, count++)
            if (char.IsHighSurrogate(s[i]) && i + 1 < s.Length && char.IsLowSurrogate(s[i + 1])) i++;
        return count;
    }

    private static string Escape(string s) => string.Concat(s.Select(c => c is >= ' ' and <= '~' ? c.ToString() : $"\\u{(int)c:x4}"));
}
