using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Campaigns;
using Moderation.Enforcement.Host.Decisions;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Policies;

/// <summary>Runs policies over what was recorded. Changes no decision.</summary>
internal sealed class PolicyWorkbench(
    RecordedInputStore inputs, PolicyStateStore store, PolicyLibrary library, PolicyCatalogue catalogue, TimeProvider time)
{
    // A replay of each decision under the state that made it is compared; these states are few.
    private const int StatesKept = 64;

    /// <summary>Runs a version beside the one in force.</summary>
    /// <param name="after">The version that is looked at.</param>
    /// <param name="version">Its number; 0 when it is not stored.</param>
    /// <param name="range">Over which decisions.</param>
    /// <param name="samples">How many samples to name for each rule.</param>
    /// <param name="person">Who asks.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<SimulatePolicyResponse> SimulateAsync(
        CompiledPolicy after, long version, RecordedRange range, int samples, string person, CancellationToken cancellationToken)
    {
        var (before, isInForce) = (catalogue.Current.Base, version == catalogue.Current.Record.State.BaseVersion);
        var simulation = new PolicySimulation(before, after, samples);
        var (response, states) = (new SimulatePolicyResponse(), new Dictionary<long, PolicySnapshot?>());
        DateTimeOffset? first = null, last = null;
        await foreach (var record in inputs.ReadAsync(range, cancellationToken))
        {
            if (record is null)
            {
                response.UnreadableCount++;
                continue;
            }

            var made = record.Decision.CreateTime.ToDateTimeOffset();
            (first, last) = (first is { } f && f < made ? f : made, last is { } l && l > made ? l : made);
            var input = PolicyMapping.ToInput(record.Inputs, made);
            simulation.Add(input, record.Decision.DecisionId);
            var stateVersion = record.Decision.PolicyState;
            if (!states.TryGetValue(stateVersion, out var state))
            {
                if (states.Count == StatesKept)
                {
                    states.Clear();
                }

                states[stateVersion] = state = await StateOfAsync(stateVersion, record.Decision.PolicyVersion);
            }

            if (state is { Staged.IsPlain: true } && version == state.Record.State.BaseVersion)
            {
                var equal = IsEqual(CampaignStep.Replay(state, input, record.Campaigns), record);
                response.EqualToRecordCount += equal ? 1 : 0;
                response.UnequalToRecordCount += equal ? 0 : 1;
            }
        }

        response.DecisionCount = simulation.Count;
        response.ChangedCount = simulation.Changed;
        response.ChangedAccountCount = simulation.ChangedAccounts;
        response.FirstTime = first is { } from ? Timestamp.FromDateTimeOffset(from) : null;
        response.LastTime = last is { } to ? Timestamp.FromDateTimeOffset(to) : null;
        var differing = PolicyDifference.Rules(before, after).Select(d => d.RuleId).ToHashSet(StringComparer.Ordinal);
        response.Rules.Add(simulation.Rules().Where(r => isInForce || differing.Contains(r.RuleId) || r.Hits != r.HitsBefore)
            .Select(r => ToContract(r, simulation.Count)));
        if (version > 0)
        {
            response.BacktestId = $"bt_{version}_{Ulid.NewUlid(time.GetUtcNow())}";
            await store.KeepAsync(new PolicyBacktestRecord
            {
                BacktestId = response.BacktestId,
                Version = version,
                Person = person,
                CreateTime = Timestamp.FromDateTimeOffset(time.NowToStore()),
                DecisionCount = response.DecisionCount,
            });
        }

        return response;
    }

    /// <summary>Decides a recorded decision anew, under exactly what decided it.</summary>
    /// <exception cref="Grpc.Core.RpcException">POLICY_NOT_REPLAYABLE.</exception>
    public async Task<ReplayDecisionResponse> ReplayAsync(DecisionRecord record)
    {
        var decision = record.Decision;
        if (record.Inputs is null)
        {
            throw NotReplayable(decision, "a person made it");
        }

        var state = await StateOfAsync(decision.PolicyState, decision.PolicyVersion)
            ?? throw NotReplayable(decision, $"state {decision.PolicyState} of {decision.PolicyVersion} is not known here");
        var input = PolicyMapping.ToInput(record.Inputs, decision.CreateTime.ToDateTimeOffset());
        var replayed = CampaignStep.Replay(state, input, record.Campaigns);
        var acting = replayed.Uses.Where(u => u.Period == CampaignPeriod.During).Select(u => u.CampaignId).ToHashSet(StringComparer.Ordinal);
        var staged = state.Campaigns?.With(acting) ?? state.Staged;
        var explained = PolicyExplanation.Explain(input, staged.Policy);
        return new ReplayDecisionResponse
        {
            PolicyVersion = decision.PolicyVersion,
            StateVersion = decision.PolicyState,
            EqualToRecord = IsEqual(replayed, record),
            Outcome = GoldenCases.Describe(replayed.Outcome),
            Campaigns = { replayed.Uses },
            Rules =
            {
                explained.Select((rule, index) => new ReplayedRule
                {
                    RuleId = rule.RuleId,
                    PolicyVersion = staged.Rules[index].PolicyVersion,
                    Stage = (PolicyStage)staged.Rules[index].Stage,
                    Fired = rule.Fired,
                    Effect = rule.Fired ? staged.Effect(index, input.Post, input.Now).ToString().ToLowerInvariant() : "none",
                    Why = rule.Why,
                    Values = { rule.Values.Select(v => new ReplayedValue { Name = v.Key, Value = v.Value }) },
                    Parts = { rule.Parts.Select(p => new ReplayedValue { Name = p.Source, Value = p.Value }) },
                }),
            },
        };
    }

    /// <summary>What a rule's condition takes here, over some recorded inputs; null when there are none.</summary>
    public async Task<IReadOnlyDictionary<string, TimeSpan>> EvaluationTimesAsync(CancellationToken cancellationToken)
    {
        const int Inputs = 200, Rounds = 50;
        var recorded = new List<PolicyInput>();
        var now = time.GetUtcNow();
        await foreach (var record in inputs.ReadAsync(new RecordedRange("", DateTimeOffset.MinValue, now.AddMinutes(1), Inputs), cancellationToken))
        {
            if (record is not null)
            {
                recorded.Add(PolicyMapping.ToInput(record.Inputs, record.Decision.CreateTime.ToDateTimeOffset()));
            }
        }

        if (recorded.Count == 0)
        {
            return new Dictionary<string, TimeSpan>();
        }

        var times = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        foreach (var rule in catalogue.Current.Staged.Rules)
        {
            var timing = new RuleTiming(rule.Rule);
            _ = timing.Run(recorded); // once beforehand, so that compiling the delegate is not measured
            var start = time.GetTimestamp();
            for (var round = 0; round < Rounds; round++)
            {
                _ = timing.Run(recorded);
            }

            times[rule.Rule.Id] = time.GetElapsedTime(start) / (Rounds * recorded.Count);
        }

        return times;
    }

    private async Task<PolicySnapshot?> StateOfAsync(long stateVersion, string policyVersion)
    {
        if (stateVersion == catalogue.Current.StateVersion)
        {
            return catalogue.Current.Base.Version == policyVersion ? catalogue.Current : null;
        }

        if (stateVersion > 0)
        {
            return await store.FindChangeAsync(stateVersion) is { } change ? await library.SnapshotAsync(change.After) : null;
        }

        // Before the first change the file decided, which is version 1 now.
        return await library.FindAsync(1) is { } file && file.Version == policyVersion
            ? PolicyDocuments.Snapshot(PolicyDocuments.Initial(file), file, null)
            : null;
    }

    // Reasons hold each rule that fired with every value that it read; shadow hits the others. What follows from a ledger is not the policy's.
    private static bool IsEqual((PolicyOutcome Outcome, IReadOnlyList<CampaignUse> Uses) replayed, DecisionRecord record)
        => PolicyMapping.Reasons(replayed.Outcome, record.Inputs).SequenceEqual(record.Decision.Reasons)
            && PolicyMapping.ShadowHits(replayed.Outcome).SequenceEqual(record.ShadowHits)
            && CampaignStep.AreEqual(replayed.Uses, record.Campaigns)
            && (record.Decision.Outcome == DecisionOutcome.Superseded || (int)record.Decision.Outcome == (int)replayed.Outcome.Verdict);

    private static SimulatedRule ToContract(RuleImpact rule, long decisions)
    {
        var simulated = new SimulatedRule
        {
            RuleId = rule.RuleId,
            EvaluatedCount = rule.Evaluated,
            UnevaluatedShare = decisions == 0 ? 0 : (double)rule.Unevaluated / decisions,
            HitCount = rule.Hits,
            HitCountBefore = rule.HitsBefore,
            HitRate = rule.Evaluated == 0 ? 0 : (double)rule.Hits / rule.Evaluated,
            HitRateLow = rule.Rate.Low,
            HitRateHigh = rule.Rate.High,
            AccountCount = rule.Accounts,
        };
        simulated.SampleDecisionIds.Add(rule.Samples);
        return simulated;
    }

    private static Grpc.Core.RpcException NotReplayable(Decision decision, string detail)
        => RpcErrors.Create(ErrorReason.PolicyNotReplayable, ("decision_id", decision.DecisionId), ("detail", detail));
}
