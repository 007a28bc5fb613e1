using System.Collections.Frozen;
using Moderation.TextClassify.Models;
using Moderation.TextClassify.Normalize;

namespace Moderation.TextClassify.Language;

/// <summary>
/// Tells the language from the script and, where languages share one, from runs of three letters and the most common words. It exists to let the model
/// abstain, so it is careful: a Latin text without evidence counts as in the domain, with the tag "und".
/// </summary>
public static class LanguageIdentifier
{
    /// <summary>
    /// Languages with training data of both kinds, harmful and clean. Bengali is not among them: the data hold attacks
    /// only, and a model that has never seen a clean Bengali text calls all of them attacks.
    /// </summary>
    public static IReadOnlyList<string> Domain { get; } = ["en", "de", "fr", "pt", "es", "fi", "zh", "ko", "ar"];

    /// <summary>A Latin text this long, in words, without one common word of a known language is in an unknown one.</summary>
    private const int LongWithoutEvidence = 25;

    /// <summary>Runs overlap, so their sum says less than its number does.</summary>
    private const float Overlap = 0.45f;

    /// <summary>A common word of one language alone counts as this much of a natural logarithm.</summary>
    private const float WordEvidence = 1.5f;

    /// <summary>What a language with a competent model is ahead of the others by: wrongly silenced costs more than wrongly judged.</summary>
    private const float DomainAhead = 1;

    private const float EnglishAhead = 2;
    /// <summary>Common words of one language, beyond which letters are not looked at.</summary>
    private const float ClearWords = 3;

    private const float MinCertainty = 0.5f;
    private const float MinForeignCertainty = 0.9f;

    /// <summary>Guesses the language of a text.</summary>
    /// <param name="normalized">A normalised text with personal data replaced.</param>
    /// <param name="hint">BCP 47 tag from the caller, or empty; it decides only where the text does not.</param>
    public static LanguageGuess Identify(ReadOnlySpan<char> normalized, string hint = "")
    {
        ArgumentNullException.ThrowIfNull(hint);
        var script = ScriptMix.Dominant(normalized);
        if (script is null) return FromHint(hint, "und");
        if (script == "Latn") return FromLatin(normalized, hint);
        return script is "Cyrl" or "Deva" or "Arab" or "Aran" ? FromRuns(normalized, script) : FromScript(script);
    }

    private static LanguageGuess FromRuns(ReadOnlySpan<char> text, string script)
    {
        var (tag, certainty) = Likeliest(text, script == "Aran" ? "Arab" : script, out _, out _);
        // Short Arabic may look like its neighbours; the letters that only they have do not lie.
        if (script == "Arab" && tag != "ar" && certainty < MinForeignCertainty) tag = "ar";
        if (script == "Aran" && tag == "ar") return new("und-Arab", false);
        return certainty < MinCertainty && script != "Arab" ? new("und-" + script, false) : new(tag, Domain.Contains(tag));
    }

    private static LanguageGuess FromScript(string script) => script switch
    {
        "Hans" => new("zh", true),
        "Kore" => new("ko", true),
        "Jpan" => new("ja", false),
        "Beng" => new("bn", false),
        "Thai" => new("th", false),
        "Grek" => new("el", false),
        "Hebr" => new("he", false),
        "Gujr" => new("gu", false),
        "Guru" => new("pa", false),
        "Taml" => new("ta", false),
        "Telu" => new("te", false),
        "Knda" => new("kn", false),
        "Mlym" => new("ml", false),
        "Sinh" => new("si", false),
        "Laoo" => new("lo", false),
        "Mymr" => new("my", false),
        "Geor" => new("ka", false),
        "Ethi" => new("am", false),
        "Khmr" => new("km", false),
        "Armn" => new("hy", false),
        _ => new("und-" + script, false),
    };

    private static LanguageGuess FromHint(string hint, string otherwise)
    {
        var tag = Primary(hint);
        return tag.Length == 0 ? new(otherwise, true) : new(tag, Domain.Contains(tag));
    }

    private static string Primary(string hint)
    {
        var end = hint.IndexOfAny(['-', '_']);
        var primary = (end < 0 ? hint : hint[..end]).ToLowerInvariant();
        return primary.Length is 2 or 3 && primary.All(char.IsAsciiLetterLower) && primary != "und" ? primary : "";
    }

