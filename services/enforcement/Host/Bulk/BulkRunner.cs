using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Policies;
using Moderation.Enforcement.Host.Review;
using Moderation.Enforcement.Host.Standing;
using Moderation.Enforcement.Host.Work;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Bulk;

/// <summary>
/// Works bulk jobs off. Each decision is looked up by its cause before it is made, and noted after it was made, so whoever goes on after a crash
/// makes none twice and leaves none out.
/// </summary>
internal sealed partial class BulkRunner(
    BulkJobStore jobs, DecisionStore decisions, StandingLedger ledgers, PersonDecisionMaker maker, PolicyCatalogue policies, TimeProvider time,
    ILogger<BulkRunner> logger) : IWork
{
    private const int Batch = 50;
    private const string MovedOn = "moved_on";

    public string Name => "bulk";

    public TimeSpan Interval => TimeSpan.FromSeconds(2);

    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var more = false;
        foreach (var jobId in await jobs.OpenAsync())
        {
            if (cancellationToken.IsCancellationRequested || await jobs.FindAsync(jobId) is not { } record)
            {
                continue;
            }

            var batch = await jobs.NextAsync(jobId, Batch);
            foreach (var target in batch)
            {
                await jobs.SettleAsync(jobId, await DecideAsync(record.Job, target));
            }

            if (batch.Count == 0)
            {
                await jobs.FinishAsync(record);
                LogDone(jobId, record.Job.DecidedCount, record.Job.SkippedCount);
            }

            more |= batch.Count > 0;
        }

        return more;
    }

    /// <summary>Decides about one decision, as now or before.</summary>
    internal async Task<BulkResult> DecideAsync(BulkJob job, string target)
    {
        var record = await decisions.FindRecordAsync(target);
        if (record is null)
        {
            return Skipped(target, BulkSkip.Gone);
        }

        var (made, free) = await MadeAsync(job, record.Decision);
        if (made is not null)
        {
            return made;
        }

        var result = await TryAsync(job, record, free);
        // What ended it meanwhile may have been another worker of this very job, after the look above.
        return result.Skip is BulkSkip.Ended or BulkSkip.Moved ? (await MadeAsync(job, record.Decision)).Made ?? result : result;
    }

    // What the job has decided about a decision already, else the causes that are free for it.
    private async Task<(BulkResult? Made, IReadOnlyList<string> Free)> MadeAsync(BulkJob job, Decision target)
    {
        var free = new List<string>();
        foreach (var cause in BulkTargets.Causes(job.Cause, target.DecisionId))
        {
            if (await decisions.FindByCauseAsync(target, cause) is not { } made)
            {
                free.Add(cause);
            }
            else if (made.Verdict?.AboutDecisionId == target.DecisionId)
            {
                return (new BulkResult { DecisionId = target.DecisionId, ResultDecisionId = made.Decision.DecisionId }, free);
            }
        }

        return (null, free);
    }

    private async Task<BulkResult> TryAsync(BulkJob job, DecisionRecord record, IReadOnlyList<string> free)
    {
        var target = record.Decision.DecisionId;
        var (undoes, now) = (job.Kind == BulkKind.Undo, time.GetUtcNow());
        var ledger = await ledgers.ReadAsync(job.TenantId, record.Decision.AccountId);
        if (free.Count == 0 || !(undoes ? BulkTargets.IsUndoable(ledger, target, now) : BulkTargets.IsInForce(ledger, target, now)))
        {
            return Skipped(target, BulkSkip.Ended);
        }

        return await DecideAsync(job, record, free, now);
    }

    private async Task<BulkResult> DecideAsync(BulkJob job, DecisionRecord record, IReadOnlyList<string> causes, DateTimeOffset now)
    {
        var (decision, undoes) = (record.Decision, job.Kind == BulkKind.Undo);
        var by = new Moderator(job.Creator, IsLead: true);
        var post = decision.PostId.Length > 0 ? decision.PostId : KeySpace.AccountAsPost(decision.AccountId);
        var current = (await decisions.ViewAsync(decision.TenantId, decision.AccountId, post, 0)).Current?.Decision;
        var isCurrent = current?.DecisionId == decision.DecisionId;
        // What somebody decided later stands: an undo and a verdict with measures are about what was there.
        if (!isCurrent && (undoes ? await HasSucceededAsync(current, decision.DecisionId) : job.Verdict.Measures.Count > 0))
        {
            return Skipped(decision.DecisionId, BulkSkip.Moved);
        }

        try
        {
            var verdict = undoes
                ? new CheckedVerdict([], job.Verdict.Rationale)
                : VerdictRules.Check(job.Verdict, "verdict", policies.Live, by, decision.PostId.Length > 0, now);
            foreach (var cause in causes)
            {
                var result = await maker.DecideAsync(new PersonDecision(job.TenantId, decision.AccountId, decision.PostId, cause, by, verdict)
                {
                    About = record,
                    Undoes = undoes ? decision.DecisionId : null,
                    Grounds = undoes && record.Verdict is { AboutDecisionId.Length: > 0 } basis ? await decisions.FindRecordAsync(basis.AboutDecisionId) : null,
                    Attach = pending =>
                    {
                        if (isCurrent)
                        {
                            var key = KeySpace.Post(decisions.ShardOf(decision.TenantId, decision.AccountId), decision.TenantId, post);
                            pending.Guards.Add(new CommitGuard(MovedOn, GuardKind.Equal, key, "current", decision.DecisionId));
                        }
                    },
                });
                if (result.Status == CommitStatus.Refused)
                {
                    return Skipped(decision.DecisionId, BulkSkip.Moved);
                }

                // Else the cause has decided about another decision of this post meanwhile, and the next one is ours.
                if (result.Decision is { } made && (result.Status == CommitStatus.Committed || made.Supersedes == decision.DecisionId))
                {
                    return new BulkResult { DecisionId = decision.DecisionId, ResultDecisionId = made.DecisionId };
                }
            }

            return Skipped(decision.DecisionId, BulkSkip.Ended);
        }
        catch (RpcException refused) when (RpcErrors.ReasonOf(refused) is ErrorReason.DecisionRefused or ErrorReason.InvalidFields)
        {
            // A verdict that was right when the job began can be wrong for a decision about an account alone, or under a later policy.
            var line = refused.GetRpcStatus()?.GetDetail<Google.Rpc.ErrorInfo>()?.Metadata.GetValueOrDefault("line") ?? "VERDICT_OUTDATED";
            return decision.PostId.Length == 0 && RpcErrors.ReasonOf(refused) == ErrorReason.InvalidFields
                ? Skipped(decision.DecisionId, BulkSkip.NoPost)
                : Skipped(decision.DecisionId, BulkSkip.Refused, line);
        }
    }

    // Whether the decision in force came after another one. What has been forgotten in between may have been that one.
    private async Task<bool> HasSucceededAsync(Decision? current, string decisionId)
    {
        while (current is { Supersedes.Length: > 0 })
        {
            if (current.Supersedes == decisionId || await decisions.FindRecordAsync(current.Supersedes) is not { } before)
            {
                return true;
            }

            current = before.Decision;
        }

        return false;
    }

    private static BulkResult Skipped(string target, BulkSkip why, string line = "") => new() { DecisionId = target, Skip = why, Line = line };

    [LoggerMessage(LogLevel.Information, "Bulk job {JobId} is done: {Decided} decided, {Skipped} skipped")]
    private partial void LogDone(string jobId, int decided, int skipped);
}
