using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Redis;
using Moderation.ServiceDefaults.Telemetry;

namespace Moderation.Enforcement.Host.Decisions;

/// <summary>Decides in pure code, commits at the edge. Optimistic: when the post moved on meanwhile, it decides anew.</summary>
internal sealed partial class DecisionMaker(PolicyCatalogue policies, DecisionStore store, TimeProvider time, ILogger<DecisionMaker> logger)
{
    /// <summary>The decision of a request, as committed now or before.</summary>
    public async Task<(Decision Decision, bool Repeated)> DecideAsync(DecidePostRequest request)
    {
        var place = RevisionPlace.Current;
        while (true)
        {
            var pending = Decide(request, place);
            var result = await store.CommitAsync(pending, place);
            if (result.Decision is not { } decision)
            {
                place = result.Place;
                continue;
            }

            Count(decision, result.Repeated);
            return (decision, result.Repeated);
        }
    }

    private PendingDecision Decide(DecidePostRequest request, RevisionPlace place)
    {
        // Stored times have microseconds at most, so that a replay reads the time that was decided at.
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var policy = policies.Live;
        var outcome = PolicyEngine.Decide(PolicyMapping.ToInput(request, now), policy);
        foreach (var fault in outcome.Faults)
        {
            LogFault(request.Facts.PostId, policy.Version, fault.ToString());
        }

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
            PolicyVersion = policy.Version,
            Automated = true,
            TextStatus = request.Text.Status,
            MediaStatus = request.Media.Status,
            Reasons = { PolicyMapping.Reasons(outcome, request) },
        };
        ReviewTaskRecord? task = null;
        if (place == RevisionPlace.Superseded)
        {
            decision.Outcome = DecisionOutcome.Superseded;
        }
        else
        {
            task = Apply(outcome, policy, request, decision, shard, now);
        }

        var basis = outcome.Fired.ToDictionary(f => f.RuleId, f => f.Basis);
        return new PendingDecision(decision, request, task, Decider.Automatic, basis);
    }

    private static ReviewTaskRecord? Apply(
        PolicyOutcome outcome, CompiledPolicy policy, DecidePostRequest request, Decision decision, int shard, DateTimeOffset now)
    {
        decision.Outcome = (DecisionOutcome)outcome.Verdict;
        decision.Measures.Add(PolicyMapping.Measures(outcome));
        if (StatementBuilder.Build(outcome, policy, request.Facts.AuthorLanguage, now) is { } statement)
        {
            decision.Statement = PolicyMapping.ToContract(statement);
            decision.Notice = PolicyMapping.ToContract(NoticeBuilder.Build(statement));
        }

        if (outcome.ReviewReasons.Length == 0)
        {
            return null;
        }

        decision.ReviewTaskId = KeySpace.MintId('t', shard, now);
        return new ReviewTaskRecord
        {
            TaskId = decision.ReviewTaskId,
            DecisionId = decision.DecisionId,
            TenantId = decision.TenantId,
            PostId = decision.PostId,
            Revision = decision.Revision,
            Category = outcome.Fired.Length > 0 ? (Contracts.V1.HarmCategory)outcome.Fired[0].Category : Contracts.V1.HarmCategory.Unspecified,
            Severity = outcome.Severity,
            Held = outcome.ReviewReasons.Any(r => r.Code == ReviewReason.Hold),
            CreateTime = decision.CreateTime,
        };
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
