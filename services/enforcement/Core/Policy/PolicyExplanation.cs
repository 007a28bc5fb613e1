using System.Collections.Immutable;
using Moderation.Enforcement.Cel;

namespace Moderation.Enforcement;

/// <summary>A part of a rule's condition and what became of it.</summary>
/// <param name="Source">The part as written; the parts are joined by &amp;&amp;.</param>
/// <param name="Value">true, false, or the fault in words.</param>
public sealed record ConditionPart(string Source, string Value);

/// <summary>Why a rule fired on an input, or did not.</summary>
/// <param name="RuleId">The rule.</param>
/// <param name="Fired">Whether it fired.</param>
/// <param name="Why">The reason in words.</param>
/// <param name="Values">The values that it read, by name.</param>
/// <param name="Parts">The parts of its condition; empty when an input was missing.</param>
public sealed record RuleExplanation(
    string RuleId, bool Fired, string Why, ImmutableArray<KeyValuePair<string, string>> Values, ImmutableArray<ConditionPart> Parts);

/// <summary>Explains decisions rule by rule. Slow, for people.</summary>
public static class PolicyExplanation
{
    /// <summary>All rules of a policy on one input, in the order of the document.</summary>
    public static ImmutableArray<RuleExplanation> Explain(PolicyInput input, CompiledPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var evaluation = new PolicyEvaluation(policy);
        var fired = evaluation.Evaluate(input).ToArray().ToHashSet();
        var faults = evaluation.Faults.ToArray().ToDictionary(f => f.Rule, f => f.Fault);
        return
        [
            .. policy.Rules.Select((rule, index) => Explain(
                rule, fired.Contains(index), faults.TryGetValue(index, out var fault) ? fault : null, evaluation)),
        ];
    }

    private static RuleExplanation Explain(PolicyRule rule, bool fired, CelFault? fault, PolicyEvaluation evaluation)
    {
        var (variables, present) = (evaluation.Variables, evaluation.Present);
        var values = rule.Evidence.Select(read => KeyValuePair.Create(
            read.Path, (read.Requires & ~present) != 0 ? "absent" : read.Read(variables).ToString()));
        var missing = PolicyInputs.Names(rule.Condition.Requires & ~present).ToList();
        var parts = missing.Count > 0 ? [] : Parts(rule.Condition, variables);
        var holds = parts.All(p => p.Value == "true");
        var why = fired ? "the condition holds"
            : missing.Count > 0 ? "could not be had: " + string.Join(", ", missing)
            : fault is { } problem ? $"no value: {problem.Describe()} at character {problem.Position + 1}"
            : holds ? $"the condition holds, and {TaxonomyNames.Of(rule.Category)} needs a match of its own kind, which is not there"
            : "false: " + string.Join("; ", parts.Where(p => p.Value != "true").Select(p => p.Source));
        return new RuleExplanation(rule.Id, fired, why, [.. values], parts);
    }

    private static ImmutableArray<ConditionPart> Parts(CelCondition<PolicyVariables> condition, PolicyVariables variables)
    {
        var (nodes, ends) = (new List<CelNode>(), new List<int>());
        Split(condition.Root);
        ends.Add(condition.Source.Length);
        var parts = ImmutableArray.CreateBuilder<ConditionPart>();
        for (var i = 0; i < nodes.Count; i++)
        {
            var start = i == 0 ? 0 : ends[i - 1] + 2;
            CelFault fault = default;
            var value = CelCompiler.Emit<PolicyVariables, bool>(nodes[i], CelType.Bool)(variables, ref fault);
            parts.Add(new ConditionPart(condition.Source[start..ends[i]].Trim(), fault.IsSet ? fault.Describe() : value ? "true" : "false"));
        }
        return parts.ToImmutable();

        void Split(CelNode node)
        {
            // Only where the && stands outside of brackets: a part must be something that one can read on its own.
            if (node is CelLogic { IsAnd: true } both && IsOutside(condition.Source, both.Position))
            {
                Split(both.Left);
                ends.Add(both.Position);
                Split(both.Right);
            }
            else
            {
                nodes.Add(node);
            }
        }
    }

    private static bool IsOutside(string source, int position)
    {
        var level = 0;
        foreach (var unit in source.AsSpan(0, position))
            level += unit is '(' or '[' or '{' ? 1 : unit is ')' or ']' or '}' ? -1 : 0;
        return level == 0;
    }
}
