using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Review;

namespace Moderation.Enforcement.Host.Policies;

/// <summary>What the gates of the lifecycle ask for: hits in shadow, and what people's verdicts say.</summary>
internal sealed class PolicyEvidence(RuleFigureStore figures, ReviewFigureStore reviews, PolicyStateStore store, TimeProvider time)
{
    /// <summary>Reads what is known about the rules of a state.</summary>
    public async Task<Read> ReadAsync(PolicyState state)
    {
        var now = time.GetUtcNow();
        var earliest = state.Rules.Where(r => r.ShadowTime is not null).Select(r => r.ShadowTime.ToDateTimeOffset()).DefaultIfEmpty(now).Min();
        var counts = await figures.DaysAsync(now, (int)Math.Ceiling((now - earliest).TotalDays) + 1);
        return new Read(state, counts, await VerdictsAsync(now));
    }

    /// <summary>What verdicts say of rules, of all tenants together.</summary>
    public async Task<IReadOnlyDictionary<string, long>> VerdictsAsync(DateTimeOffset now)
    {
        var sums = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var tenant in await store.TenantsAsync())
        {
            foreach (var (name, count) in await reviews.ReadAsync(tenant, now))
            {
                sums[name] = sums.GetValueOrDefault(name) + count;
            }
        }

        return sums;
    }

    /// <summary>What is known about the rules of a state.</summary>
    internal sealed class Read(PolicyState state, RuleCounts counts, IReadOnlyDictionary<string, long> verdicts)
    {
        /// <summary>What the gates ask about a rule.</summary>
        public RuleRecord Of(PolicyRuleState rule)
        {
            var isInForce = rule.Version == state.BaseVersion;
            var (judged, upheld) = ReviewFigureStore.VerdictsOn(verdicts, rule.RuleId, isInForce ? "" : state.CandidateName);
            double? precision = judged > 0 ? (double)upheld / judged : null;
            // A stored version compiles and its cases hold. A rule that has been in force passed its gates then, and comes back unless
            // verdicts speak against it.
            return new RuleRecord(
                Compiles: true, GoldenCasesHold: true,
                BacktestRead: isInForce || rule.BacktestId.Length > 0,
                ShadowSince: isInForce ? DateTimeOffset.MinValue : rule.ShadowTime?.ToDateTimeOffset(),
                ShadowHits: isInForce ? long.MaxValue : counts[RuleCounts.ShadowHits(rule.RuleId, state.CandidateName)],
                Precision: precision ?? (isInForce ? 1 : null),
                Approvers: rule.Approvers.ToHashSet(StringComparer.Ordinal));
        }
    }
}
