using Moderation.TextClassify.Language;
using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Training;

/// <summary>
/// The labels that can be judged in a language: those with enough harmful and enough harmless texts in it. A label of
/// which a language has only one kind is learnt as "this language".
/// </summary>
internal static class LanguageCompetence
{
    private const int MinHarmful = 80;
    private const int MinHarmless = 200;
    private const int MinUnlabelled = 50;
    private const double MaxUnlabelledFlagged = 0.05;

    /// <summary>
    /// One mask of labels for each language that has any. Published rows and our own must suffice each on their own: where
    /// the harmful come from one and the harmless from the other, the label is learnt as a way of writing.
    /// </summary>
    public static SortedDictionary<string, byte> Of(params IReadOnlyList<TrainingRow>[] kinds)
    {
        var competence = new SortedDictionary<string, byte>(StringComparer.Ordinal);
        foreach (var language in kinds.SelectMany(Of))
            competence[language.Key] = (byte)(competence.GetValueOrDefault(language.Key) | language.Value);
        return competence;
    }

    /// <summary>
    /// Takes back a label that rests on our own writing where the model marks more than 5 % of the language's published
    /// texts with it that nobody annotated for it: harms of these kinds are rarer, so it has learnt the language or its street talk.
    /// </summary>
    public static SortedDictionary<string, byte> Plausible(
        SortedDictionary<string, byte> competence, SortedDictionary<string, byte> published, TextModel model, IEnumerable<TrainingRow> unfitted)
    {
        var plausible = new SortedDictionary<string, byte>(competence, StringComparer.Ordinal);
        var probabilities = new float[TextLabels.Count];
        foreach (var language in unfitted.Where(r => competence.ContainsKey(r.Language)).GroupBy(r => r.Language))
        {
            var (seen, flagged) = (new int[TextLabels.Count], new int[TextLabels.Count]);
            foreach (var row in language)
            {
                model.Score(TextModelTrainer.ModelText(row.Text), probabilities);
                for (var label = 0; label < TextLabels.Count; label++)
                {
                    if (row.Knows((TextLabel)label)) continue;
                    seen[label]++;
                    if (probabilities[label] >= 0.5f) flagged[label]++;
                }
            }
            for (var label = 0; label < TextLabels.Count; label++)
            {
                var own = (published.GetValueOrDefault(language.Key) >> label & 1) == 0;
                if (own && seen[label] >= MinUnlabelled && flagged[label] > MaxUnlabelledFlagged * seen[label])
                    plausible[language.Key] &= (byte)~(1 << label);
            }
        }
        return plausible;
    }

    private static Dictionary<string, byte> Of(IReadOnlyList<TrainingRow> rows)
    {
        var masks = new Dictionary<string, byte>(StringComparer.Ordinal);
        foreach (var language in rows.GroupBy(r => r.Language).Where(g => LanguageIdentifier.Domain.Contains(g.Key)))
        {
            var counts = new int[TextLabels.Count * 2];
            foreach (var row in language)
                for (var label = 0; label < TextLabels.Count; label++)
                    if (row.Knows((TextLabel)label)) counts[label * 2 + (row.Has((TextLabel)label) ? 1 : 0)]++;
            byte mask = 0;
            for (var label = 0; label < TextLabels.Count; label++)
                if (counts[label * 2] >= MinHarmless && counts[label * 2 + 1] >= MinHarmful) mask |= (byte)(1 << label);
            if (mask != 0) masks[language.Key] = mask;
        }
        return masks;
    }
}
