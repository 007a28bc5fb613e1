using System.Collections.Immutable;

namespace Moderation.Enforcement;

/// <summary>The way of a rule into force. Pure: what is known and the time are arguments.</summary>
public static class RuleLifecycle
{
    /// <summary>What a rule may do. In PARTIAL it acts on the accounts of its share and observes the others.</summary>
    /// <param name="stage">Its stage.</param>
    /// <param name="isInShare">Whether the account is in its share; see <see cref="AccountShare"/>.</param>
    public static RuleEffect Effect(RuleStage stage, bool isInShare) => stage switch
    {
        RuleStage.Shadow => RuleEffect.Observe,
        RuleStage.Partial => isInShare ? RuleEffect.Act : RuleEffect.Observe,
        RuleStage.Live => RuleEffect.Act,
        RuleStage.Suspended => RuleEffect.Review,
        _ => RuleEffect.None,
    };

    /// <summary>Why a rule may not go from one stage to another; empty when it may.</summary>
    /// <param name="from">Its stage.</param>
    /// <param name="to">The stage asked for.</param>
    /// <param name="rule">What is known about it.</param>
    /// <param name="isStrict">Whether it removes or suspends.</param>
    /// <param name="gates">The settings.</param>
    /// <param name="now">The time.</param>
    public static ImmutableArray<string> Check(RuleStage from, RuleStage to, RuleRecord rule, bool isStrict, RuleGates gates, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(gates);
        if (!IsStep(from, to))
            return [$"there is no way from {from} to {to}; expected one of {string.Join(", ", Enum.GetValues<RuleStage>().Where(s => IsStep(from, s)))}"];
        // Back and out is always open: nobody may be held up who stops a rule.
        if (to is RuleStage.Draft or RuleStage.Suspended || (to < from && from != RuleStage.Suspended))
            return [];
        return [.. Missing(to, rule, isStrict, gates, now)];
    }

    /// <summary>One step forward, any step back, from SUSPENDED to where it is tried again, and to SUSPENDED from where it acts.</summary>
    private static bool IsStep(RuleStage from, RuleStage to) => (from, to) switch
    {
        (RuleStage.Partial or RuleStage.Live, RuleStage.Suspended) => true,
        (_, RuleStage.Suspended) => false,
        (RuleStage.Suspended, _) => true,
        _ => to < from || to == from + 1,
    };

    private static IEnumerable<string> Missing(RuleStage to, RuleRecord rule, bool isStrict, RuleGates gates, DateTimeOffset now)
    {
        if (!rule.Compiles)
            yield return "the document must compile";
        if (!rule.GoldenCasesHold)
            yield return "every golden case must hold";
        if (to >= RuleStage.Shadow && !rule.BacktestRead)
            yield return "a person must have read a backtest of this version";
        if (to < RuleStage.Partial)
            yield break;
        if (rule.ShadowSince is not { } since || now - since < gates.LeastShadow)
            yield return FormattableString.Invariant($"it must have been in shadow for {gates.LeastShadow.TotalHours:0.#} hours");
        if (rule.ShadowHits < gates.LeastHits)
            yield return $"it must have had {gates.LeastHits} hits in shadow, not {rule.ShadowHits}";
        if (isStrict && rule.Approvers.Count < gates.StrictApprovals)
            yield return $"a rule that removes or suspends needs {gates.StrictApprovals} approvals, not {rule.Approvers.Count}";
        if (to == RuleStage.Live && !(rule.Precision >= gates.LeastPrecision))
            yield return FormattableString.Invariant($"reviewers must have confirmed {gates.LeastPrecision:P0} of its hits");
    }
}
