using System.Collections.Immutable;
using Moderation.Enforcement.Cel;

namespace Moderation.Enforcement;

/// <summary>
/// The rules in the order in which they are evaluated: those that need a high score by harm and threshold, so that one comparison skips
/// the rest of a group; then all others in the order of the document.
/// </summary>
internal sealed class EvaluationPlan
{
    public EvaluationPlan(ImmutableArray<PolicyRule> rules)
    {
        var steps = rules.Select((rule, index) => (rule.Gate, Step: new Step(rule.Condition, rule.Gate.Needs, index)));
        var gated = steps.ToLookup(s => s.Gate.Score);
        Open = [.. gated[HarmCategory.Unspecified].Select(s => s.Step)];
        Groups =
        [
            .. gated.Where(g => g.Key != HarmCategory.Unspecified).OrderBy(g => g.Key)
                .Select(g => (g.Key, Steps: g.OrderBy(s => s.Gate.Least).ToArray()))
                .Select(g => new Group(g.Key, PolicyInputs.Score(g.Key), [.. g.Steps.Select(s => s.Gate.Least)], [.. g.Steps.Select(s => s.Step)])),
        ];
    }

    /// <summary>One rule.</summary>
    /// <param name="Condition">Its condition.</param>
    /// <param name="Needs">The inputs that must be there.</param>
    /// <param name="Rule">Its index in the policy.</param>
    public readonly record struct Step(CelCondition<PolicyVariables> Condition, ulong Needs, int Rule);

    /// <summary>The rules that need a score of one harm, lowest threshold first.</summary>
    public sealed record Group(HarmCategory Category, ulong Bit, double[] Least, Step[] Steps);

    public Group[] Groups { get; }

    public Step[] Open { get; }
}
