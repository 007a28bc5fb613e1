using Moderation.TextClassify.Detectors;
using Moderation.TextClassify.Normalize;

namespace Moderation.TextClassify.Models;

/// <summary>
/// What each word of a text adds to a score, found by leaving it out: its contribution is the raw score of the text less that of the text
/// without it. Dearer than sharing out the features' weights, and true: taking the word away changes the score by just that.
/// </summary>
public static class TextExplanation
{
    /// <summary>Words that are left out in turn; of a longer text, those of the part that scores highest.</summary>
    private const int MaxWords = 200;

    /// <summary>The words with their contributions, of either sign, in the order of the text.</summary>
    /// <param name="model">The model.</param>
    /// <param name="text">A normalised text with personal data replaced.</param>
    /// <param name="label">The label.</param>
    public static IReadOnlyList<Passage> Words(TextModel model, NormalizedText text, TextLabel label)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(text);
        var (from, to) = ModelDetector.HighestWindow(model, text.Text, label);
        var part = text.Text.AsSpan(from..to);
        Span<float> scores = stackalloc float[TextLabels.Count];
        model.ScoreRaw(part, scores);
        var whole = scores[(int)label];
        var rest = new char[part.Length];
        var words = new List<Passage>();
        for (var i = 0; i < part.Length && words.Count < MaxWords;)
        {
            var end = FeatureHasher.WordEnd(part, i);
            if (end == i)
            {
                i++;
                continue;
            }
            // The blank after the word goes with it, as it does when somebody deletes a word.
            var next = end < part.Length && part[end] == ' ' ? end + 1 : end;
            part[..i].CopyTo(rest);
            part[next..].CopyTo(rest.AsSpan(i));
            model.ScoreRaw(rest.AsSpan(0, part.Length - (next - i)).TrimEnd(' '), scores);
            var (start, last) = text.ToSubmitted(from + i, end - i);
            words.Add(new Passage(label, start, last, whole - scores[(int)label]));
            i = end;
        }
        return words;
    }
}
