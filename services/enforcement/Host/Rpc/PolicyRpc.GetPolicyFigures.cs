using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Policies;
using Moderation.Enforcement.Host.Review;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class PolicyRpc
{
    private const int DefaultDays = 7;
    private const int MostDays = 90;

    public override async Task<GetPolicyFiguresResponse> GetPolicyFigures(GetPolicyFiguresRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.Require(request.Days is >= 0 and <= MostDays, "days", $"must be 1..{MostDays}, or 0 for {DefaultDays}");
        violations.ThrowIfAny();
        var (now, present) = (time.GetUtcNow(), catalogue.Current);
        var counts = await figures.DaysAsync(now, request.Days > 0 ? request.Days : DefaultDays);
        var today = await figures.DaysAsync(now, 1);
        var verdicts = await evidence.VerdictsAsync(now);
        var times = await workbench.EvaluationTimesAsync(context.CancellationToken);
        var rules = present.Base.Rules.Concat(present.Candidate?.Rules ?? []).GroupBy(r => r.Id, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Last(), StringComparer.Ordinal);
        var response = new GetPolicyFiguresResponse { PostCount = counts[RuleCounts.Posts] };
        foreach (var id in rules.Keys.Union(counts.Rules).Order(StringComparer.Ordinal))
        {
            response.Rules.Add(Of(id, rules.GetValueOrDefault(id), counts, today, verdicts, times));
        }

        response.Categories.Add(response.Rules.Where(r => r.HitCount > 0).GroupBy(r => r.Category).OrderBy(g => g.Key)
            .Select(g => new PolicyCategoryFigures { Category = g.Key, HitCount = g.Sum(r => r.HitCount) }));
        var limits = breakers.Value.Enabled ? breakers.Value.Limits.MeasureActions : [];
        response.MeasuresToday.Add(today.ByMeasure().OrderBy(m => m.Key).Select(m => new PolicyMeasureFigures
        {
            Measure = (Contracts.V1.MeasureKind)m.Key,
            ActionCount = m.Value,
            Limit = limits.GetValueOrDefault(m.Key),
        }));
        return response;
    }

    private PolicyRuleFigures Of(
        string id, PolicyRule? rule, RuleCounts counts, RuleCounts today, IReadOnlyDictionary<string, long> verdicts, IReadOnlyDictionary<string, TimeSpan> times)
    {
        var candidate = catalogue.Current.Record.State.CandidateName;
        var (judged, upheld) = ReviewFigureStore.VerdictsOn(verdicts, id, "");
        if (candidate.Length > 0)
        {
            var (more, confirmed) = ReviewFigureStore.VerdictsOn(verdicts, id, candidate);
            (judged, upheld) = (judged + more, upheld + confirmed);
        }

        var interval = WilsonInterval.Of(upheld, judged);
        return new PolicyRuleFigures
        {
            RuleId = id,
            Category = (Contracts.V1.HarmCategory)(rule?.Category ?? HarmCategory.Unspecified),
            HitCount = counts[RuleCounts.Hits(id)],
            ActionCount = counts[RuleCounts.Actions(id)],
            ShadowHitCount = candidate.Length == 0 ? 0 : counts[RuleCounts.ShadowHits(id, candidate)],
            JudgedCount = judged,
            UpheldCount = upheld,
            Precision = judged == 0 ? 0 : (double)upheld / judged,
            PrecisionLow = interval.Low,
            PrecisionHigh = interval.High,
            Cost = rule?.Cost ?? 0,
            EvaluationTime = times.TryGetValue(id, out var taken) ? Duration.FromTimeSpan(taken) : null,
            ActionsToday = today[RuleCounts.Actions(id)],
        };
    }
}
