using Moderation.TextClassify.Detectors;
using Moderation.TextClassify.Models;

namespace Moderation.TextClassify.Host.Models;

/// <summary>A model of our own kind. It answers at once and holds nothing but memory.</summary>
internal sealed class HashedTextModel(string modelId, ModelFolder folder) : IServedTextModel
{
    private readonly ModelDetector _explaining = new(folder.Model);
    private readonly ModelDetector _scoring = new(folder.Model, explain: false);

    public string ModelId => modelId;

    public string Version => folder.Version;

    /// <summary>The model itself.</summary>
    public TextModel Model => folder.Model;

    public bool IsCompetent(string language, TextLabel label) => folder.Model.IsCompetent(language, label);

    public ValueTask<ScoringOutcome> ScoreAsync(TextUnderReview text, string submitted, bool passages, TextFindings findings, CancellationToken cancellationToken)
    {
        (passages ? _explaining : _scoring).Run(text, findings);
        return ValueTask.FromResult(ScoringOutcome.Done);
    }

    public ValueTask<IReadOnlyList<Passage>?> ExplainAsync(TextUnderReview text, string submitted, TextLabel label, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<Passage>?>(TextExplanation.Words(folder.Model, text.Anonymous, label));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
