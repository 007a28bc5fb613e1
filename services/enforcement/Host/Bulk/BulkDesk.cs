using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Standing;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Bulk;

/// <summary>What a lead wants done about many decisions.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="Selection">Which decisions.</param>
/// <param name="Verdict">As asked for.</param>
/// <param name="Checked">The same, checked.</param>
/// <param name="By">The lead.</param>
internal sealed record BulkWish(string TenantId, BulkSelection Selection, Contracts.V1.Verdict Verdict, CheckedVerdict Checked, Moderator By);

/// <summary>Looks at what a bulk decision would do, and starts it.</summary>
internal sealed class BulkDesk(
    BulkSelectionStore selections, BulkJobStore jobs, StandingLedger ledgers, PersonDecisionMaker maker, IOptions<BulkOptions> options, TimeProvider time)
{
    /// <summary>The largest cap.</summary>
    public int LargestCap => options.Value.Cap;

    /// <summary>What the selection finds, and what the verdict would do.</summary>
    public async Task<BulkPreview> PreviewAsync(BulkWish wish, int sample)
    {
        var (found, ended) = await FindAsync(wish.TenantId, wish.Selection, LargestCap + 1);
        var preview = new BulkPreview
        {
            DecisionCount = found.Count,
            EndedCount = ended,
            AccountCount = found.Select(r => r.Decision.AccountId).Distinct(StringComparer.Ordinal).Count(),
            LargestCap = LargestCap,
        };
        var refusals = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var record in found)
        {
            var line = await RefusedLineAsync(wish, record);
            if (line.Length > 0)
            {
                refusals[line] = refusals.GetValueOrDefault(line) + 1;
            }

            if (preview.Sample.Count < sample)
            {
                preview.Sample.Add(BulkTargets.ToContract(record.Decision, line));
            }
        }

        preview.Refusals.Add(refusals.Select(r => new BulkRefusal { Line = r.Key, Count = r.Value }));
        return preview;
    }

    /// <summary>Starts a job, or answers the one that the request started before.</summary>
    /// <param name="wish">What is wanted.</param>
    /// <param name="kind">What for.</param>
    /// <param name="request">The request, by which a repeated one is told from another with the same id.</param>
    /// <param name="requestId">Its id.</param>
    /// <param name="cap">At how many decisions to refuse.</param>
    public async Task<BulkJob> StartAsync(BulkWish wish, BulkKind kind, IMessage request, string requestId, int cap)
    {
        var (jobId, hash) = (jobs.IdOf(wish.TenantId, requestId), Hash(request));
        if (await FindStartedAsync(jobId, requestId, hash) is { } before)
        {
            return before;
        }

        var (found, _) = await FindAsync(wish.TenantId, wish.Selection, cap + 1);
        if (found.Count > cap)
        {
            throw RpcErrors.Create(ErrorReason.BulkCapExceeded, ("count", found.Count > cap ? $"more than {cap}" : $"{found.Count}"), ("cap", $"{cap}"));
        }

        var selection = wish.Selection.Clone();
        if (selection.ByCase == BulkSelection.ByOneofCase.AccountId)
        {
            selection.AccountId = ""; // the job outlives the account's erasure
        }

        return await StartAsync(
            new BulkJob
            {
                JobId = jobId,
                TenantId = wish.TenantId,
                Kind = kind,
                Cause = kind == BulkKind.Withdrawal ? "withdrawal:" + wish.Selection.Evidence : "bulk:" + jobId,
                Selection = selection,
                Verdict = wish.Verdict,
                Creator = wish.By.Name,
            },
            hash, requestId, [.. found.Select(r => r.Decision.DecisionId)]);
    }

    /// <summary>Starts the job that undoes another.</summary>
    public async Task<BulkJob> UndoAsync(BulkJob undone, Moderator by, UndoBulkDecisionRequest request)
    {
        var (jobId, hash) = (jobs.IdOf(undone.TenantId, request.RequestId), Hash(request));
        if (await FindStartedAsync(jobId, request.RequestId, hash) is { } before)
        {
            return before;
        }

        if (undone.State != BulkState.Done || undone.DecidedCount == 0 || undone.UndoneByJobId.Length > 0)
        {
            throw RpcErrors.Create(ErrorReason.BulkNotUndoable, ("job_id", undone.JobId), ("undone_by", undone.UndoneByJobId));
        }

        var made = (await jobs.ResultsAsync(undone.JobId, 0, undone.TargetCount)).Where(r => r.ResultDecisionId.Length > 0).Select(r => r.ResultDecisionId);
        return await StartAsync(
            new BulkJob
            {
                JobId = jobId,
                TenantId = undone.TenantId,
                Kind = BulkKind.Undo,
                Cause = "bulk:" + jobId,
                Verdict = new Contracts.V1.Verdict { Rationale = request.Rationale.Trim() },
                Creator = by.Name,
                UndoesJobId = undone.JobId,
            },
            // The last that was made is the first to be taken back.
            hash, request.RequestId, [.. made.Reverse()]);
    }

    private async Task<BulkJob> StartAsync(BulkJob job, byte[] hash, string requestId, IReadOnlyList<string> targets)
    {
        job.State = BulkState.Running;
        job.CreateTime = Timestamp.FromDateTimeOffset(time.GetUtcNow());
        job.TargetCount = targets.Count;
        if (await jobs.StartAsync(new BulkJobRecord { Job = job, RequestHash = ByteString.CopyFrom(hash) }, targets))
        {
            return job;
        }

        return await FindStartedAsync(job.JobId, requestId, hash)
            ?? throw RpcErrors.Create(ErrorReason.BulkNotUndoable, ("job_id", job.UndoesJobId), ("undone_by", "another job"));
    }

    private async Task<BulkJob?> FindStartedAsync(string jobId, string requestId, byte[] hash)
    {
        var record = await jobs.FindAsync(jobId);
        return record is null || record.RequestHash.Span.SequenceEqual(hash)
            ? record?.Job
            : throw RpcErrors.Create(ErrorReason.RequestIdReused, ("request_id", requestId));
    }

    private async Task<(List<DecisionRecord> InForce, int Ended)> FindAsync(string tenant, BulkSelection selection, int most)
    {
        var (found, ended, now) = (new List<DecisionRecord>(), 0, time.GetUtcNow());
        var known = new Dictionary<string, AccountLedger>(StringComparer.Ordinal);
        // What has ended takes no place under the cap, and there may be as much of it again.
        foreach (var record in await selections.FindAsync(tenant, selection, 2 * most))
        {
            var account = record.Decision.AccountId;
            if (!known.TryGetValue(account, out var ledger))
            {
                known[account] = ledger = await ledgers.ReadAsync(tenant, account);
            }

            if (BulkTargets.IsInForce(ledger, record.Decision.DecisionId, now))
            {
                found.Add(record);
            }
            else
            {
                ended++;
            }
        }

        return ([.. found.Take(most)], ended);
    }

    private async Task<string> RefusedLineAsync(BulkWish wish, DecisionRecord record)
    {
        // A verdict without measures takes back, and nothing forbids that.
        if (wish.Checked.Measures.Count == 0)
        {
            return "";
        }

        var decision = record.Decision;
        return decision.PostId.Length == 0 && wish.Checked.Measures.Any(m => !MeasureMatrix.IsAccountMeasure(m.Kind))
            ? "NO_POST"
            : (await maker.CheckAsync(new PersonDecision(wish.TenantId, decision.AccountId, decision.PostId, "", wish.By, wish.Checked) { About = record }))?.Line ?? "";
    }

    private static byte[] Hash(IMessage request) => SHA256.HashData(request.ToByteArray());
}
