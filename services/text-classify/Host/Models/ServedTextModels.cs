using Moderation.TextClassify.Detectors;
using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Host.Models;

/// <summary>The models that this replica scores with. What is live changes between two texts, never within one.</summary>
internal sealed class ServedTextModels
{
    private volatile Served? _served;

    private sealed record Served(IServedTextModel Live, IReadOnlyList<IServedTextModel> Shadows, HashedTextModel Hashed, TextModel Attributes);

    /// <summary>Whether there is a model yet.</summary>
    public bool IsLoaded => _served is not null;

    /// <summary>The one whose scores are the signals.</summary>
    public IServedTextModel Live => Required.Live;

    /// <summary>Those whose scores are counted and not used.</summary>
    public IReadOnlyList<IServedTextModel> Shadows => Required.Shadows;

    /// <summary>The live model where it is of our own kind, else the one of the setting: the attribute endpoints can use no other.</summary>
    public TextModel Hashed => Required.Hashed.Model;

    /// <summary>The attribute model, which only the drop-in endpoints use.</summary>
    public TextModel Attributes => Required.Attributes;

    private Served Required => _served ?? throw new InvalidOperationException("The text model is not loaded yet.");

    /// <summary>Scores a text with the live model.</summary>
    public async ValueTask<(ScoringOutcome Outcome, IServedTextModel Model)> ScoreAsync(
        TextUnderReview text, string submitted, bool passages, TextFindings findings, CancellationToken cancellationToken)
    {
        while (true)
        {
            var live = Live;
            var outcome = await live.ScoreAsync(text, submitted, passages, findings, cancellationToken);
            if (outcome != ScoringOutcome.Retired) return (outcome, live);
        }
    }

    /// <summary>What each word adds to a label's log-odds by the live model; null when it could not be asked.</summary>
    public ValueTask<IReadOnlyList<Passage>?> ExplainAsync(TextUnderReview text, string submitted, TextLabel label, CancellationToken cancellationToken) =>
        Live.ExplainAsync(text, submitted, label, cancellationToken);

    /// <summary>Serves these from now on. A model that is retired may only be disposed of afterwards.</summary>
    public void Serve(IServedTextModel live, IReadOnlyList<IServedTextModel> shadows, HashedTextModel otherwise, TextModel attributes) =>
        _served = new Served(live, shadows, live as HashedTextModel ?? otherwise, attributes);
}
