using Moderation.TextClassify.Models;
using Moderation.TextClassify.Normalize;

namespace Moderation.TextClassify.Detectors;

/// <summary>
/// Scores with a <see cref="TextModel"/>. A long text is scored in overlapping windows and takes the highest score of each
/// label, so that an attack is not diluted by a page of padding around it.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="explain">Whether to name the passages that made a score, which costs about as much again.</param>
public sealed class ModelDetector(TextModel model, bool explain = true) : IDetector
{
    /// <summary>UTF-16 units of a window: several times a usual post, so that most are scored whole.</summary>
    internal const int Window = 500;

    private const int Step = 375;
    private const float ExplainFrom = 0.5f;
    private const int PassagesPerLabel = 5;
    private const int MaxPassages = 16;

    /// <inheritdoc />
    public string Name => "model";

    /// <inheritdoc />
    public void Run(TextUnderReview text, TextFindings findings)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(findings);
        if (!text.Language.InDomain || text.Anonymous.Text.Length == 0) return;
        var anonymous = text.Anonymous;
        Span<float> scores = stackalloc float[TextLabels.Count];
        Span<float> best = stackalloc float[TextLabels.Count];
        Span<int> bestStart = stackalloc int[TextLabels.Count];
        best.Fill(-1);
        bestStart.Clear();
        for (var start = 0; ; start += Step)
        {
            var end = Math.Min(anonymous.Text.Length, start + Window);
            model.Score(anonymous.Text.AsSpan(start..end), scores);
            for (var label = 0; label < scores.Length; label++)
            {
                if (scores[label] <= best[label]) continue;
                best[label] = scores[label];
                bestStart[label] = start;
            }
            if (end == anonymous.Text.Length) break;
        }
        for (var label = 0; label < best.Length; label++)
        {
            if (!model.IsCompetent(text.Language.Tag, (TextLabel)label)) continue;
            findings.Raise((TextLabel)label, best[label]);
            if (explain && best[label] >= ExplainFrom) findings.Add(Passages(anonymous, (TextLabel)label, bestStart[label]), MaxPassages);
        }
    }

    /// <summary>The part of a text that decides a label's score, as a range of UTF-16 units.</summary>
    internal static (int Start, int End) HighestWindow(TextModel model, string text, TextLabel label)
    {
        Span<float> scores = stackalloc float[TextLabels.Count];
        var (best, at) = (float.NegativeInfinity, 0);
        for (var start = 0; ; start += Step)
        {
            var end = Math.Min(text.Length, start + Window);
            model.ScoreRaw(text.AsSpan(start..end), scores);
            if (scores[(int)label] > best) (best, at) = (scores[(int)label], start);
            if (end == text.Length) return (at, Math.Min(text.Length, at + Window));
        }
    }

    private IEnumerable<Passage> Passages(NormalizedText text, TextLabel label, int start)
    {
        var end = Math.Min(text.Text.Length, start + Window);
        return Explanation.Words(model, text.Text.AsSpan(start..end), label)
            .OrderByDescending(w => w.Contribution).Take(PassagesPerLabel)
            .Select(w =>
            {
                var (first, last) = text.ToSubmitted(start + w.Start, w.Length);
                return new Passage(label, first, last, w.Contribution);
            });
    }
}
