using System.Text;
using Moderation.TextClassify.Language;
using Moderation.TextClassify.Normalize;

namespace Moderation.Benchmarks.Fuzz;

/// <summary>
/// The normaliser and what reads its texts first: normalising twice changes nothing, work grows with the length and no faster, and each unit
/// stands for code points of the text as submitted.
/// </summary>
internal sealed class NormalizerFuzz : FuzzTarget
{
    // Six passes at most look at each unit twice, and an emoji or a ligature of Arabic becomes some thirty units.
    private const long WorkPerUnit = 300;

    private static readonly string[] Disguises =
    [
        "k i l l", "f.u.c.k", "k1ll y0urs3lf", "a$$", "раsswоrd іdіоt", "привeт", "5 µm", "noooooo!!!!", "𝐤𝐢𝐥𝐥 𝓎𝑜𝓊", "ᴋɪʟʟ", "🐍🐍🐍🔫", "❤️", "👋🏿", "🇰🇮", ":snake::snake::snake:", "\u1100\u1161\u11a8각", "か\u3099ｶﾞ",
        "ক্ষ কো", "مُحَمَّد ـــ", "я\u0336\u0336\u0336\u0336\u0336\u0336", "f#ck", "f_u_c_k", "v1.2.3", "2nd", "us$", "@bob", "bob@example.com", "\u0344\u0345\u0f71\u0f80",
    ];

    public override Task TryAsync(Random random, Action<string> describe)
    {
        var made = new StringBuilder(TextMutator.Next(random));
        for (var changes = random.Next(4); changes > 0; changes--) made.Insert(random.Next(made.Length + 1), Disguises[random.Next(Disguises.Length)]);
        var submitted = made.ToString();
        describe(submitted);
        var text = TextNormalizer.Normalize(submitted, out var work);
        Require(work <= WorkPerUnit * (submitted.Length + 1L), $"{work} units of work for {submitted.Length} units");
        Require(TextNormalizer.Normalize(text.Text).Text == text.Text, "another text when normalised again");
        var length = submitted.EnumerateRunes().Count();
        Require(text.SubmittedLength == length, $"{text.SubmittedLength} code points told of {length}");
        RequireSpans(text, length);
        var anonymous = PersonalData.Replace(text);
        RequireSpans(anonymous, length);
        Require(LanguageIdentifier.Identify(anonymous.Text).Tag.Length >= 2, "a language without a tag");
        return Task.CompletedTask;
    }

    private static void RequireSpans(NormalizedText text, int length)
    {
        Require(text.ToSubmitted(text.Text.Length, 0) == (length, length), "an end that is not the submitted text's");
        for (var i = 0; i < text.Text.Length; i++)
        {
            var (start, end) = text.ToSubmitted(i, 1);
            Require(start >= 0 && start < end && end <= length, $"unit {i} stands for {start}-{end} of {length}");
        }
    }
}
