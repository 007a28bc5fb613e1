using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Review;

namespace Moderation.Enforcement.Host.Reports;

/// <summary>What a reporter is told. It follows from the decision alone, and says nothing of the author's account.</summary>
internal static class ReportOutcomes
{
    /// <summary>How a report ends.</summary>
    /// <param name="decision">The decision about its post; null when there is none.</param>
    /// <param name="end">Why it ends.</param>
    /// <param name="now">When it ends, where there is no decision.</param>
    public static ReportConclusion Of(Decision? decision, ReportEnd end, DateTimeOffset now) => new()
    {
        State = decision is { Measures.Count: > 0 } ? ReportState.Acted : ReportState.NoAction,
        Outcome = new ReportOutcome
        {
            DecideTime = decision?.CreateTime ?? Timestamp.FromDateTimeOffset(now),
            End = end,
            DecisionId = decision?.DecisionId ?? "",
            PostMeasures = { decision?.Measures.Select(m => m.Kind).Where(k => !MeasureMatrix.IsAccountMeasure((MeasureKind)k)).Distinct() ?? [] },
        },
    };

    /// <summary>The receipt.</summary>
    /// <param name="record">The report.</param>
    /// <param name="conclusion">How it ended; null until then.</param>
    /// <param name="task">The task that it waits for; null when it is not known.</param>
    /// <param name="now">The time.</param>
    public static Report Receipt(ReportRecord record, ReportConclusion? conclusion, StoredTask? task, DateTimeOffset now) => new()
    {
        ReportId = record.ReportId,
        PostId = record.PostId,
        Category = record.Category,
        CreateTime = record.CreateTime,
        State = conclusion?.State ?? (task is not null && (task.IsHeld(now) || task.Votes.Count > 0) ? ReportState.InReview : ReportState.Received),
        Outcome = conclusion?.Outcome,
    };

    /// <summary>What the platform tells the reporter.</summary>
    public static ReportDecided EventOf(ReportRecord record, ReportConclusion conclusion) => new()
    {
        ReportId = record.ReportId,
        PostId = record.PostId,
        AccountId = record.AccountId,
        ReporterId = record.ReporterId,
        TrustedFlaggerId = record.TrustedFlaggerId,
        State = conclusion.State,
        Outcome = conclusion.Outcome,
        DecideTime = conclusion.Outcome.DecideTime,
    };
}
