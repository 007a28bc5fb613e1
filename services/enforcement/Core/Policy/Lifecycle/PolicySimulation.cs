using System.Collections.Immutable;

namespace Moderation.Enforcement;

/// <summary>What a rule would do, over recorded inputs.</summary>
/// <param name="RuleId">The rule.</param>
/// <param name="Evaluated">Inputs on which its condition could be evaluated.</param>
/// <param name="Unevaluated">Inputs on which it could not: something that it reads was not recorded, or could not be had.</param>
/// <param name="Hits">Hits.</param>
/// <param name="HitsBefore">Hits of the rule of this id in the policy that it is compared with.</param>
/// <param name="Accounts">Accounts that it hits.</param>
/// <param name="Samples">Names of some inputs that it hits, the same for the same inputs in whatever order.</param>
public sealed record RuleImpact(
    string RuleId, long Evaluated, long Unevaluated, long Hits, long HitsBefore, long Accounts, ImmutableArray<string> Samples)
{
    /// <summary>The 95 % interval of the hit rate.</summary>
    public WilsonInterval Rate => WilsonInterval.Of(Hits, Evaluated);
}

/// <summary>Runs two policies beside each other over recorded inputs. Pure; for one thread at a time.</summary>
public sealed class PolicySimulation
{
    private readonly CompiledPolicy _before;
    private readonly CompiledPolicy _after;
    private readonly PolicyEvaluation _evaluation;
    private readonly PolicyEvaluation _evaluationBefore;
    private readonly Tally[] _tallies;
    private readonly Dictionary<string, long> _hitsBefore = new(StringComparer.Ordinal);
    private readonly HashSet<(string Tenant, string Account)> _changedAccounts = [];
    private readonly int _samples;

    /// <summary>A simulation.</summary>
    /// <param name="before">The policy in force.</param>
    /// <param name="after">The policy that is looked at, as if all its rules were in force.</param>
    /// <param name="samples">How many samples to keep for each rule.</param>
    public PolicySimulation(CompiledPolicy before, CompiledPolicy after, int samples)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        (_before, _after, _samples) = (before, after, samples);
        (_evaluation, _evaluationBefore) = (new PolicyEvaluation(after), new PolicyEvaluation(before));
        _tallies = [.. after.Rules.Select(_ => new Tally())];
    }

    /// <summary>Inputs that were run.</summary>
    public long Count { get; private set; }

    /// <summary>Inputs that come out differently: another verdict, or other measures.</summary>
    public long Changed { get; private set; }

    /// <summary>Accounts with such an input.</summary>
    public long ChangedAccounts => _changedAccounts.Count;

    /// <summary>Runs an input.</summary>
    /// <param name="input">The input.</param>
    /// <param name="name">By which it is named as a sample.</param>
    public void Add(PolicyInput input, string name)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(name);
        Count++;
        var fired = _evaluation.Evaluate(input);
        var unknown = PolicyInputs.Unknown(input);
        for (var i = 0; i < _tallies.Length; i++)
        {
            if ((_after.Rules[i].Condition.Requires & unknown) != 0)
                _tallies[i].Unevaluated++;
        }
        foreach (var index in fired)
            _tallies[index].Hit(input.Post, name, _samples);
        var firedBefore = _evaluationBefore.Evaluate(input);
        foreach (var index in firedBefore)
            _hitsBefore[_before.Rules[index].Id] = _hitsBefore.GetValueOrDefault(_before.Rules[index].Id) + 1;
        if (fired.Length + firedBefore.Length > 0 && IsChanged(input))
        {
            Changed++;
            _changedAccounts.Add((input.Post.TenantId, input.Post.AccountId));
        }
    }

    /// <summary>What each rule would do, in the order of the document.</summary>
    public ImmutableArray<RuleImpact> Rules() =>
    [
        .. _after.Rules.Select((rule, i) => new RuleImpact(
            rule.Id, Count - _tallies[i].Unevaluated, _tallies[i].Unevaluated, _tallies[i].Hits, _hitsBefore.GetValueOrDefault(rule.Id),
            _tallies[i].Accounts.Count, [.. _tallies[i].Samples.Values])),
    ];

    private bool IsChanged(PolicyInput input)
    {
        var (before, after) = (PolicyEngine.Decide(input, _before), PolicyEngine.Decide(input, _after));
        return before.Verdict != after.Verdict || !before.Measures.Select(m => (m.Kind, m.Category)).SequenceEqual(after.Measures.Select(m => (m.Kind, m.Category)));
    }

    private sealed class Tally
    {
        public long Unevaluated;
        public long Hits;
        public readonly HashSet<(string Tenant, string Account)> Accounts = [];
        public readonly SortedDictionary<ulong, string> Samples = [];

        public void Hit(PostFacts post, string name, int most)
        {
            Hits++;
            Accounts.Add((post.TenantId, post.AccountId));
            // Those with the least hash of their name: a fair choice that does not depend on the order.
            Samples.TryAdd(StableHash.Of(name), name);
            if (Samples.Count > most)
                Samples.Remove(Samples.Keys.Last());
        }
    }
}

/// <summary>FNV-1a: a hash that is the same in every process.</summary>
internal static class StableHash
{
    public static ulong Of(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var unit in text)
            hash = (hash ^ unit) * 1099511628211UL;
        hash ^= hash >> 33; // FNV's high bits are weak for short names that differ at the end
        hash *= 0xff51afd7ed558ccdUL;
        return hash ^ (hash >> 33);
    }
}
