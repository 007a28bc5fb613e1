using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Decisions;

/// <summary>A decision on its way into the commit, with what the commit checks it by.</summary>
/// <param name="Decision">The decision.</param>
/// <param name="Inputs">What was decided on.</param>
/// <param name="Task">The review task that it opens; null when none.</param>
/// <param name="By">Who decides.</param>
/// <param name="Basis">What each rule rests on, by rule id.</param>
internal sealed record PendingDecision(
    Decision Decision, DecidePostRequest Inputs, ReviewTaskRecord? Task, Decider By, IReadOnlyDictionary<string, EvidenceBasis> Basis)
{
    /// <summary>The first line of the matrix of category and measure that it would cross; null when it may be committed.</summary>
    public CrossedLine? CrossedLine()
    {
        foreach (var measure in Decision.Measures)
        {
            var basis = Basis.GetValueOrDefault(measure.RuleId, EvidenceBasis.None);
            if (MeasureMatrix.Check((HarmCategory)measure.Category, (MeasureKind)measure.Kind, basis, By) is { } crossed)
            {
                return crossed;
            }
        }

        return null;
    }
}
