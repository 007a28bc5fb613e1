using Moderation.TextClassify.Language;
using Moderation.TextClassify.Normalize;

namespace Moderation.TextClassify.Detectors;

/// <summary>One way of looking at a text. Detectors are stateless and shared between calls.</summary>
public interface IDetector
{
    /// <summary>Its name in logs and metrics: lower case, no spaces.</summary>
    string Name { get; }

    /// <summary>Looks at the text and adds what it finds.</summary>
    /// <param name="text">The text, ready to read.</param>
    /// <param name="findings">Where scores and passages go.</param>
    void Run(TextUnderReview text, TextFindings findings);
}

/// <summary>A text as detectors get it.</summary>
/// <param name="Normalized">Normalised, as written.</param>
/// <param name="Anonymous">The same with user names, links and addresses replaced: what models read.</param>
/// <param name="Language">Its language, and whether models are competent in it.</param>
public sealed record TextUnderReview(NormalizedText Normalized, NormalizedText Anonymous, LanguageGuess Language)
{
    /// <summary>Prepares a submitted text.</summary>
    /// <param name="submitted">The text as sent.</param>
    /// <param name="languageHint">BCP 47 tag, or empty.</param>
    public static TextUnderReview Prepare(string submitted, string languageHint)
    {
        ArgumentNullException.ThrowIfNull(submitted);
        var normalized = TextNormalizer.Normalize(submitted);
        var anonymous = PersonalData.Replace(normalized);
        return new TextUnderReview(normalized, anonymous, LanguageIdentifier.Identify(anonymous.Text, languageHint));
    }
}
