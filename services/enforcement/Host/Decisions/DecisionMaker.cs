using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Campaigns;
using Moderation.Enforcement.Host.ChildSafety;
using Moderation.Enforcement.Host.Lifecycle;
using Moderation.Enforcement.Host.Policies;
using Moderation.Enforcement.Host.Review;
using Moderation.Enforcement.Host.Standing;
using Moderation.ServiceDefaults.Redis;
using Moderation.ServiceDefaults.Telemetry;

namespace Moderation.Enforcement.Host.Decisions;

/// <summary>
/// Decides by the policy: in pure code, committed at the edge. Optimistic: most posts are new and their accounts are left alone, so it decides
/// as if that were so, and when the commit says otherwise it reads the post and the ledger and decides anew.
/// </summary>
internal sealed partial class DecisionMaker(
    PolicyCatalogue policies, CampaignStep campaigns, DecisionStore store, ReviewTasks tasks, Preservations preservations, PostTraceStore traces, TimeProvider time,
    ILogger<DecisionMaker> logger)
{
    /// <summary>The decision of a request, as committed now or before.</summary>
    public async Task<(Decision Decision, bool Repeated)> DecideAsync(DecidePostRequest request)
    {
        var now = time.NowToStore();
        var policy = policies.Current;
        var input = PolicyMapping.ToInput(request, now);
        var decided = policy.Campaigns is null
            ? CampaignDecision.Without(PolicyEngine.Decide(input, policy.Staged))
            : await campaigns.DecideAsync(policy, input);
        var outcome = decided.Outcome;
        foreach (var fault in outcome.Faults)
        {
            LogFault(request.Facts.PostId, outcome.PolicyVersion, fault.ToString());
        }

        var view = PostView.Unseen;
        while (true)
        {
            var result = Draft(request, policy, decided, view, now) is { } pending ? await store.CommitAsync(pending) : new CommitResult(CommitStatus.Stale, null);
            if (result.Decision is { } decision)
            {
                if (result.Status == CommitStatus.Committed && view.Current is { } earlier && decision.Supersedes == earlier.Decision.DecisionId)
                {
                    await traces.DropEarlierAsync(earlier, request.Facts.MediaIds);
                }

                if (result.Status == CommitStatus.Repeated || decision.Outcome == DecisionOutcome.Superseded)
                {
                    campaigns.GiveBack(decided.Paid);
                }

                Count(decision, result.Status == CommitStatus.Repeated);
                return (decision, result.Status == CommitStatus.Repeated);
            }

            view = await store.ViewAsync(request.TenantId, request.Facts.AccountId, request.Facts.PostId, request.Facts.Revision, withArchive: false);
        }
    }

    // Null when the ledger is needed and was not read.
    private PendingDecision? Draft(DecidePostRequest request, PolicySnapshot policy, CampaignDecision decided, PostView view, DateTimeOffset now)
    {
        var outcome = decided.Outcome;
        var shard = store.ShardOf(request.TenantId, request.Facts.AccountId);
        var decision = new Decision
        {
            DecisionId = KeySpace.MintId('d', shard, now),
            TenantId = request.TenantId,
            PostId = request.Facts.PostId,
            AccountId = request.Facts.AccountId,
            Revision = request.Facts.Revision,
            Cause = request.Cause,
            CreateTime = Timestamp.FromDateTimeOffset(now),
            PolicyVersion = outcome.PolicyVersion,
            PolicyState = policy.StateVersion,
            Automated = true,
            TextStatus = request.Text.Status,
            MediaStatus = request.Media.Status,
            Reasons = { PolicyMapping.Reasons(outcome, request) },
        };
        var pending = new PendingDecision(
            new DecisionRecord
            {
                Decision = decision,
                Inputs = WithoutText(request),
                Nonce = DecisionStore.NewNonce(),
                ShadowHits = { PolicyMapping.ShadowHits(outcome) },
                Campaigns = { decided.Uses.Select(u => u.Clone()) },
            },
            view,
            Decider.Automatic,
            outcome.Fired.GroupBy(f => f.RuleId, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Aggregate(EvidenceBasis.None, (all, f) => all | f.Basis)));
        if (view.Place == RevisionPlace.Superseded || StandsByPerson(view, request.Facts.Revision))
        {
            // A later revision is there, or a person has decided about this one: it is recorded and changes nothing.
            decision.Outcome = DecisionOutcome.Superseded;
            return pending with { TakesEffect = false, OpenTaskId = view.TaskId };
        }

        var measures = outcome.Measures.Select(m => new LedgerMeasure(m.Kind, m.Category, m.RuleId, m.ClauseId, null, null, "", false)).ToList();
        var entering = new LedgerChange.Entering(
            decision.DecisionId, decision.PostId, decision.Revision, now, Decider.Automatic, measures, outcome.Severity, request.Facts.Fingerprint);
        if (view.Ledger is null && entering.Strike is not null)
        {
            return null;
        }

        var change = LedgerChange.OfRule(entering, view.Ledger ?? AccountLedger.Empty, view.CurrentId);
        decision.Outcome = (DecisionOutcome)outcome.Verdict;
        decision.Supersedes = view.CurrentId;
        DecisionDraft.Apply(decision, change);
        DecisionDraft.Explain(
            decision, change, DecisionOrigin.Rule, request.Facts.AuthorLanguage, policy.Staged.Policy.Clauses,
            m => StatementSubject.Of(outcome.Fired.FirstOrDefault(r => r.RuleId == m.RuleId)), preservations.NoticeLimitOf);
        pending.Effects.AddRange(StandingLedger.Write(KeySpace.Ledger(shard, decision.TenantId, decision.AccountId), change.Writes));
        if (view.Task is { } before)
        {
            // It is about something that nobody can see any more.
            pending.Effects.AddRange(ReviewTasks.Close(shard, before, TaskStates.Closed, ""));
        }

        var openTask = TaskOf(outcome, request, decision, change, shard, now) ?? DrawnTask(decided, pending.Record, outcome, request, shard, now);
        if (openTask is not null)
        {
            openTask.RankBonusMs = ReviewTasks.BoostOf(decided.Touches, openTask.Category);
        }

        if (openTask is not null)
        {
            pending.Effects.AddRange(ReviewTasks.Open(shard, openTask));
        }

        pending.Effects.AddRange(RuleFigureStore.Count(shard, outcome, decision, now));
        if (pending.Record.Campaigns.Count > 0)
        {
            pending.Effects.AddRange(CampaignFigureStore.Count(shard, decision, pending.Record.Campaigns));
        }

        pending.Effects.AddRange(preservations.OfRule(decision, request, shard));
        pending.Effects.AddRange(DecisionDraft.Keep(decision, request.ReviewText, shard, openTask is not null, store.KeptFor(decision, openTask is not null)));
        return pending with { RestsOnLedger = view.Ledger is not null, OpenTaskId = openTask?.TaskId ?? "" };
    }

    private ReviewTaskRecord? TaskOf(
        PolicyOutcome outcome, DecidePostRequest request, Decision decision, LedgerChange change, int shard, DateTimeOffset now)
    {
        var category = outcome.Fired.Length > 0 ? (Contracts.V1.HarmCategory)outcome.Fired[0].Category : Contracts.V1.HarmCategory.Unspecified;
        ReviewTaskKind? kind = outcome.ReviewReasons.Any(r => r.Code == ReviewReason.Hold) ? ReviewTaskKind.Hold
            : outcome.ReviewReasons.Any(r => r.Code == ReviewReason.Rule) ? ReviewTaskKind.Rule
            : outcome.ReviewReasons.Length > 0 ? ReviewTaskKind.Signal
            : change.Step is { NeedsPerson: true } ? ReviewTaskKind.Ladder
            : null;
        if (kind is { } asked)
        {
            var task = tasks.Make(asked, decision, category, outcome.Severity, shard, now, request.Facts.Reach, request.Text.Language);
            decision.ReviewTaskId = task.TaskId;
            return task;
        }

        // The platform is not told of these either: a sample that is known to be one is none.
        if (outcome.Observed.Concat(outcome.Fired.Where(f => f.Stage == RuleStage.Partial)).FirstOrDefault() is { } tried && tasks.IsTried(decision))
        {
            var found = (Contracts.V1.HarmCategory)tried.Category;
            return tasks.Make(ReviewTaskKind.Rule, decision, found, tried.Severity, shard, now, request.Facts.Reach, request.Text.Language);
        }

        return decision.Outcome == DecisionOutcome.NoAction && tasks.IsSampled(decision)
            ? tasks.Make(ReviewTaskKind.Sample, decision, category, 0, shard, now, 0, request.Text.Language)
            : null;
    }

    // A campaign looks at posts that were left alone and at those that were acted on without a person alike, so that both can be estimated.
    private ReviewTaskRecord? DrawnTask(
        CampaignDecision decided, DecisionRecord record, PolicyOutcome outcome, DecidePostRequest request, int shard, DateTimeOffset now)
    {
        if (decided.Touches.IsEmpty)
        {
            return null;
        }

        var drawn = decided.Touches.Where(t => t.Part == CampaignPart.During && tasks.IsDrawnBy(t.Campaign, record.Decision))
            .Select(t => t.Campaign.Id).ToHashSet(StringComparer.Ordinal);
        if (drawn.Count == 0)
        {
            return null;
        }

        foreach (var use in record.Campaigns.Where(u => drawn.Contains(u.CampaignId)))
        {
            use.Sampled = true;
        }

        var category = outcome.Fired.Length > 0 ? (Contracts.V1.HarmCategory)outcome.Fired[0].Category : Contracts.V1.HarmCategory.Unspecified;
        return tasks.Make(ReviewTaskKind.Sample, record.Decision, category, 0, shard, now, 0, request.Text.Language);
    }

    private static bool StandsByPerson(PostView view, long revision) => view.Current is { Decision.Automated: false } current && current.Decision.Revision >= revision;

    private static DecidePostRequest WithoutText(DecidePostRequest request)
    {
        if (request.ReviewText.Length == 0)
        {
            return request;
        }

        var inputs = request.Clone();
        inputs.ReviewText = "";
        return inputs;
    }

    private void Count(Decision decision, bool repeated)
    {
        if (repeated)
        {
            ModerationMeter.DecisionsRepeated.Add(1);
            return;
        }

        ModerationMeter.DecisionsCommitted.Add(1, new KeyValuePair<string, object?>("outcome", decision.Outcome.ToString()));
        if (decision.Outcome == DecisionOutcome.Measures)
        {
            LogDecided(decision.PostId, decision.Measures[0].Kind, decision.PolicyVersion, decision.DecisionId);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{PostId}: a rule of {PolicyVersion} could not be evaluated and did not fire: {Fault}")]
    private partial void LogFault(string postId, string policyVersion, string fault);

    [LoggerMessage(LogLevel.Debug, "Decided {PostId}: {Measure} under {PolicyVersion} as {DecisionId}")]
    private partial void LogDecided(string postId, Contracts.V1.MeasureKind measure, string policyVersion, string decisionId);
}
