using System.Globalization;
using Moderation.TextClassify.DropIn;

namespace Moderation.TextClassify.Training;

/// <summary>
/// What the pool's own labels say about Perspective's attributes. Only sources that asked their annotators this very question count:
/// data sets that call every text with a dialect's words offensive are left out, since a head that learns from them learns the dialect.
/// Identity attacks, threats and sexual texts have none here: the moderation model's own labels have far more data for them.
/// </summary>
internal static class AttributeLabels
{
    private const int Toxicity = 1 << (int)PerspectiveAttribute.Toxicity;
    private const int Severe = 1 << (int)PerspectiveAttribute.SevereToxicity;
    private const int Insult = 1 << (int)PerspectiveAttribute.Insult;
    private const int Profanity = 1 << (int)PerspectiveAttribute.Profanity;

    /// <summary>The heads that are learnt.</summary>
    public const byte Heads = Toxicity | Severe | Insult | Profanity;

    /// <summary>The sources that say something about an attribute.</summary>
    public static bool Has(string source) => source is "jigsaw_furkan" or "jigsaw_sample" or "jigsaw_binary" or "civil_toxic_spans"
        or "paradetox_toxic" or "paradetox_neutral" or "wiki_cat_large" or "toldbr" or "germeval2018";

    /// <summary>The row with attributes in the place of labels; what its source did not ask is unknown.</summary>
    public static TrainingRow Read(TrainingRow row)
    {
        var (positive, known) = row.Source switch
        {
            "jigsaw_furkan" or "jigsaw_sample" => Jigsaw(row.Auxiliary),
            // One question only; a clean comment is at least not severely toxic.
            "jigsaw_binary" or "wiki_cat_large" => row.Auxiliary == "toxic" ? (Toxicity, Toxicity) : (0, Toxicity | Severe),
            "civil_toxic_spans" => CivilComments(row.Auxiliary),
            "paradetox_toxic" => (Toxicity, Toxicity),
            "paradetox_neutral" => (0, Toxicity | Severe | Profanity), // rewritten so that it is neither
            "toldbr" => Toldbr(row.Auxiliary),
            "germeval2018" => Germeval(row.Auxiliary),
            _ => (0, 0),
        };
        return row with { Positive = (byte)positive, Known = (byte)known };
    }

    private static (int Positive, int Known) Jigsaw(string labels)
    {
        var positive = 0;
        foreach (var label in labels.Split('|'))
        {
            positive |= label switch
            {
                "toxic" => Toxicity,
                "severe_toxic" => Toxicity | Severe,
                "obscene" => Profanity,
                "insult" => Insult,
                _ => 0,
            };
        }
        return (positive, Heads);
    }

    // Every text of the source is toxic; a count says how many of its annotators named the kind. One alone is no agreement.
    private static (int Positive, int Known) CivilComments(string counts)
    {
        var (insult, profane) = (Count(counts, "Insult"), Count(counts, "Profane/Obscene"));
        return (
            Toxicity | (insult >= 2 ? Insult : 0) | (profane >= 2 ? Profanity : 0),
            Toxicity | (insult != 1 ? Insult : 0) | (profane != 1 ? Profanity : 0));
    }

    // Of three annotators each; two make a label.
    private static (int Positive, int Known) Toldbr(string counts)
    {
        var (insult, obscene) = (Count(counts, "insult"), Count(counts, "obscene"));
        var most = counts.Length == 0 ? 0 : counts.Split('|').Max(c => Count(c, c.Split('=')[0]));
        return (
            (most >= 2 ? Toxicity : 0) | (insult >= 2 ? Insult : 0) | (obscene >= 2 ? Profanity : 0),
            (most != 1 ? Toxicity : 0) | (insult != 1 ? Insult : 0) | (obscene != 1 ? Profanity : 0));
    }

    private static (int Positive, int Known) Germeval(string label) => label switch
    {
        "OTHER" => (0, Toxicity | Insult),
        "INSULT" => (Toxicity | Insult, Toxicity | Insult),
        "ABUSE" or "PROFANITY" => (Toxicity, Toxicity),
        _ => (0, 0),
    };

    private static int Count(string counts, string label)
    {
        foreach (var part in counts.Split('|'))
            if (part.StartsWith(label + "=", StringComparison.Ordinal) && int.TryParse(part.AsSpan(label.Length + 1), CultureInfo.InvariantCulture, out var count))
                return count;
        return 0;
    }
}
