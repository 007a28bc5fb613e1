using System.Collections.Immutable;

namespace Moderation.Enforcement;

/// <summary>A rule with how far it has come.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="PolicyVersion">The name of the version whose rule it is.</param>
/// <param name="Stage">Its stage.</param>
/// <param name="Share">At PARTIAL: the share of accounts on which it acts.</param>
/// <param name="Override">Lets it act although a breaker has suspended it; null: none.</param>
public sealed record StagedRule(PolicyRule Rule, string PolicyVersion, RuleStage Stage, double Share = 1, BreakerOverride? Override = null);

/// <summary>
/// What decides: the rules of the version in force, and beside them those that another version on its way changes. All are evaluated in one pass;
/// the stage says what a rule that holds may do. Immutable.
/// </summary>
public sealed class StagedPolicy
{
    private readonly ImmutableArray<StagedRule> _rules;
    private readonly int[] _replacedBy;
    private readonly byte[] _shareKey;

    private StagedPolicy(CompiledPolicy policy, ImmutableArray<StagedRule> rules, int[] replacedBy, byte[] shareKey, bool isPlain)
        => (Policy, _rules, _replacedBy, _shareKey, IsPlain) = (policy, rules, replacedBy, shareKey, isPlain);

    /// <summary>All that is evaluated, under the name of the version in force.</summary>
    public CompiledPolicy Policy { get; }

    /// <summary>The rules as they are evaluated; the index is that of <see cref="CompiledPolicy.Rules"/>.</summary>
    public ImmutableArray<StagedRule> Rules => _rules;

    /// <summary>Every rule is in force for all, so the stage of none needs to be looked at.</summary>
    public bool IsPlain { get; }

    /// <summary>A policy whose rules are all in force.</summary>
    public static StagedPolicy Of(CompiledPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ImmutableArray<StagedRule> rules = [.. policy.Rules.Select(r => new StagedRule(r, policy.Version, RuleStage.Live))];
        return new StagedPolicy(policy, rules, [.. rules.Select(_ => -1)], [], isPlain: true);
    }

    /// <summary>A policy in force, and what another one changes.</summary>
    /// <param name="inForce">The version in force.</param>
    /// <param name="inForceRules">Its rules with their stages.</param>
    /// <param name="onItsWay">The version on its way; null: none.</param>
    /// <param name="changed">What it changes: rules that are new or differ, with their stages.</param>
    /// <param name="shareKey">The secret by which accounts fall into shares.</param>
    public static StagedPolicy Of(
        CompiledPolicy inForce, IEnumerable<StagedRule> inForceRules, CompiledPolicy? onItsWay, IEnumerable<StagedRule> changed, byte[] shareKey)
    {
        ArgumentNullException.ThrowIfNull(inForce);
        ArgumentNullException.ThrowIfNull(shareKey);
        ImmutableArray<StagedRule> basis = [.. inForceRules.Where(IsEvaluated)];
        ImmutableArray<StagedRule> candidates = [.. changed.Where(IsEvaluated)];
        ImmutableArray<StagedRule> all = [.. basis, .. candidates];
        var replacedBy = basis.Select(b => IndexOf(candidates, b.Rule.Id) is var i && i >= 0 ? basis.Length + i : -1).Concat(candidates.Select(_ => -1));
        var clauses = onItsWay is null ? inForce.Clauses : onItsWay.Clauses.SetItems(inForce.Clauses);
        var isPlain = candidates.IsEmpty && basis.All(r => r.Stage == RuleStage.Live);
        return new StagedPolicy(
            new CompiledPolicy(inForce.Version, clauses, [.. all.Select(r => r.Rule)], inForce.Thresholds, inForce.Constants),
            all, [.. replacedBy], shareKey, isPlain);
    }

    /// <summary>The same stages over other rules of the same ids, such as those of a campaign.</summary>
    /// <param name="rule">The rule that stands in for one; itself where nothing changes. Harm and measures must be the same.</param>
    internal StagedPolicy With(Func<StagedRule, PolicyRule> rule)
    {
        ImmutableArray<StagedRule> rules = [.. _rules.Select(r => r with { Rule = rule(r) })];
        var policy = new CompiledPolicy(Policy.Version, Policy.Clauses, [.. rules.Select(r => r.Rule)], Policy.Thresholds, Policy.Constants);
        return new StagedPolicy(policy, rules, _replacedBy, _shareKey, IsPlain);
    }

    /// <summary>What a rule that holds may do about a post.</summary>
    /// <param name="index">The rule.</param>
    /// <param name="post">The post.</param>
    /// <param name="now">The time of the decision.</param>
    public RuleEffect Effect(int index, PostFacts post, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(post);
        // Where the version on its way acts, the rule that it changes does not: nobody is judged by both.
        if (_replacedBy[index] is var next && next >= 0 && Effect(next, post, now) == RuleEffect.Act)
            return RuleEffect.None;
        var rule = _rules[index];
        var isInShare = rule.Share >= 1 || AccountShare.Contains(_shareKey, post.TenantId, post.AccountId, rule.Rule.Id, rule.Share);
        var effect = Breaker.Effect(rule.Stage, isInShare, rule.Override, now);
        // An override lets a rule act again on those on whom it acted before, and on nobody else.
        return effect == RuleEffect.Act && !isInShare ? RuleEffect.Observe : effect;
    }

    private static bool IsEvaluated(StagedRule rule) => rule.Stage >= RuleStage.Shadow;

    private static int IndexOf(ImmutableArray<StagedRule> rules, string id)
    {
        for (var i = 0; i < rules.Length; i++)
        {
            if (rules[i].Rule.Id == id)
                return i;
        }
        return -1;
    }
}
