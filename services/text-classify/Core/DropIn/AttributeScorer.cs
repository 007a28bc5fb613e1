using Moderation.TextClassify.Detectors;
using Moderation.TextClassify.Language;
using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.DropIn;

/// <summary>Scores texts for Perspective's attributes with two models. Stateless and shared between calls.</summary>
/// <param name="moderation">The moderation model.</param>
/// <param name="attributes">The attribute model.</param>
public sealed class AttributeScorer(TextModel moderation, TextModel attributes)
{
    private readonly ModelDetector _labels = new(moderation, explain: false);
    private readonly ModelDetector _attributes = new(attributes, explain: false);

    /// <summary>Whether an attribute has a value for texts in a language.</summary>
    /// <param name="attribute">The attribute.</param>
    /// <param name="language">BCP 47 primary subtag.</param>
    public bool CanJudge(PerspectiveAttribute attribute, string language) => attribute switch
    {
        PerspectiveAttribute.IdentityAttack => moderation.IsCompetent(language, TextLabel.Hate),
        PerspectiveAttribute.Threat => moderation.IsCompetent(language, TextLabel.Violence),
        PerspectiveAttribute.SexuallyExplicit => moderation.IsCompetent(language, TextLabel.Sexual),
        PerspectiveAttribute.Insult => Head(attribute, language) || moderation.IsCompetent(language, TextLabel.Harassment),
        PerspectiveAttribute.Toxicity => Head(attribute, language) || moderation.IsCompetent(language, TextLabel.Hate) || moderation.IsCompetent(language, TextLabel.Harassment),
        _ => Head(attribute, language),
    };

    /// <summary>Scores a text.</summary>
    /// <param name="text">The text as submitted.</param>
    /// <param name="language">The language it counts as.</param>
    public AttributeScores Score(string text, LanguageGuess language)
    {
        var prepared = TextUnderReview.Prepare(text, language.Tag) with { Language = language };
        var (labels, heads) = (new TextFindings(), new TextFindings());
        _labels.Run(prepared, labels);
        _attributes.Run(prepared, heads);
        return new AttributeScores(labels, heads);
    }

    private bool Head(PerspectiveAttribute attribute, string language) => attributes.IsCompetent(language, (TextLabel)(int)attribute);
}
