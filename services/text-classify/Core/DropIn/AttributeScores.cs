using Moderation.TextClassify.Detectors;
using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.DropIn;

/// <summary>
/// Perspective's attributes from our scores. An attribute that cannot be judged in the text's language has no value: that API answers
/// such a request with an error, and so do we, rather than with a number to act on.
/// </summary>
public sealed class AttributeScores
{
    private readonly float?[] _values = new float?[PerspectiveAttributes.Count];

    /// <summary>Maps what the moderation model and the attribute model found in one text.</summary>
    /// <param name="labels">What the moderation model found.</param>
    /// <param name="attributes">What the attribute model found, its outputs in the order of <see cref="PerspectiveAttribute"/>.</param>
    public AttributeScores(TextFindings labels, TextFindings attributes)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(attributes);
        var (hate, harassment, violence) = (Of(labels, TextLabel.Hate), Of(labels, TextLabel.Harassment), Of(labels, TextLabel.Violence));
        this[PerspectiveAttribute.IdentityAttack] = hate;
        this[PerspectiveAttribute.Threat] = violence;
        this[PerspectiveAttribute.SexuallyExplicit] = Of(labels, TextLabel.Sexual);
        this[PerspectiveAttribute.Insult] = Of(attributes, PerspectiveAttribute.Insult) ?? harassment;
        this[PerspectiveAttribute.Profanity] = Of(attributes, PerspectiveAttribute.Profanity);
        this[PerspectiveAttribute.SevereToxicity] = Of(attributes, PerspectiveAttribute.SevereToxicity);
        // An attack for somebody's identity, a threat and an insult are toxic whether or not they are rude in tone. Violence alone
        // carries no language: there the model has learnt nothing of the everyday kinds.
        this[PerspectiveAttribute.Toxicity] = Highest(Of(attributes, PerspectiveAttribute.Toxicity), hate, harassment) is { } most
            ? Math.Max(most, violence ?? 0)
            : null;
    }

    /// <summary>The calibrated probability of an attribute, 0 to 1; null where it cannot be judged.</summary>
    public float? this[PerspectiveAttribute attribute]
    {
        get => _values[(int)attribute];
        private set => _values[(int)attribute] = value;
    }

    private static float? Of(TextFindings findings, TextLabel label) => findings.HasScore(label) ? findings.Scores[(int)label] : null;

    private static float? Of(TextFindings findings, PerspectiveAttribute attribute) => Of(findings, (TextLabel)(int)attribute);

    private static float? Highest(params ReadOnlySpan<float?> values)
    {
        float? highest = null;
        foreach (var value in values)
            if (value is { } v && !(v <= highest)) highest = v;
        return highest;
    }
}
