using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Orders;
using Moderation.Enforcement.Host.Reports;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Review;

/// <summary>
/// Tells reports and orders what became of the task that they were attached to. Every path that ends a task names it in the same commit, so no
/// ended task is missed; what is told of one report is recorded once, guarded by its waiting for that task, so that any number of replicas
/// may do this at once, twice, or half. What a receipt says does not wait for it: that follows from the task itself.
/// </summary>
internal sealed partial class ClosedTaskProjector(
    ClosedTaskQueue closed, ReviewQueue queue, DecisionStore decisions, ReportStore reports, OrderStore orders, TaskIntake intake, ActionStore actions,
    TimeProvider time, ILogger<ClosedTaskProjector> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Tells all that can be told now.</summary>
    /// <returns>How many tasks were looked at.</returns>
    public async Task<int> ProjectAsync(CancellationToken cancellationToken)
    {
        var tasks = await closed.ReadAsync();
        foreach (var taskId in tasks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await TellAsync(taskId);
                await closed.RemoveAsync(taskId);
            }
            catch (Exception failure) when (failure is not OperationCanceledException && !StoreFaults.IsUnavailable(failure))
            {
                LogDefect(failure, taskId); // it stays in the queue; others must not wait for it
            }
        }

        return tasks.Count;
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Interval, time, stoppingToken);
                await ProjectAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (StoreFaults.IsUnavailable(failure))
            {
                LogUnavailable(failure.GetType().Name);
            }
        }
    }

    private async Task TellAsync(string taskId)
    {
        if (await queue.FindAsync(taskId) is not { State: TaskStates.Done or TaskStates.Closed } task)
        {
            return;
        }

        var record = task.Record;
        var shard = decisions.ShardOf(record.TenantId, record.AccountId);
        var subject = record.PostId.Length > 0 ? record.PostId : KeySpace.AccountAsPost(record.AccountId);
        var decision = task.DecisionId.Length > 0 ? await decisions.FindAsync(record.TenantId, task.DecisionId) : null;
        await foreach (var source in closed.AttachedAsync(shard, record.TenantId, subject, taskId))
        {
            if (task.State == TaskStates.Done)
            {
                await EndAsync(source, taskId, decision, ReportEnd.Decided);
            }
            else if (!await MoveAsync(source, record, shard, subject))
            {
                await EndAsync(source, taskId, null, ReportEnd.PostWithdrawn);
            }
        }
    }

    private Task EndAsync(string source, string taskId, Decision? decision, ReportEnd end)
        => source[0] == 'o' ? orders.ConcludeAsync(source, taskId, decision, end) : reports.ConcludeAsync(source, taskId, decision, end);

    // The post was edited: what was reported or ordered about it is asked of the new revision, or editing would be a way out.
    private async Task<bool> MoveAsync(string source, ReviewTaskRecord from, int shard, string subject)
    {
        while (true)
        {
            var view = await decisions.ViewAsync(from.TenantId, from.AccountId, subject, 0);
            if (view.Place == RevisionPlace.Superseded)
            {
                return false;
            }

            if (await CallOfAsync(source, from) is not { } call)
            {
                return true; // erased meanwhile
            }

            var plan = intake.Plan(call, view, shard, time.GetUtcNow());
            plan.Guards.Add(new CommitGuard("moved", GuardKind.Equal, KeySpace.Waiting(shard, from.TenantId, subject), source, from.TaskId));
            var action = new ActionRecorded { Action = "source.moved", ObjectId = source, Actor = "enforcement", TenantId = from.TenantId };
            if (await actions.RecordAsync(shard, action, null, plan.Guards, plan.Effects) is null or "moved")
            {
                return true;
            }
        }
    }

    private Task<TaskCall?> CallOfAsync(string source, ReviewTaskRecord from)
        => source[0] == 'o' ? orders.CallOfAsync(source) : reports.CallOfAsync(source, from);

    [LoggerMessage(LogLevel.Error, "{TaskId}: its reports and orders could not be told; it is tried again")]
    private partial void LogDefect(Exception failure, string taskId);

    [LoggerMessage(LogLevel.Warning, "The store did not answer ({Kind}); ended tasks are told later")]
    private partial void LogUnavailable(string kind);
}
