using System.Text;

namespace Moderation.Benchmarks.Fuzz;

/// <summary>Makes texts from a small corpus by cutting, doubling, splicing and putting in what is awkward.</summary>
internal static class TextMutator
{
    private static readonly string[] Corpus =
    [
        "Win a free iPhone at hxxps://evil[.]example/u/x?y=1#z now", "evil (dot) example", "e v i l . e x a m p l e / p a t h", "www.a.example.", "user@mail.example:8080",
        "xn--80ak6aa92e.example", "аррӏе.com", "http://1.2.3.4/a", "[::1]", "ＥＶＩＬ．ｅｘａｍｐｌｅ", "例え。テスト", "a.b.c.d.e.f.g.h.i.j.k", "...", "dot dot dot", "you are a pathetic idiot",
        "y0u @re 5tup1d", "k i l l   y o u r s e l f", "Z̷̢a̸l̵g̶o̷", "😀👩‍👩‍👧‍👦🏳️‍🌈", "بِسْمِ اللَّهِ", "שָׁלוֹם", "ไทยไม่มีวรรค", "한국어 문장", "moderation-text-v1", "tenant", "scam*", "(a|b)+c{2,9}", "",
    ];

    private static readonly string[] Awkward =
    [
        "\u200b", "\u202e", "\u00ad", "\ufeff", "\u0301", "\u20dd", "\ud800", "\udc00", "\0", "\uffff", "\U0010ffff", "\ufdfa", "ß", "ŉ", "ﬃ", "İ", "ı", "：//", "[.]", "(dot)", "．", "。", "%2e", "a.bb/", "://", "@", "/", "..",
        " ", "\u3000", "\r\n", "\t", "*", "\\", "(?=x)", "{", "<", "'", "\"", "0", "-", "_",
    ];

    /// <summary>A text; most are short, some are long.</summary>
    public static string Next(Random random, int maxLength = 30_000)
    {
        var text = new StringBuilder(Pick(random, Corpus));
        for (var changes = random.Next(12); changes > 0; changes--)
        {
            var at = random.Next(text.Length + 1);
            switch (random.Next(8))
            {
                case 0: text.Insert(at, Pick(random, Awkward)); break;
                case 1: text.Insert(at, Pick(random, Corpus)); break;
                case 2: text.Remove(at, random.Next(text.Length - at + 1)); break;
                case 3: text.Insert(at, Unit(random)); break;
                case 4: text.Insert(at, Pick(random, Awkward).AsSpan().ToString().PadLeft(random.Next(1, 40), (char)random.Next(32, 0x500))); break;
                case 5: text.Insert(at, text.ToString(0, Math.Min(text.Length, random.Next(1, 64)))); break;
                case 6 when text.Length > 0: text[random.Next(text.Length)] = Unit(random); break;
                case 7 when random.Next(20) == 0: text.Insert(at, Repeated(random, maxLength)); break;
            }
        }
        return text.Length <= maxLength ? text.ToString() : text.ToString(0, maxLength);
    }

    private static string Repeated(Random random, int maxLength)
    {
        var part = Pick(random, random.Next(2) == 0 ? Awkward : Corpus);
        return part.Length == 0 ? "" : new StringBuilder().Insert(0, part, random.Next(1, maxLength / part.Length + 1)).ToString();
    }

    private static char Unit(Random random) => random.Next(3) switch
    {
        0 => (char)random.Next(0x80),
        1 => (char)random.Next(0x3000),
        _ => (char)random.Next(0x10000),
    };

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];
}
