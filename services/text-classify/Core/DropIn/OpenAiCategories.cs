using Moderation.TextClassify.Detectors;
using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.DropIn;

/// <summary>A category of OpenAI's moderation API.</summary>
/// <param name="Name">Its name on the wire.</param>
/// <param name="Labels">The labels that must all hold: its score is the lowest of theirs. Empty: it is never scored here.</param>
public sealed record OpenAiCategory(string Name, params TextLabel[] Labels);

/// <summary>
/// The categories of OpenAI's moderation API and what they rest on here. Those without a label of ours are false and 0 in every answer and
/// apply to no input: intent and instructions of self-harm are one label with us, instructions for crimes and pictures of wounds have none,
/// and what is sexual about minors is a matter for hash lists and people, never for a score.
/// </summary>
public static class OpenAiCategories
{
    /// <summary>All of them, in that API's order.</summary>
    public static IReadOnlyList<OpenAiCategory> All { get; } =
    [
        new("harassment", TextLabel.Harassment),
        new("harassment/threatening", TextLabel.Harassment, TextLabel.Violence),
        new("sexual", TextLabel.Sexual),
        new("hate", TextLabel.Hate),
        new("hate/threatening", TextLabel.Hate, TextLabel.Violence),
        new("illicit"),
        new("illicit/violent"),
        new("self-harm/intent"),
        new("self-harm/instructions"),
        new("self-harm", TextLabel.SelfHarm),
        new("sexual/minors"),
        new("violence", TextLabel.Violence),
        new("violence/graphic"),
    ];

    /// <summary>The score of a category, 0 to 1; null where it is not scored, or not in the text's language.</summary>
    public static float? Score(OpenAiCategory category, TextFindings findings)
    {
        ArgumentNullException.ThrowIfNull(category);
        ArgumentNullException.ThrowIfNull(findings);
        float? lowest = null;
        foreach (var label in category.Labels)
        {
            if (!findings.HasScore(label)) return null;
            lowest = Math.Min(lowest ?? 1, findings.Scores[(int)label]);
        }
        return lowest;
    }
}
