using System.Collections.Immutable;
using System.Globalization;
using Moderation.Enforcement.Cel;

namespace Moderation.Enforcement;

/// <summary>Decides under a policy. Pure: no clock, no store, no logger; the same input and policy give the same outcome to the bit.</summary>
public static class PolicyEngine
{
    /// <summary>The note for text in a language that the model has no competence in.</summary>
    public const string OutOfDomain = "OUT_OF_DOMAIN";

    /// <summary>Decides about one post.</summary>
    /// <param name="input">What is known; recorded with the decision.</param>
    /// <param name="policy">The policy.</param>
    public static PolicyOutcome Decide(PolicyInput input, CompiledPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(policy);
        var evaluation = policy.Rent();
        var fired = evaluation.Evaluate(input);
        var outcome = fired.IsEmpty && evaluation.Faults.IsEmpty && !NeedsWords(input)
            ? policy.NoAction
            : Outcome(evaluation, fired, input, policy);
        policy.Return(evaluation);
        return outcome;
    }

    /// <summary>Decides about one post under rules that have come to different stages.</summary>
    /// <param name="input">What is known; recorded with the decision.</param>
    /// <param name="staged">The rules and their stages.</param>
    public static PolicyOutcome Decide(PolicyInput input, StagedPolicy staged)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(staged);
        var policy = staged.Policy;
        if (staged.IsPlain)
            return Decide(input, policy);
        var evaluation = policy.Rent();
        var held = evaluation.Evaluate(input);
        var outcome = held.IsEmpty && evaluation.Faults.IsEmpty && !NeedsWords(input)
            ? policy.NoAction
            : Outcome(evaluation, held, input, staged);
        policy.Return(evaluation);
        return outcome;
    }

    private static PolicyOutcome Outcome(PolicyEvaluation evaluation, ReadOnlySpan<int> held, PolicyInput input, StagedPolicy staged)
    {
        var (fired, observed) = (new List<FiredRule>(held.Length), new List<FiredRule>());
        foreach (var index in held)
        {
            var effect = staged.Effect(index, input.Post, input.Now);
            if (effect == RuleEffect.None)
                continue;
            var (rule, version) = (staged.Rules[index], staged.Rules[index].PolicyVersion);
            var record = Record(rule.Rule, evaluation.Variables, evaluation.Present) with
            {
                Stage = rule.Stage,
                PolicyVersion = version == staged.Policy.Version ? "" : version,
            };
            if (effect == RuleEffect.Observe)
                observed.Add(record);
            else
                fired.Add(effect == RuleEffect.Review ? record with { Measures = [MeasureKind.Review] } : record);
        }
        return Outcome(evaluation, fired, input, staged.Policy) with { Observed = [.. observed.OrderBy(r => r.RuleId, StringComparer.Ordinal)] };
    }

    /// <summary>
    /// What one policy says, and of another that fires more only a person's look: where that other one may not act.
    /// </summary>
    /// <param name="input">What both decided on.</param>
    /// <param name="own">The outcome that stands.</param>
    /// <param name="other">The outcome whose further rules send to review.</param>
    internal static PolicyOutcome WithReviewOf(PolicyInput input, PolicyOutcome own, PolicyOutcome other)
    {
        var there = own.Fired.Select(f => (f.RuleId, f.PolicyVersion)).ToHashSet();
        var ordered = Order([.. own.Fired, .. other.Fired.Where(f => !there.Contains((f.RuleId, f.PolicyVersion))).Select(f => f with { Measures = [MeasureKind.Review] })]);
        var measures = Merge(ordered);
        var reviews = Reviews(input, ordered, measures);
        return own with
        {
            Verdict = measures.Length > 0 ? Verdict.Measures : reviews.Length > 0 ? Verdict.ReviewOnly : Verdict.NoAction,
            Fired = ordered,
            Measures = measures,
            ReviewReasons = reviews,
        };
    }

    /// <summary>Whether the outcome says something even when no rule fired.</summary>
    private static bool NeedsWords(PolicyInput input) =>
        IsMissing(input.Text.Status) || IsMissing(input.Media.Status) || IsMissing(input.Claims.Status) || IsOutOfDomain(input);

    private static bool IsOutOfDomain(PolicyInput input) => input.Text is { Status: SignalStatus.Available, OutOfDomain: true };

    private static PolicyOutcome Outcome(PolicyEvaluation evaluation, ReadOnlySpan<int> indexes, PolicyInput input, CompiledPolicy policy)
    {
        var fired = new List<FiredRule>(indexes.Length);
        foreach (var index in indexes)
            fired.Add(Record(policy.Rules[index], evaluation.Variables, evaluation.Present));
        return Outcome(evaluation, fired, input, policy);
    }

    private static PolicyOutcome Outcome(PolicyEvaluation evaluation, List<FiredRule> fired, PolicyInput input, CompiledPolicy policy)
    {
        var faults = ImmutableArray.CreateBuilder<RuleFault>(evaluation.Faults.Length);
        foreach (var fault in evaluation.Faults)
            faults.Add(new RuleFault(policy.Rules[fault.Rule].Id, fault.Fault));
        var ordered = Order(fired);
        var measures = Merge(ordered);
        var reviews = Reviews(input, ordered, measures);
        return new PolicyOutcome
        {
            PolicyVersion = policy.Version,
            Verdict = measures.Length > 0 ? Verdict.Measures : reviews.Length > 0 ? Verdict.ReviewOnly : Verdict.NoAction,
            Fired = ordered,
            Measures = measures,
            ReviewReasons = reviews,
            Notes = IsOutOfDomain(input) ? [OutOfDomain] : [],
            Faults = faults.ToImmutable(),
        };
    }

    private static FiredRule Record(PolicyRule rule, PolicyVariables variables, ulong present)
    {
        var input = variables.Input;
        var evidence = ImmutableArray.CreateBuilder<EvidenceItem>();
        foreach (var read in rule.Evidence)
        {
            var value = (read.Requires & ~present) != 0 ? "absent" : read.Read(variables).ToString();
            evidence.Add(new EvidenceItem(read.Path, value, SpansOf(read.Path, input)));
        }
        if (rule.Basis.HasFlag(EvidenceBasis.MediaMatch))
        {
            foreach (var match in input.Media.Matches.Where(m => m.Category == rule.Category))
                evidence.Add(new EvidenceItem("media.match", match.Describe(), [], match.MediaId, input.Post.MediaIds.IndexOf(match.MediaId) + 1));
        }
        if (rule.Basis.HasFlag(EvidenceBasis.ClaimMatch))
        {
            foreach (var match in input.Claims.Matches)
                evidence.Add(new EvidenceItem("claims.match", string.Create(CultureInfo.InvariantCulture, $"claim={match.ClaimId} similarity={match.Similarity:R}"), []));
        }
        return new FiredRule(
            rule.Id, rule.Clause.Id, rule.Clause.Title, rule.Category, rule.Measures, rule.Severity, rule.Basis, evidence.ToImmutable());
    }

    private static ImmutableArray<TextSpan> SpansOf(string path, PolicyInput input)
    {
        const string Prefix = "text.score.";
        if (!path.StartsWith(Prefix, StringComparison.Ordinal) || input.Text.Spans.IsDefaultOrEmpty)
            return [];
        return [.. input.Text.Spans.Where(s => PolicyVariables.ScoreName(s.Category) == path[Prefix.Length..])];
    }

    private static ImmutableArray<FiredRule> Order(List<FiredRule> fired) =>
        [.. fired.OrderByDescending(r => r.Severity).ThenBy(r => r.RuleId, StringComparer.Ordinal)];

    /// <summary>
    /// The strictest wins: a removal leaves nothing else to do, a hold nothing until it is reviewed; label, reach and age stand side by side.
    /// The rules come most severe first, so the first that asks for a measure leads it.
    /// </summary>
    private static ImmutableArray<AppliedMeasure> Merge(ImmutableArray<FiredRule> fired)
    {
        if (fired.Length == 0)
            return [];
        var kinds = fired.SelectMany(r => r.Measures).Where(MeasureMatrix.IsRestrictive).Distinct().ToList();
        if (kinds.Contains(MeasureKind.Remove))
            kinds.RemoveAll(k => k != MeasureKind.Remove);
        else if (kinds.Contains(MeasureKind.HoldForReview))
            kinds.RemoveAll(k => k != MeasureKind.HoldForReview);
        return [.. kinds.OrderByDescending(MeasureMatrix.Strictness).SelectMany(kind => Apply(kind, fired))];
    }

    /// <summary>One measure of a kind; labels one for each harm, because each harm's label says something else.</summary>
    private static IEnumerable<AppliedMeasure> Apply(MeasureKind kind, ImmutableArray<FiredRule> fired) =>
        fired.Where(r => r.Measures.Contains(kind))
            .GroupBy(r => kind == MeasureKind.Label ? r.Category : HarmCategory.Unspecified)
            .Select(group =>
            {
                var leading = group.First();
                return new AppliedMeasure(kind, leading.Category, leading.RuleId, leading.ClauseId, leading.Severity, [.. group.Select(r => r.RuleId)]);
            });

    private static ImmutableArray<ReviewReason> Reviews(PolicyInput input, ImmutableArray<FiredRule> fired, ImmutableArray<AppliedMeasure> measures)
    {
        var reasons = ImmutableArray.CreateBuilder<ReviewReason>();
        if (IsMissing(input.Text.Status))
            reasons.Add(new ReviewReason(ReviewReason.SignalUnavailable, "text"));
        if (IsMissing(input.Media.Status))
            reasons.Add(new ReviewReason(ReviewReason.SignalUnavailable, "media"));
        if (IsMissing(input.Claims.Status))
            reasons.Add(new ReviewReason(ReviewReason.SignalUnavailable, "claims"));
        foreach (var measure in measures.Where(m => m.Kind == MeasureKind.HoldForReview))
            reasons.Add(new ReviewReason(ReviewReason.Hold, measure.RuleId));
        foreach (var rule in fired.Where(r => r.Measures.Contains(MeasureKind.Review)))
            reasons.Add(new ReviewReason(ReviewReason.Rule, rule.RuleId));
        return reasons.ToImmutable();
    }

    private static bool IsMissing(SignalStatus status) => status is SignalStatus.Unavailable or SignalStatus.Unspecified;
}
