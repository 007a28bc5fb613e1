namespace Moderation.Enforcement;

/// <summary>Evaluates one rule's condition over inputs, for measuring what it takes. Whoever measures brings the clock.</summary>
public sealed class RuleTiming
{
    private readonly PolicyRule _rule;
    private PolicyVariables? _variables;

    /// <summary>For a rule.</summary>
    public RuleTiming(PolicyRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        _rule = rule;
    }

    /// <summary>Evaluates it on each input, as a decision would: not where an input that it needs is missing.</summary>
    /// <returns>How often it held.</returns>
    public int Run(IReadOnlyList<PolicyInput> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var held = 0;
        foreach (var input in inputs)
        {
            _variables ??= new PolicyVariables(input);
            _variables.Point(input);
            if ((_rule.Gate.Needs & ~PolicyInputs.Present(input)) == 0 && _rule.Condition.Evaluate(_variables, out _))
                held++;
        }
        return held;
    }
}
