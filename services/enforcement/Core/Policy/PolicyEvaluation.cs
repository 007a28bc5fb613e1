using Moderation.Enforcement.Cel;

namespace Moderation.Enforcement;

/// <summary>A rule whose condition had no value.</summary>
/// <param name="Rule">Its index in the policy.</param>
/// <param name="Fault">Why.</param>
public readonly record struct EvaluationFault(int Rule, CelFault Fault);

/// <summary>
/// Evaluates one policy over one input after another and allocates nothing. Says which rules fire; evidence and measures are
/// <see cref="PolicyEngine.Decide"/>'s. For one thread at a time.
/// </summary>
public sealed class PolicyEvaluation
{
    private static readonly PolicyInput Nothing = new()
    {
        Now = DateTimeOffset.UnixEpoch,
        Post = new PostFacts { TenantId = "", PostId = "", AccountId = "" },
        Text = new TextSignal { Status = SignalStatus.Unavailable },
        Media = new MediaSignal { Status = SignalStatus.Unavailable },
    };

    private readonly EvaluationPlan _plan;
    private readonly int[] _fired;
    private EvaluationFault[] _faults = [];
    private int _firedCount;
    private int _faultCount;

    /// <summary>An evaluation of a policy.</summary>
    public PolicyEvaluation(CompiledPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        _plan = policy.Plan;
        _fired = new int[policy.Rules.Length];
    }

    internal PolicyVariables Variables { get; } = new(Nothing);

    /// <summary>The inputs that the latest input had.</summary>
    internal ulong Present { get; private set; }

    /// <summary>The rules whose condition had no value for the latest input, by index; valid until the next evaluation.</summary>
    public ReadOnlySpan<EvaluationFault> Faults => _faults.AsSpan(0, _faultCount);

    /// <summary>The indexes of the rules that fire, in the order of the document; valid until the next evaluation.</summary>
    /// <param name="input">What is known. It is held until the next evaluation.</param>
    public ReadOnlySpan<int> Evaluate(PolicyInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        (_firedCount, _faultCount) = (0, 0);
        Variables.Point(input);
        var present = Present = PolicyInputs.Present(input);
        foreach (var group in _plan.Groups)
        {
            if ((present & group.Bit) == 0)
                continue;
            var score = input.Text.Scores[group.Category];
            var least = group.Least;
            var steps = group.Steps;
            for (var i = 0; i < steps.Length && i < least.Length && score >= least[i]; i++)
                Try(in steps[i], present);
        }
        var open = _plan.Open;
        for (var i = 0; i < open.Length; i++)
            Try(in open[i], present);
        if (_firedCount > 1)
            _fired.AsSpan(0, _firedCount).Sort();
        if (_faultCount > 1)
            _faults.AsSpan(0, _faultCount).Sort(static (a, b) => a.Rule.CompareTo(b.Rule));
        return _fired.AsSpan(0, _firedCount);
    }

    private void Try(in EvaluationPlan.Step step, ulong present)
    {
        // Missing evidence is not guilt: a rule that reads what could not be had does not fire.
        if ((step.Needs & ~present) != 0)
            return;
        if (step.Condition.Evaluate(Variables, out var fault))
            _fired[_firedCount++] = step.Rule;
        else if (fault.IsSet)
            Keep(new EvaluationFault(step.Rule, fault));
    }

    private void Keep(EvaluationFault fault)
    {
        if (_faultCount == _faults.Length)
            Array.Resize(ref _faults, Math.Max(8, 2 * _faultCount));
        _faults[_faultCount++] = fault;
    }
}
