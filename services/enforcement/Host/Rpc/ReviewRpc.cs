using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Appeals;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Orders;
using Moderation.Enforcement.Host.Reports;
using Moderation.Enforcement.Host.Review;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

/// <summary>The work of reviewers. One RPC a file.</summary>
internal sealed partial class ReviewRpc(
    ReviewDesk desk, ReviewQueue queue, ReviewFigureStore figures, DecisionStore decisions, AppealStore appeals, ReportStore reports, OrderStore orders,
    TimeProvider time) : ReviewService.ReviewServiceBase
{
    private const int MostReportsShown = 20;
    private const int ReportsCountedTo = 1000;

    private static Reviewer ReviewerOf(ServerCallContext context)
    {
        var caller = Caller.Of(context);
        return new Reviewer(caller.Subject, caller.Roles.Contains(Role.Lead), caller.Clearances.Contains(Person.ChildSafety));
    }

    // What the caller may not see is as unknown as what does not exist.
    private async Task<StoredTask> FindAsync(string taskId, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireId(taskId, "task_id");
        violations.ThrowIfAny();
        return await queue.FindAsync(taskId) is { } task && Caller.Of(context).MayAct(task.Record.TenantId) && ReviewerOf(context).MaySee(task.Record.Queue)
            ? task
            : throw RpcErrors.Create(ErrorReason.ReviewTaskNotFound, ("task_id", taskId));
    }

    private static void RequireQueues(IEnumerable<string> queues, string field, FieldViolations violations)
        => violations.Require(queues.All(q => ReviewTasks.Queues.Contains(q)), field, $"must be one of {string.Join(", ", ReviewTasks.Queues)}");

    private static void RequireClearance(IEnumerable<string> queues, ServerCallContext context)
    {
        if (queues.Contains(ReviewTasks.ChildSafety))
        {
            Caller.RequireClearance(context, Person.ChildSafety);
        }
    }

    private ReviewTask ToContract(StoredTask task)
    {
        var (record, now) = (task.Record, time.GetUtcNow());
        var state = ReviewDesk.StateOf(task.State);
        var done = state == ReviewTaskState.Done;
        return new ReviewTask
        {
            TaskId = record.TaskId,
            TenantId = record.TenantId,
            Kind = record.Kind,
            Queue = record.Queue,
            State = state == ReviewTaskState.Open && task.IsHeld(now) ? ReviewTaskState.Leased : state,
            PostId = record.PostId,
            AccountId = record.AccountId,
            Revision = record.Revision,
            Category = record.Category,
            Severity = record.Severity,
            Held = record.Held,
            CreateTime = record.CreateTime,
            DueTime = record.DueTime,
            Overdue = !done && record.DueTime.ToDateTimeOffset() <= now,
            ReviewsGiven = task.Votes.Count,
            ReviewsRequired = record.ReviewsRequired,
            DecisionId = record.DecisionId,
            SourceId = record.SourceId,
            Reach = record.Reach,
            Language = record.Language,
        };
    }

    private async Task<ReviewTaskContent> ContentAsync(StoredTask task)
    {
        var record = task.Record;
        var about = await decisions.FindRecordAsync(record.DecisionId);
        var appeal = record.Kind == ReviewTaskKind.Appeal ? await appeals.FindAsync(record.SourceId) : null;
        var facts = about?.Inputs?.Facts ?? about?.Verdict?.Facts;
        var reported = await reports.OfTaskAsync(record, MostReportsShown, ReportsCountedTo);
        return new ReviewTaskContent
        {
            Decision = about?.Decision,
            Text = await TextAsync(record, about),
            ReviewUrl = facts?.ReviewUrl ?? "",
            AppealText = appeal?.Text ?? "",
            MediaWithheld = record.Queue == ReviewTasks.ChildSafety,
            Reports = { reported.Reports },
            ReportCount = reported.Count,
            Orders = { await orders.OfTaskAsync(record, MostReportsShown) },
            Found = { record.Found.Select(f => f.Evidence) },
        };
    }

    // The text lies beside the automatic decision; a person's decision is about the same text. Of a post that was let stand it came with a report.
    private async Task<string> TextAsync(ReviewTaskRecord task, DecisionRecord? about)
    {
        var text = await decisions.FindTextAsync(task.DecisionId);
        if (text.Length == 0 && about?.Verdict is { AboutDecisionId.Length: > 0 } verdict)
        {
            text = await decisions.FindTextAsync(verdict.AboutDecisionId);
        }

        return text.Length > 0 ? text : await decisions.FindTextAsync(task.TaskId);
    }

    private static Timestamp? TimestampOf(DateTimeOffset? value) => value is { } set ? Timestamp.FromDateTimeOffset(set) : null;
}
