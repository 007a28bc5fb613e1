using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Policies;

internal sealed partial class PolicyDesk
{
    /// <summary>Moves a rule to another stage, through its gate.</summary>
    /// <param name="ruleId">The rule.</param>
    /// <param name="to">The stage.</param>
    /// <param name="share">At PARTIAL: the share of accounts.</param>
    /// <param name="backtestId">The simulation that the person has read; empty: none.</param>
    /// <param name="by">Who.</param>
    public Task<PolicyState> MoveAsync(string ruleId, PolicyStage to, double share, string backtestId, PolicyActor by) => ChangeAsync(by, async state =>
    {
        var rule = FindRule(state, ruleId);
        var from = rule.Stage;
        if (backtestId.Length > 0 && await store.FindBacktestAsync(backtestId) is { } backtest && backtest.Version == rule.Version && backtest.DecisionCount > 0)
        {
            rule.BacktestId = backtestId;
        }

        var isShareChange = from == PolicyStage.Partial && to == PolicyStage.Partial;
        var missing = isShareChange
            ? []
            : RuleLifecycle.Check((RuleStage)from, (RuleStage)to, RecordFor(by, rule, await evidence.ReadAsync(state)), rule.Strict, options.Value.Gates, time.GetUtcNow());
        if (!missing.IsEmpty)
        {
            throw RpcErrors.Create(ErrorReason.PolicyGateClosed, ("missing", string.Join("; ", missing)));
        }

        rule.Share = to == PolicyStage.Partial ? share : to == PolicyStage.Suspended ? rule.Share : 1;
        rule.SuspendedReason = to == PolicyStage.Suspended ? by.Reason : "";
        if (to == PolicyStage.Suspended)
        {
            rule.Approvers.Clear(); // who approved it did so before it had to be stopped
        }
        else if (to < PolicyStage.Shadow)
        {
            // It starts anew: what was seen of it before says nothing about what it is moved forward for.
            (rule.ShadowTime, rule.BacktestId) = (null, to < PolicyStage.Backtest ? "" : rule.BacktestId);
            rule.Approvers.Clear();
        }
        else if (to == PolicyStage.Shadow && rule.ShadowTime is null)
        {
            rule.ShadowTime = Now();
        }

        At(rule, to);
        return new PolicyChange { Action = "rule.moved", Version = rule.Version, RuleId = ruleId, FromStage = from, ToStage = to };
    });

    /// <summary>Suspends a rule because a breaker tripped.</summary>
    /// <returns>False when it does not act any more.</returns>
    public async Task<bool> SuspendAsync(string ruleId, string policy, string reason)
    {
        var suspended = false;
        await ChangeAsync(new PolicyActor(BreakerWatch.Actor, reason, 0), state =>
        {
            var version = policy == state.BaseName ? state.BaseVersion : policy == state.CandidateName ? state.CandidateVersion : 0;
            var rule = state.Rules.FirstOrDefault(r => r.RuleId == ruleId && r.Version == version && (r.Stage is PolicyStage.Partial or PolicyStage.Live));
            suspended = rule is not null;
            if (rule is null)
            {
                return Task.FromResult<PolicyChange?>(null);
            }

            var from = rule.Stage;
            rule.SuspendedReason = reason;
            rule.Approvers.Clear();
            At(rule, PolicyStage.Suspended);
            return Task.FromResult<PolicyChange?>(
                new PolicyChange { Action = "breaker.tripped", Version = rule.Version, RuleId = ruleId, FromStage = from, ToStage = PolicyStage.Suspended });
        });
        return suspended;
    }

    /// <summary>Approves a rule on its way, or the return of one that is suspended.</summary>
    public Task<PolicyState> ApproveRuleAsync(string ruleId, PolicyActor by) => ChangeAsync(by, async state =>
    {
        var rule = FindRule(state, ruleId);
        RequireAnother(by, await AuthorAsync(rule.Version));
        if (rule.Approvers.Contains(by.Person))
        {
            return null;
        }

        rule.Approvers.Add(by.Person);
        return new PolicyChange { Action = "rule.approved", Version = rule.Version, RuleId = ruleId };
    });

