using System.Collections.Immutable;
using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Policies;

/// <summary>Policy documents as they are stored.</summary>
internal static class PolicyDocuments
{
    /// <summary>Compiles a document with what it includes.</summary>
    public static PolicyCompilation Compile(PolicyDocument document) => Compile(document, ImmutableSortedDictionary<string, double>.Empty);

    /// <summary>Compiles a document with values in place of its own thresholds.</summary>
    public static PolicyCompilation Compile(PolicyDocument document, ImmutableSortedDictionary<string, double> thresholds) => PolicyCompiler.Compile(
        document.Text,
        new PolicySources { Include = name => document.Includes.TryGetValue(name, out var text) ? text : null, Thresholds = thresholds });

    /// <summary>The state of an installation that has changed nothing yet: the file is version 1, and all its rules are in force.</summary>
    public static PolicyStateRecord Initial(CompiledPolicy file) => new()
    {
        State = new PolicyState
        {
            BaseVersion = 1,
            BaseName = file.Version,
            LastVersion = 1,
            PastVersions = { 1 },
            Rules = { file.Rules.Select(r => StateOf(r, file, 1, PolicyStage.Live)) },
        },
    };

    /// <summary>The state of a rule that has just come to a stage.</summary>
    public static PolicyRuleState StateOf(PolicyRule rule, CompiledPolicy policy, long version, PolicyStage stage) => new()
    {
        RuleId = rule.Id,
        Version = version,
        Stage = stage,
        Share = 1,
        Strict = RuleContent.IsStrict(rule),
        ContentHash = Google.Protobuf.ByteString.CopyFrom(RuleContent.HashOf(rule, policy)),
    };

    /// <summary>What decides under a state.</summary>
    /// <param name="record">The state.</param>
    /// <param name="inForce">The version in force.</param>
    /// <param name="onItsWay">The version on its way; null: none.</param>
    /// <param name="campaigns">The campaigns of the state, with what they move in these versions.</param>
    public static PolicySnapshot Snapshot(
        PolicyStateRecord record, CompiledPolicy inForce, CompiledPolicy? onItsWay, params IReadOnlyCollection<CampaignEntry> campaigns)
    {
        var state = record.State;
        var staged = StagedPolicy.Of(
            inForce, RulesOf(state, state.BaseVersion, inForce), onItsWay, onItsWay is null ? [] : RulesOf(state, state.CandidateVersion, onItsWay),
            record.ShareKey.ToByteArray());
        return new PolicySnapshot(record, staged, inForce, onItsWay, campaigns.Count == 0 ? null : new CampaignBook(staged, campaigns));
    }

    private static IEnumerable<StagedRule> RulesOf(PolicyState state, long version, CompiledPolicy policy)
    {
        var rules = policy.Rules.ToDictionary(r => r.Id, StringComparer.Ordinal);
        foreach (var rule in state.Rules.Where(r => r.Version == version))
        {
            var given = state.Overrides.FirstOrDefault(o => o.RuleId == rule.RuleId && o.Approver.Length > 0);
            yield return new StagedRule(rules[rule.RuleId], policy.Version, (RuleStage)rule.Stage, rule.Share, given is null ? null : OverrideOf(given));
        }
    }

    private static BreakerOverride OverrideOf(PolicyOverride given)
        => new([given.Proposer, given.Approver], given.Reason, given.StartTime.ToDateTimeOffset(), given.EndTime.ToDateTimeOffset());
}

/// <summary>What decides at one state version. Immutable; a decision takes one and keeps to it.</summary>
/// <param name="Record">The state.</param>
/// <param name="Staged">All rules that are evaluated, with their stages.</param>
/// <param name="Base">The version in force.</param>
/// <param name="Candidate">The version on its way; null: none.</param>
/// <param name="Campaigns">The campaigns that are open; null: none, and a decision does not look at them.</param>
internal sealed record PolicySnapshot(
    PolicyStateRecord Record, StagedPolicy Staged, CompiledPolicy Base, CompiledPolicy? Candidate, CampaignBook? Campaigns)
{
    /// <summary>Counts the changes; 0: the policy file decides.</summary>
    public long StateVersion => Record.State.StateVersion;

    /// <summary>The rules that act, each once: what platforms and people are shown as the policy.</summary>
    public IEnumerable<PolicyRule> Acting()
    {
        var acting = Staged.Rules.Where(r => r.Stage >= RuleStage.Partial).ToLookup(r => r.Rule.Id, StringComparer.Ordinal);
        // Of two with the same id the one that is in force for all: a share is a trial.
        return acting.Select(g => (g.LastOrDefault(r => r.Stage == RuleStage.Live) ?? g.First()).Rule);
    }
}
