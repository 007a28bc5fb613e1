using System.Collections.Immutable;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.ChildSafety;
using Moderation.Enforcement.Host.Policies;
using Moderation.Enforcement.Host.Review;
using Moderation.Enforcement.Host.Standing;
using Moderation.ServiceDefaults.Redis;
using Moderation.ServiceDefaults.Telemetry;

namespace Moderation.Enforcement.Host.Decisions;

/// <summary>Turns a person's verdict into a decision, through the same commit as a rule's. It supersedes what was in force, never edits it.</summary>
internal sealed class PersonDecisionMaker(PolicyCatalogue policies, DecisionStore store, Preservations preservations, TimeProvider time)
{
    // What a person finds weighs at least this much on the ladder.
    private const int LeastSeverity = 2;

    /// <summary>The decision, as committed now or before.</summary>
    public async Task<CommitResult> DecideAsync(PersonDecision wanted)
    {
        var now = time.NowToStore();
        while (true)
        {
            var view = await ViewAsync(wanted);
            var text = Preservations.Concerns(wanted.Verdict) ? await TextAsync(wanted.About ?? view.Current, view.TaskId) : "";
            var result = await store.CommitAsync(Draft(wanted, view, text, now));
            if (result.Status != CommitStatus.Stale)
            {
                if (result.Status == CommitStatus.Committed)
                {
                    ModerationMeter.DecisionsCommitted.Add(1, new KeyValuePair<string, object?>("outcome", result.Decision!.Outcome.ToString())); // committed has one
                }

                return result;
            }
        }
    }

    /// <summary>The line of the matrix that the decision would cross now; null when it would be committed. Changes nothing.</summary>
    public async Task<CrossedLine?> CheckAsync(PersonDecision wanted) => Draft(wanted, await ViewAsync(wanted), "", time.GetUtcNow()).CrossedLine();

    private Task<PostView> ViewAsync(PersonDecision wanted)
    {
        var post = wanted.PostId.Length > 0 ? wanted.PostId : KeySpace.AccountAsPost(wanted.AccountId);
        return store.ViewAsync(wanted.TenantId, wanted.AccountId, post, wanted.About?.Decision.Revision ?? 0);
    }

    // The text lies beside the automatic decision, or came with a report.
    private async Task<string> TextAsync(DecisionRecord? about, string taskId)
    {
        foreach (var id in new[] { about?.Decision.DecisionId, about?.Verdict?.AboutDecisionId, taskId }.Where(i => !string.IsNullOrEmpty(i)))
        {
            if (await store.FindTextAsync(id!) is { Length: > 0 } text) // empty ones were left out
            {
                return text;
            }
        }

        return "";
    }

