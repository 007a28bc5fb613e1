using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Decisions;

/// <summary>A decision on its way into the commit, with what the commit checks it by and what changes with it.</summary>
/// <param name="Record">The decision and what it rests on.</param>
/// <param name="View">The post and the account as they were seen when it was drafted; if they have changed, it is not committed.</param>
/// <param name="By">Who decides.</param>
/// <param name="Basis">What a measure rests on, by rule id; a person's measures have an empty one.</param>
internal sealed record PendingDecision(DecisionRecord Record, PostView View, Decider By, IReadOnlyDictionary<string, EvidenceBasis> Basis)
{
    public Decision Decision => Record.Decision;

    /// <summary>It rests on the ledger: when that has changed, it must be drafted anew.</summary>
    public bool RestsOnLedger { get; init; }

    /// <summary>It becomes the decision in force; else it is recorded and changes nothing about the post.</summary>
    public bool TakesEffect { get; init; } = true;

    /// <summary>The task that is open about the post when this is committed; empty when none is.</summary>
    public string OpenTaskId { get; init; } = "";

    public List<CommitGuard> Guards { get; } = [];

    public List<CommitEffect> Effects { get; } = [];

    /// <summary>The first line of the matrix of category and measure that it would cross; null when it may be committed.</summary>
    public CrossedLine? CrossedLine()
    {
        var start = Decision.CreateTime.ToDateTimeOffset();
        foreach (var measure in Decision.Measures)
        {
            var proposed = new ProposedMeasure(
                (HarmCategory)measure.Category, (MeasureKind)measure.Kind, Basis.GetValueOrDefault(measure.RuleId, EvidenceBasis.None),
                measure.FromLadder ? Decider.Automatic : By, start, measure.EndTime?.ToDateTimeOffset(), measure.FromLadder, measure.Feature);
            if (MeasureMatrix.Check(proposed) is { } crossed)
            {
                return crossed;
            }
        }

        return null;
    }
}
