using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Review;

/// <summary>What a verdict must be, before it becomes a decision.</summary>
internal static class VerdictRules
{
    /// <summary>The longest rationale, in UTF-16 code units.</summary>
    public const int LongestRationale = 4000;

    /// <summary>What only a lead may impose: a restriction of an account for longer than this, or without an end.</summary>
    public static readonly TimeSpan LongestByReviewer = TimeSpan.FromDays(30);

    /// <summary>Checks a verdict.</summary>
    /// <param name="verdict">The verdict; null when the request has none.</param>
    /// <param name="path">Where it stands in the request.</param>
    /// <param name="policy">The policy in force, whose clauses it names.</param>
    /// <param name="by">The person.</param>
    /// <param name="aboutPost">It is about a post; else measures about posts are wrong.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="Grpc.Core.RpcException">INVALID_FIELDS with all that is wrong, or LEAD_REQUIRED.</exception>
    public static CheckedVerdict Check(Contracts.V1.Verdict? verdict, string path, CompiledPolicy policy, Moderator by, bool aboutPost, DateTimeOffset now)
    {
        var violations = new FieldViolations();
        violations.Require(verdict is not null, path, "is required; a verdict without measures lets the post stand");
        violations.Require(
            verdict is null || verdict.Rationale.Trim().Length is > 0 and <= LongestRationale, path + ".rationale", $"must be 1..{LongestRationale} characters");
        var measures = new List<CheckedMeasure>();
        var places = verdict?.Measures.Select((m, i) => (m, $"{path}.measures[{i}]")) ?? [];
        foreach (var (measure, place) in places)
        {
            if (Read(measure, place, policy, aboutPost, now, violations) is { } read)
            {
                measures.Add(read);
            }
        }

        foreach (var twice in measures.GroupBy(m => (m.Kind, m.Feature)).Where(g => g.Count() > 1 && g.Key.Kind != MeasureKind.Label))
        {
            violations.Add(path + ".measures", $"must name {TaxonomyNames.Of(twice.Key.Kind)} once");
        }

        violations.ThrowIfAny();
        if (!by.IsLead && measures.Find(m => NeedsLead(m, now)) is { } beyond)
        {
            throw RpcErrors.Create(
                ErrorReason.LeadRequired, $"{TaxonomyNames.Of(beyond.Kind)} without an end, or for more than {LongestByReviewer.Days} days, is a lead's to decide.", [],
                ("line", TaxonomyNames.Of(beyond.Kind)));
        }

        return new CheckedVerdict(measures, verdict!.Rationale.Trim()); // null was refused above
    }

    private static bool NeedsLead(CheckedMeasure measure, DateTimeOffset now) => measure.Kind switch
    {
        MeasureKind.TerminateAccount => true,
        MeasureKind.SuspendAccount or MeasureKind.RestrictFeature => measure.End is null || measure.End > now + LongestByReviewer,
        _ => false,
    };

    private static CheckedMeasure? Read(
        VerdictMeasure measure, string place, CompiledPolicy policy, bool aboutPost, DateTimeOffset now, FieldViolations violations)
    {
        var kind = (MeasureKind)measure.Kind;
        var known = Enum.IsDefined(kind) && kind is not (MeasureKind.Unspecified or MeasureKind.Review or MeasureKind.HoldForReview);
        violations.Require(known, place + ".kind", "must be a measure; HOLD_FOR_REVIEW is no verdict");
        violations.Require(!known || aboutPost || MeasureMatrix.IsAccountMeasure(kind), place + ".kind", "must be about the account: no post is named");
        var clause = policy.Clauses.GetValueOrDefault(measure.ClauseId);
        violations.Require(clause is not null, place + ".clause_id", $"must be a clause of {policy.Version}: {string.Join(", ", policy.Clauses.Keys.Order(StringComparer.Ordinal))}");
        var (end, features, term) = (measure.EndTime?.ToDateTimeOffset(), MeasureCatalogue.Find(kind)?.Features ?? [], MeasureCatalogue.Find(kind)?.Term);
        violations.Require(end is null || end > now, place + ".end_time", "must lie ahead");
        violations.Require(end is null || term?.End != EndRule.None, place + ".end_time", $"must be empty for {TaxonomyNames.Of(kind)}");
        violations.Require(end is not null || term?.End != EndRule.Required, place + ".end_time", $"is required for {TaxonomyNames.Of(kind)}");
        violations.Require(end is null || term?.Max is not { } max || end - now <= max, place + ".end_time", $"must be at most {term?.Max?.TotalDays} days ahead");
        violations.Require(
            features.Length == 0 ? measure.Feature.Length == 0 : features.Contains(measure.Feature),
            place + ".feature", features.Length > 0 ? $"must be one of {string.Join(", ", features)}" : "must be empty for this measure");
        return known && clause is not null ? new CheckedMeasure(kind, clause, end, measure.Feature) : null;
    }
}
