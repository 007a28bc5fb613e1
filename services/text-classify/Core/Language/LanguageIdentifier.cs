using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Language;

/// <summary>
/// Tells the language from the script and, for Latin letters, from the most common words. It exists to let the model
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

    /// <summary>Guesses the language of a text.</summary>
    /// <param name="normalized">A normalised text with personal data replaced.</param>
    /// <param name="hint">BCP 47 tag from the caller, or empty; it decides only where the text does not.</param>
    public static LanguageGuess Identify(ReadOnlySpan<char> normalized, string hint = "")
    {
        ArgumentNullException.ThrowIfNull(hint);
        var script = ScriptMix.Dominant(normalized);
        if (script is null) return FromHint(hint, "und");
        if (script != "Latn") return FromScript(script);
        return FromWords(normalized, hint);
    }

    private static LanguageGuess FromScript(string script) => script switch
    {
        "Hans" => new("zh", true),
        "Kore" => new("ko", true),
        "Arab" => new("ar", true),
        "Aran" => new("und-Arab", false),
        "Jpan" => new("ja", false),
        "Beng" => new("bn", false),
        "Thai" => new("th", false),
        "Grek" => new("el", false),
        "Hebr" => new("he", false),
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

    private static LanguageGuess FromWords(ReadOnlySpan<char> text, string hint)
    {
        Span<float> scores = stackalloc float[CommonWords.Languages.Count];
        scores.Clear();
        var words = 0;
        for (var i = 0; i < text.Length && words < 400;)
        {
            var end = FeatureHasher.WordEnd(text, i);
            if (end == i)
            {
                i++;
                continue;
            }
            words++;
            CommonWords.Add(text[i..end], scores);
            i = end;
        }
        var best = 0;
        var bestInDomain = 0f;
        for (var i = 0; i < scores.Length; i++)
        {
            if (scores[i] > scores[best]) best = i;
            if (Domain.Contains(CommonWords.Languages[i])) bestInDomain = Math.Max(bestInDomain, scores[i]);
        }
        var language = CommonWords.Languages[best];
        if (scores[best] < 0.5f) return words >= LongWithoutEvidence && Primary(hint).Length == 0 ? new("und", false) : FromHint(hint, "und");
        if (Domain.Contains(language)) return new(language, true);
        // A quoted phrase must not silence the model: the other language has to win clearly, by two words at least.
        if (scores[best] >= 1.5f && scores[best] >= 1.5f * bestInDomain) return new(language, false);
        return FromHint(hint, bestInDomain > 0 ? "und" : words >= LongWithoutEvidence ? language : "und");
    }
}
