using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Effects;
using Moderation.Enforcement.Host.Standing;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Decisions;

/// <summary>The parts that a rule's and a person's decision have in common.</summary>
internal static class DecisionDraft
{
    /// <summary>Puts a ledger change into the decision: its measures with their ids, and what it takes back.</summary>
    public static void Apply(Decision decision, LedgerChange change)
    {
        foreach (var measure in change.Measures)
        {
            decision.Measures.Add(new Measure
            {
                Kind = (Contracts.V1.MeasureKind)measure.Kind,
                Category = (Contracts.V1.HarmCategory)measure.Category,
                RuleId = measure.RuleId,
                ClauseId = measure.ClauseId,
                EndTime = measure.End is { } end ? Timestamp.FromDateTimeOffset(end) : null,
                Feature = measure.Feature,
                FromLadder = measure.FromLadder,
                MeasureId = string.Create(CultureInfo.InvariantCulture, $"{decision.DecisionId}.{decision.Measures.Count + 1}"),
            });
        }

        decision.RevertedMeasures.Add(change.Reverted);
    }

    /// <summary>Writes the notice and the statement of what the decision does, where it restricts anything.</summary>
    public static void Explain(Decision decision, PolicyOutcome outcome, CompiledPolicy policy, string language, DecisionOrigin origin)
    {
        var applied = decision.Measures.Select(m => new AppliedMeasure(
            (MeasureKind)m.Kind, (HarmCategory)m.Category, m.RuleId, m.ClauseId, outcome.Severity, [m.RuleId]));
        var explained = outcome with { Measures = [.. applied] };
        if (StatementBuilder.Build(explained, policy, language, decision.CreateTime.ToDateTimeOffset(), origin) is { } statement)
        {
            decision.Statement = PolicyMapping.ToContract(statement);
            decision.Notice = PolicyMapping.ToContract(NoticeBuilder.Build(statement));
        }
    }

    /// <summary>
    /// What is kept beside a decision that restricts or is reviewed: its text, for review and appeal, where to find it by what it rests on and by
    /// its rules, and that the platform has not confirmed it yet.
    /// </summary>
    public static IEnumerable<CommitEffect> Keep(Decision decision, string text, int shard, bool reviewed, TimeSpan keep)
    {
        var (restricts, left) = (decision.Measures.Count > 0, (long)keep.TotalMilliseconds);
        if (text.Length > 0 && (restricts || reviewed))
        {
            yield return new CommitEffect("SET", KeySpace.DecisionText(shard, decision.DecisionId), text, "PX", left);
        }

        foreach (var entered in EffectStore.Enter(decision, shard))
        {
            yield return entered;
        }

        if (!restricts)
        {
            yield break;
        }

        foreach (var rule in decision.Measures.Select(m => m.RuleId).Where(r => r.Length > 0).Distinct(StringComparer.Ordinal))
        {
            var key = KeySpace.ByRule(shard, decision.TenantId, rule);
            yield return new CommitEffect("ZADD", key, decision.CreateTime.ToDateTimeOffset().ToUnixTimeMilliseconds(), KeySpace.CompactId(decision.DecisionId));
            yield return new CommitEffect("PEXPIRE", key, left);
        }

        foreach (var evidence in decision.Reasons.SelectMany(r => r.Evidence).Select(EvidenceId.Of).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            var key = KeySpace.ByEvidence(shard, evidence);
            yield return new CommitEffect("SADD", key, decision.DecisionId);
            yield return new CommitEffect("PEXPIRE", key, left);
        }
    }
}

/// <summary>What a decision rests on, as the index by evidence names it.</summary>
internal static class EvidenceId
{
    /// <summary><c>bank/entry</c> of a match, <c>claim:id</c> of a claim; null for what can't be withdrawn.</summary>
    public static string? Of(Evidence evidence)
    {
        var parts = evidence.Value.Split(' ');
        return evidence.Name switch
        {
            "media.match" => $"{Value(parts, "bank")}/{Value(parts, "entry")}",
            "claims.match" => "claim:" + Value(parts, "claim"),
            _ => null,
        };
    }

    private static string Value(string[] parts, string name)
        => parts.FirstOrDefault(p => p.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..] ?? "";
}
