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

        decision.RevertedMeasures.Add(change.Reverted.Select(r => new RevertedMeasure
        {
            MeasureId = r.Measure.MeasureId,
            Kind = (Contracts.V1.MeasureKind)r.Measure.Kind,
            EndTime = r.End is { } end ? Timestamp.FromDateTimeOffset(end) : null,
        }));
    }

    /// <summary>Writes the statement of what the decision does; null where it restricts nothing.</summary>
    /// <param name="decision">The decision, with its measures.</param>
    /// <param name="change">What it does to the ledger.</param>
    /// <param name="origin">Who found and who decided.</param>
    /// <param name="language">BCP 47 tag of the author's language.</param>
    /// <param name="clauses">The public clauses, by id.</param>
    /// <param name="subjectOf">What a measure is about.</param>
    /// <param name="limitOf">Which law, if any, delays the notice.</param>
    public static AuthorStatement? Explain(
        Decision decision, LedgerChange change, DecisionOrigin origin, string language, IReadOnlyDictionary<string, PolicyClause> clauses,
        Func<LedgerMeasure, StatementSubject> subjectOf, Func<StatementRequest, NoticeLimit?> limitOf)
    {
        if (change.Measures.Count == 0)
        {
            return null;
        }

        var request = new StatementRequest
        {
            Measures = [.. change.Measures.Select(m => new ExplainedMeasure(m.Kind, m.Category, m.ClauseId, subjectOf(m), m.End, m.Feature, m.FromLadder))],
            Origin = origin,
            DecidedAt = decision.CreateTime.ToDateTimeOffset(),
            AuthorLanguage = language,
            Strike = change is { Strike: { } strike, Step: { } step } ? new ExplainedStrike(step.Level, strike.Expiry) : null,
            AfterAppeal = decision.Cause.StartsWith("appeal:", StringComparison.Ordinal),
        };
        var statement = StatementBuilder.Build(request with { Limit = limitOf(request) }, clauses);
        decision.Statement = PolicyMapping.ToContract(statement);
        decision.Notice = PolicyMapping.ToContract(NoticeBuilder.Build(statement));
        if (statement.Limit is { } limit)
        {
            decision.Notice.NotBeforeTime = Timestamp.FromDateTimeOffset(limit.Until);
            decision.Notice.DelayGround = limit.LegalGround;
        }

        return statement;
    }

    /// <summary>What a measure against a harm is about, by what was found of that harm.</summary>
    public static StatementSubject SubjectOf(HarmCategory category, Decision? about, Contracts.V1.PostFacts? facts)
    {
        var evidence = about?.Reasons.Where(r => (int)r.Category == (int)category).SelectMany(r => r.Evidence).ToList() ?? [];
        var media = evidence.Where(e => e.MediaId.Length > 0).Select(e => (facts?.MediaIds.IndexOf(e.MediaId) ?? -1) + 1).ToList();
        return media.Count > 0 ? StatementSubject.Media(media)
            : evidence.Exists(e => e.Name == "claims.match") ? StatementSubject.Claim
            : evidence.Exists(e => e.Spans.Count > 0)
                ? StatementSubject.Text(evidence.SelectMany(e => e.Spans).Select(s => new TextSpan((HarmCategory)s.Category, s.Start, s.End)))
                : StatementSubject.Post;
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