    private PendingDecision Draft(PersonDecision wanted, PostView view, string text, DateTimeOffset now)
    {
        var shard = store.ShardOf(wanted.TenantId, wanted.AccountId);
        var about = wanted.About ?? view.Current;
        var facts = FactsOf(about) ?? new Contracts.V1.PostFacts
        {
            PostId = wanted.PostId,
            AccountId = wanted.AccountId,
            Revision = Math.Max(1, view.Revision),
            AuthorLanguage = wanted.AuthorLanguage,
        };
        var basis = BasisOf(about) | (wanted.Grounds is { } grounds ? BasisOf(grounds) : EvidenceBasis.None);

        // Whatever way the person came: a decision that answers a report or an order says that there was one.
        var origin = wanted.Origin ?? (view.Task is { } task ? ReviewTasks.OriginOf(task) : null);
        var decision = new Decision
        {
            DecisionId = KeySpace.MintId('d', shard, now),
            TenantId = wanted.TenantId,
            PostId = wanted.PostId,
            AccountId = wanted.AccountId,
            Revision = about?.Decision.Revision ?? Math.Max(1, view.Revision),
            Cause = wanted.Cause,
            CreateTime = Timestamp.FromDateTimeOffset(now),
            PolicyVersion = policies.Live.Version,
            TextStatus = about?.Decision.TextStatus ?? Contracts.V1.SignalStatus.NotApplicable,
            MediaStatus = about?.Decision.MediaStatus ?? Contracts.V1.SignalStatus.NotApplicable,
            Supersedes = about?.Decision.DecisionId ?? "",
        };
        var verdict = new VerdictRecord
        {
            Person = wanted.By.Name,
            Rationale = wanted.Verdict.Rationale,
            Facts = facts,
            AboutDecisionId = about?.Decision.DecisionId ?? "",
            Basis = (int)basis,
            Source = (int)(origin?.Source ?? DetectionSource.OwnInitiative),
        };
        var change = ChangeOf(wanted, view, about, decision, facts, now);
        decision.Reasons.Add(ReasonsOf(change, wanted.Grounds ?? about));
        decision.Outcome = change.Measures.Count > 0 ? DecisionOutcome.Measures : DecisionOutcome.NoAction;
        DecisionDraft.Apply(decision, change);
        Explain(wanted with { Origin = origin }, decision, change, wanted.Grounds ?? about, facts);

        // On what a rule's measure rests, it rests still when a person lets it stand.
        var rests = change.Measures.Select(m => m.RuleId).Distinct().ToDictionary(r => r, _ => basis);
        var pending = new PendingDecision(
            new DecisionRecord { Decision = decision, Verdict = verdict, Nonce = DecisionStore.NewNonce() }, view, Decider.Person, rests)
        {
            RestsOnLedger = true,
            // An appeal against a decision that is not in force any more changes the ledger, not the post.
            TakesEffect = view.Place == RevisionPlace.Current && (about is null || about.Decision.DecisionId == view.CurrentId),
        };
        pending.Effects.AddRange(StandingLedger.Write(KeySpace.Ledger(shard, decision.TenantId, decision.AccountId), change.Writes));
        pending.Effects.AddRange(preservations.OfPerson(decision, about, facts, text, shard));
        pending.Effects.AddRange(DecisionDraft.Keep(decision, "", shard, reviewed: true, store.KeptFor(decision, reviewed: true)));
        if (view.Task is { } open && !pending.TakesEffect)
        {
            pending = pending with { OpenTaskId = open.TaskId };
        }
        else if (view.Task is { } answered)
        {
            pending.Effects.AddRange(ReviewTasks.Close(shard, answered, TaskStates.Done, decision.DecisionId));
        }

        wanted.Attach?.Invoke(pending);
        return pending;
    }

    private static LedgerChange ChangeOf(
        PersonDecision wanted, PostView view, DecisionRecord? about, Decision decision, Contracts.V1.PostFacts facts, DateTimeOffset now)
    {
        var ledger = view.Ledger ?? AccountLedger.Empty;
        if (wanted.Undoes is { } undone)
        {
            return LedgerRestore.Of(
                new LedgerChange.Entering(decision.DecisionId, decision.PostId, decision.Revision, now, Decider.Person, [], 0, facts.Fingerprint), ledger, undone);
        }

        var earlier = about is null ? null : ledger.Find(about.Decision.DecisionId);
        var challenged = wanted.Challenged is { } number ? Numbers(earlier, number) : [];
        var carried = wanted.Challenged is null or 0 || earlier is null
            ? []
            : earlier.Measures.Where((m, i) => !challenged.Contains(i + 1) && m.IsOpen(now) && !m.FromLadder);
        var measures = carried.Concat(wanted.Verdict.Measures.Select(m => new LedgerMeasure(
                m.Kind, m.Clause.Category, "", m.Clause.Id, m.End ?? EndOf(earlier, challenged, m.Kind), null, "", false, m.Feature)))
            .OrderBy(m => MeasureMatrix.IsAccountMeasure(m.Kind)).ThenByDescending(m => MeasureMatrix.Strictness(m.Kind)).ToList();
        var severity = Math.Max(LeastSeverity, about?.Decision.Reasons.Where(r => measures.Exists(m => (int)m.Category == (int)r.Category)).Select(r => r.Severity)
            .DefaultIfEmpty(0).Max() ?? 0);
        var entering = new LedgerChange.Entering(
            decision.DecisionId, decision.PostId, decision.Revision, now, Decider.Person, measures, severity, facts.Fingerprint);
        return wanted.PostId.Length == 0 && about is null
            ? LedgerChange.OfAccount(entering, ledger)
            : LedgerChange.OfPerson(
                entering, ledger, about?.Decision.DecisionId ?? "", [.. challenged.Where(n => earlier is not null && earlier.Measures[n - 1].FromLadder)]);
    }

