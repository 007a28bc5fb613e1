using System.Collections.Immutable;

namespace Moderation.Enforcement;

/// <summary>A rule that is not the same in two policies.</summary>
/// <param name="RuleId">The rule.</param>
/// <param name="Change">What changed, such as "when: a -> b".</param>
public sealed record RuleDifference(string RuleId, string Change);

/// <summary>An input on which two policies decide differently.</summary>
/// <param name="Input">The input, by the name that it was given.</param>
/// <param name="Before">What the first says.</param>
/// <param name="After">What the second says.</param>
public sealed record DecisionDifference(string Input, string Before, string After);

/// <summary>Two policies beside each other, rule by rule and decision by decision.</summary>
public static class PolicyDifference
{
    /// <summary>The rules and thresholds that differ, by id.</summary>
    public static ImmutableArray<RuleDifference> Rules(CompiledPolicy before, CompiledPolicy after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var (old, now) = (before.Rules.ToDictionary(r => r.Id), after.Rules.ToDictionary(r => r.Id));
        var rules = old.Keys.Union(now.Keys).Order(StringComparer.Ordinal)
            .SelectMany(id => Changes(old.GetValueOrDefault(id), now.GetValueOrDefault(id)).Select(change => new RuleDifference(id, change)));
        var thresholds = before.Thresholds.Keys.Union(after.Thresholds.Keys).Order(StringComparer.Ordinal)
            .Select(name => (name, Old: before.Thresholds.GetValueOrDefault(name), Now: after.Thresholds.GetValueOrDefault(name)))
            .Where(t => t.Old != t.Now)
            .Select(t => new RuleDifference("t." + t.name, FormattableString.Invariant($"threshold: {Words(t.Old)} -> {Words(t.Now)}")));
        return [.. rules, .. thresholds];
    }

    /// <summary>The inputs on which the decisions differ.</summary>
    public static ImmutableArray<DecisionDifference> Decisions(CompiledPolicy before, CompiledPolicy after, IEnumerable<GoldenCase> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return
        [
            .. inputs.Select(i => new DecisionDifference(
                    i.Name, GoldenCases.Describe(PolicyEngine.Decide(i.Input, before)), GoldenCases.Describe(PolicyEngine.Decide(i.Input, after))))
                .Where(d => d.Before != d.After),
        ];
    }

    private static string Words(PolicyThreshold? threshold) =>
        threshold is null ? "none" : FormattableString.Invariant($"{threshold.Value} ({threshold.Least}..{threshold.Most})");

    private static IEnumerable<string> Changes(PolicyRule? old, PolicyRule? now)
    {
        if (old is null || now is null)
        {
            yield return old is null ? "added" : "removed";
            yield break;
        }
        if (old.When.Trim() != now.When.Trim())
            yield return $"when: {old.When.Trim()} -> {now.When.Trim()}";
        if (!old.Measures.SequenceEqual(now.Measures))
            yield return $"measures: {Names(old)} -> {Names(now)}";
        if (old.Severity != now.Severity)
            yield return FormattableString.Invariant($"severity: {old.Severity} -> {now.Severity}");
        if (old.Category != now.Category)
            yield return $"category: {TaxonomyNames.Of(old.Category)} -> {TaxonomyNames.Of(now.Category)}";
        if (old.Clause.Id != now.Clause.Id)
            yield return $"clause: {old.Clause.Id} -> {now.Clause.Id}";
    }

    private static string Names(PolicyRule rule) => string.Join(", ", rule.Measures.Select(TaxonomyNames.Of));
}