    private static LanguageGuess FromLatin(ReadOnlySpan<char> text, string hint)
    {
        var (tag, certainty) = Likeliest(text, "Latn", out var foreign, out var words);
        if (Math.Max(words.Domain, words.Foreign) < 0.5f && words.Count >= LongWithoutEvidence && Primary(hint).Length == 0 && certainty < MinForeignCertainty) return new("und", false);
        if (Domain.Contains(tag)) return certainty >= MinCertainty ? new(tag, true) : FromHint(hint, "und");
        // A quoted phrase must not silence the model: the other languages have to win clearly, and not against the common words.
        return foreign >= MinForeignCertainty && words.Foreign + 1 > words.Domain ? new(tag, false) : FromHint(hint, "und");
    }

    /// <summary>A language of a script: where its sums and its words lie, and what it is ahead by.</summary>
    private readonly record struct Candidate(string Tag, int Sum, int Words, float Ahead, bool InDomain);

    private static readonly FrozenDictionary<string, Candidate[]> Candidates = LanguageProfiles.Shared.Languages
        .Select((l, i) => (l.Script, Candidate: new Candidate(
            l.Language, i, CommonWords.IndexOf(l.Language), l.Language == "en" ? EnglishAhead : Domain.Contains(l.Language) ? DomainAhead : 0, Domain.Contains(l.Language))))
        .GroupBy(c => c.Script, c => c.Candidate)
        .ToFrozenDictionary(g => g.Key, g => g.ToArray());

    private static readonly bool[] WordsInDomain = [.. CommonWords.Languages.Select(l => Domain.Contains(l))];

    /// <summary>The likeliest language of a script by runs of letters and common words, and how likely all languages without data are together.</summary>
    private static (string Tag, float Certainty) Likeliest(ReadOnlySpan<char> text, string script, out float foreign, out (int Count, float Domain, float Foreign) words)
    {
        Span<short> sums = stackalloc short[LanguageProfiles.Width];
        Span<float> common = stackalloc float[CommonWords.Languages.Count];
        common.Clear();
        var candidates = Candidates[script];
        words = script == "Latn" ? CountWords(text, common) : default;
        if (words.Domain >= ClearWords && words.Foreign <= words.Domain / 3 && Clear(common, words.Domain) is { } clear)
        {
            foreign = 0;
            return (clear, 1);
        }
        LanguageProfiles.Shared.Sum(text, sums);
        Span<float> scores = stackalloc float[candidates.Length];
        var best = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            ref readonly var candidate = ref candidates[i];
            scores[i] = Overlap / LanguageProfiles.Scale * sums[candidate.Sum] + candidate.Ahead;
            if (candidate.Words >= 0) scores[i] += WordEvidence * common[candidate.Words];
            if (scores[i] > scores[best]) best = i;
        }
        var (all, others) = (0f, 0f);
        for (var i = 0; i < scores.Length; i++)
        {
            var share = MathF.Exp(scores[i] - scores[best]);
            all += share;
            if (!candidates[i].InDomain) others += share;
        }
        foreign = others / all;
        return (candidates[best].Tag, 1 / all);
    }

    /// <summary>The language whose common words alone settle it, as in most texts of a sentence or more; null where another has half as many.</summary>
    private static string? Clear(ReadOnlySpan<float> common, float most)
    {
        string? clear = null;
        for (var i = 0; i < common.Length; i++)
        {
            if (common[i] == most) clear = CommonWords.Languages[i];
            else if (common[i] > most / 2) return null;
        }
        return clear;
    }

    private static (int Count, float Domain, float Foreign) CountWords(ReadOnlySpan<char> text, Span<float> scores)
    {
        var words = 0;
        for (var i = 0; i < text.Length && words < 400;)
        {
            var end = FeatureHasher.WordEnd(text, i);
            if (end == i)
            {
                i = Math.Max(i + 1, EmojiWords.End(text, i));
                continue;
            }
            words++;
            CommonWords.Add(text[i..end], scores);
            i = end;
        }
        var (domain, foreign) = (0f, 0f);
        for (var i = 0; i < scores.Length; i++)
        {
            if (WordsInDomain[i]) domain = Math.Max(domain, scores[i]);
            else foreign = Math.Max(foreign, scores[i]);
        }
        return (words, domain, foreign);
    }
}
