using Moderation.TextClassify.Detectors;
using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Host.Models;

/// <summary>What became of a text that a model was asked about.</summary>
internal enum ScoringOutcome
{
    /// <summary>It was scored, or the model abstained.</summary>
    Done,

    /// <summary>There was no place in the model's queue, or not enough time.</summary>
    Unavailable,

    /// <summary>The model was switched off meanwhile: ask the one that took its place.</summary>
    Retired,
}

/// <summary>A loaded model. Shared between calls.</summary>
internal interface IServedTextModel : IAsyncDisposable
{
    /// <summary>The name of its folder.</summary>
    string ModelId { get; }

    /// <summary>Its name and the start of its hash, such as "moderation-text-v1@1f3a9c0d".</summary>
    string Version { get; }

    /// <summary>Whether a label is judged in a language; elsewhere the model abstains.</summary>
    bool IsCompetent(string language, TextLabel label);

    /// <summary>Scores a text.</summary>
    /// <param name="text">The text, ready to read.</param>
    /// <param name="submitted">The same as it was sent.</param>
    /// <param name="passages">Whether to name the passages that made a score; a model may not be able to.</param>
    /// <param name="findings">Where scores go.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    ValueTask<ScoringOutcome> ScoreAsync(TextUnderReview text, string submitted, bool passages, TextFindings findings, CancellationToken cancellationToken);

    /// <summary>What each word adds to a label's log-odds, found by leaving it out; null when the model could not be asked.</summary>
    ValueTask<IReadOnlyList<Passage>?> ExplainAsync(TextUnderReview text, string submitted, TextLabel label, CancellationToken cancellationToken);
}