    /// <summary>Proposes an override. The same id again is the same proposal.</summary>
    public async Task<PolicyOverride> ProposeAsync(string overrideId, string ruleId, DateTimeOffset end, PolicyActor by)
    {
        var state = await ChangeAsync(by, state =>
        {
            if (state.Overrides.Any(o => o.OverrideId == overrideId))
            {
                return Task.FromResult<PolicyChange?>(null);
            }

            var rule = FindRule(state, ruleId);
            DropEnded(state);
            state.Overrides.Add(new PolicyOverride
            {
                OverrideId = overrideId,
                RuleId = ruleId,
                Reason = by.Reason,
                Proposer = by.Person,
                // In whole milliseconds, as decisions have their time: else one would come before an end that is over.
                EndTime = Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(end.ToUnixTimeMilliseconds())),
            });
            return Task.FromResult<PolicyChange?>(new PolicyChange { Action = "override.proposed", Version = rule.Version, RuleId = ruleId });
        });
        return FindOverride(state, overrideId);
    }

    /// <summary>Approves an override; it begins now.</summary>
    public async Task<PolicyOverride> ApproveOverrideAsync(string overrideId, PolicyActor by)
    {
        var state = await ChangeAsync(by, state =>
        {
            var given = FindOverride(state, overrideId);
            if (given.EndTime.ToDateTimeOffset() <= time.GetUtcNow())
            {
                throw RpcErrors.Create(ErrorReason.PolicyOverrideNotFound, ("override_id", overrideId));
            }

            if (given.Approver.Length > 0)
            {
                return Task.FromResult<PolicyChange?>(null); // one approval is enough; the first one stands
            }

            RequireAnother(by, given.Proposer);
            (given.Approver, given.StartTime) = (by.Person, Now());
            return Task.FromResult<PolicyChange?>(
                new PolicyChange { Action = "override.approved", Version = FindRule(state, given.RuleId).Version, RuleId = given.RuleId });
        });
        return FindOverride(state, overrideId);
    }

    /// <summary>Ends an override, or drops a proposal.</summary>
    public Task<PolicyState> EndOverrideAsync(string overrideId, PolicyActor by) => ChangeAsync(by, state =>
    {
        var given = FindOverride(state, overrideId);
        state.Overrides.Remove(given);
        return Task.FromResult<PolicyChange?>(new PolicyChange { Action = "override.ended", Version = state.BaseVersion, RuleId = given.RuleId });
    });

    // Who brings a suspended rule back is not also the one who approves it.
    private static RuleRecord RecordFor(PolicyActor by, PolicyRuleState rule, PolicyEvidence.Read read)
    {
        var record = read.Of(rule);
        return rule.Stage == PolicyStage.Suspended
            ? record with { Approvers = record.Approvers.Where(a => a != by.Person).ToHashSet(StringComparer.Ordinal) }
            : record;
    }

    private void DropEnded(PolicyState state)
    {
        foreach (var ended in state.Overrides.Where(o => o.EndTime.ToDateTimeOffset() <= time.GetUtcNow()).ToList())
        {
            state.Overrides.Remove(ended);
        }
    }

    // Where the version on its way has the rule as well, that one is meant.
    private static PolicyRuleState FindRule(PolicyState state, string ruleId)
        => state.Rules.Where(r => r.RuleId == ruleId).MaxBy(r => r.Version) ?? throw RpcErrors.Create(ErrorReason.PolicyRuleNotFound, ("rule_id", ruleId));

    private static PolicyOverride FindOverride(PolicyState state, string overrideId)
        => state.Overrides.FirstOrDefault(o => o.OverrideId == overrideId)
            ?? throw RpcErrors.Create(ErrorReason.PolicyOverrideNotFound, ("override_id", overrideId));
}