    // What the ladder added follows its strike, unless it is appealed against by itself.
    private static int[] Numbers(LedgerEntry? entry, int number)
        => number > 0 ? [number] : entry is null ? [] : [.. Enumerable.Range(1, entry.Measures.Length).Where(n => !entry.Measures[n - 1].FromLadder)];

    // A measure that is upheld keeps its end.
    private static DateTimeOffset? EndOf(LedgerEntry? earlier, IReadOnlyCollection<int> challenged, MeasureKind kind)
        => earlier?.Measures.Where((m, i) => challenged.Contains(i + 1) && m.Kind == kind).Select(m => m.End).FirstOrDefault();

    private IEnumerable<Reason> ReasonsOf(LedgerChange change, DecisionRecord? about)
    {
        foreach (var group in change.Measures.GroupBy(m => m.ClauseId))
        {
            var category = (Contracts.V1.HarmCategory)group.First().Category;
            var before = about?.Decision.Reasons.FirstOrDefault(r => r.Category == category);
            yield return new Reason
            {
                ClauseId = group.Key,
                ClauseTitle = policies.Live.Clauses.GetValueOrDefault(group.Key)?.Title ?? before?.ClauseTitle ?? "",
                Category = category,
                Severity = before?.Severity ?? LeastSeverity,
                Code = "PERSON",
                Evidence = { before?.Evidence.Select(e => e.Clone()) ?? [] },
            };
        }
    }

    private void Explain(PersonDecision wanted, Decision decision, LedgerChange change, DecisionRecord? about, Contracts.V1.PostFacts facts)
    {
        var foundByRule = about is { Decision.Automated: true } && about.Decision.Reasons.Any(r => change.Measures.Any(m => (int)m.Category == (int)r.Category));
        var origin = wanted.Origin ?? (foundByRule ? DecisionOrigin.RuleThenPerson : DecisionOrigin.Person);
        var standing = DecisionDraft.Explain(
            decision, change, origin, facts.AuthorLanguage, policies.ClausesOf(about?.Decision), m => DecisionDraft.SubjectOf(m.Category, about?.Decision, facts),
            preservations.NoticeLimitOf);
        var restored = change.Reverted
            .Where(r => r.End is null && !change.Measures.Any(m => m.Kind == r.Measure.Kind && m.Category == r.Measure.Category))
            .Select(r => new ExplainedMeasure(r.Measure.Kind, r.Measure.Category, r.Measure.ClauseId)).ToImmutableArray();
        var strikeReverted = change.Writes.Any(w => w.Entry.Strike is { } s && s.RevertedBy == decision.DecisionId);
        if (standing?.Limit is not null || (standing is null && restored.IsEmpty))
        {
            return;
        }

        if (decision.Cause.StartsWith("appeal:", StringComparison.Ordinal))
        {
            decision.Notice = PolicyMapping.ToContract(OutcomeNotices.Appeal(standing, restored, strikeReverted, facts.AuthorLanguage));
        }
        else if (standing is null)
        {
            var cause = decision.Cause.StartsWith("withdrawal:", StringComparison.Ordinal) ? RestorationCause.Withdrawal : RestorationCause.Review;
            decision.Notice = PolicyMapping.ToContract(OutcomeNotices.Restored(cause, restored, strikeReverted, facts.AuthorLanguage));
        }
    }

    private static Contracts.V1.PostFacts? FactsOf(DecisionRecord? about) => about?.Inputs?.Facts ?? about?.Verdict?.Facts;

    private static EvidenceBasis BasisOf(DecisionRecord? about) => about switch
    {
        { Inputs: { } inputs } => PolicyMapping.BasisOf(inputs),
        { Verdict: { } verdict } => (EvidenceBasis)verdict.Basis,
        { Decision.Reasons: var reasons } when reasons.Any(r => r.Evidence.Any(e => e.Name == "media.match")) => EvidenceBasis.MediaMatch,
        _ => EvidenceBasis.PostFacts,
    };
}
