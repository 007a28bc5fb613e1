using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Review;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Reports;

/// <summary>Reports: filed and ended here; decided by whoever decides about the post.</summary>
internal sealed class ReportStore(
    RedisConnectionStore redis, KeySpace keys, DecisionStore decisions, ReviewQueue queue, ClosedTaskQueue closed, TaskIntake intake,
    TrustedFlaggerStore flaggers, ReporterStore reporters, RecordIndexStore index, ActionStore actions, TimeProvider time)
{
    private const string ReportedBefore = "reported";
    private const string EndedBefore = "ended";

    /// <summary>For how long a reporter's report about a post is the only one.</summary>
    public static readonly TimeSpan Once = TimeSpan.FromHours(24);

    // As long as the decision about it can be appealed, and the appeal's own decision after that.
    private static readonly TimeSpan Kept = TimeSpan.FromDays(214 + 214);

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>Files a report, once for each reporter and post in 24 hours.</summary>
    public async Task<Report> FileAsync(string tenant, string key, FileReportRequest request)
    {
        var account = await decisions.FindAccountAsync(tenant, request.PostId)
            ?? throw RpcErrors.Create(ErrorReason.PostNotFound, ("post_id", request.PostId));
        var flagger = request.TrustedFlaggerId.Length == 0
            ? null
            : await flaggers.FindAsync(tenant, request.TrustedFlaggerId)
                ?? throw RpcErrors.Create(ErrorReason.TrustedFlaggerNotFound, ("flagger_id", request.TrustedFlaggerId));
        var trusted = flagger is not null && (flagger.Categories.Count == 0 || flagger.Categories.Contains(request.Category));
        var bonus = trusted ? ReportPriority.Preferred : ReportPriority.BonusOf(await reporters.ReadAsync(tenant, request.ReporterId));
        var shard = keys.ShardOf(tenant, account);
        var once = KeySpace.ReportedBy(shard, tenant, request.PostId, request.ReporterId);
        while (true)
        {
            var now = time.NowToStore();
            var before = (await Database.HashGetAsync(once, "r")).ToString();
            if (await FindAsync(before) is { } filed && now - filed.Record.CreateTime.ToDateTimeOffset() < Once)
            {
                return await ReceiptAsync(filed);
            }

            var view = await decisions.ViewAsync(tenant, account, request.PostId, 0);
            if (view.Place == RevisionPlace.Superseded)
            {
                throw RpcErrors.Create(ErrorReason.PostWithdrawn, ("post_id", request.PostId));
            }

            var record = Make(tenant, account, request, view, shard, now);
            var plan = intake.Plan(CallOf(record, bonus, trusted, request.PostText), view, shard, now);
            plan.Guards.Add(new CommitGuard(ReportedBefore, GuardKind.Equal, once, "r", before));
            plan.Effects.AddRange(Write(shard, record, once, now));
            var hash = ByteString.CopyFrom(SHA256.HashData(record.ToByteArray()));
            var action = new ActionRecorded { Action = "report.filed", ObjectId = record.ReportId, Actor = key, TenantId = tenant, ContentHash = hash };
            if (await actions.RecordAsync(shard, action, null, plan.Guards, plan.Effects) is null)
            {
                return ReportOutcomes.Receipt(record, null, null, now);
            }
        }
    }

    /// <summary>A report, or null.</summary>
    public async Task<StoredReport?> FindAsync(string reportId)
    {
        if (keys.ShardOfId(reportId, 'r') is not { } shard)
        {
            return null;
        }

        var row = await Database.HashGetAsync(KeySpace.Report(shard, reportId), ["r", "o"]);
        if (row[0].IsNull)
        {
            return null;
        }

        var conclusion = row[1].IsNull ? null : ReportConclusion.Parser.ParseFrom((byte[])row[1]!); // looked at, as the record was
        return new StoredReport(ReportRecord.Parser.ParseFrom((byte[])row[0]!), conclusion);
    }

    /// <summary>What the reporter may know of a report now.</summary>
    public async Task<Report> ReceiptAsync(StoredReport stored) => (await ReadAsync(stored)).Report;

    /// <summary>A report with all that reviewers see of it.</summary>
    public async Task<FiledReport> ReadAsync(StoredReport stored)
    {
        var record = stored.Record;
        var taskId = stored.Conclusion is null ? await TaskOfAsync(record) : "";
        if (stored.Conclusion is null && taskId.Length == 0 && await FindAsync(record.ReportId) is { Conclusion: not null } ended)
        {
            stored = ended; // between the two reads
        }

        var task = taskId.Length > 0 ? await queue.FindAsync(taskId) : null;
        var conclusion = stored.Conclusion;
        if (conclusion is null && task is { State: TaskStates.Done })
        {
            // It is decided, and the projector has not come by: the outcome follows from the decision all the same.
            conclusion = ReportOutcomes.Of(await decisions.FindAsync(record.TenantId, task.DecisionId), ReportEnd.Decided, time.GetUtcNow());
        }

        return new FiledReport
        {
            Report = ReportOutcomes.Receipt(record, conclusion, task, time.GetUtcNow()),
            ReporterId = record.ReporterId,
            Explanation = record.Explanation,
            TrustedFlaggerId = record.TrustedFlaggerId,
            AccountId = record.AccountId,
            Revision = record.Revision,
            TaskId = conclusion is null ? taskId : "",
        };
    }

    /// <summary>A page of a tenant's reports, newest first, all of them or those about a post.</summary>
    public async Task<(IReadOnlyList<StoredReport> Reports, string NextToken)> ListAsync(string tenant, string post, string token, int size)
    {
        var page = post.Length == 0
            ? await index.PageAsync('r', index.Everywhere, s => KeySpace.Reports(s, tenant), token, size)
            : await decisions.FindAccountAsync(tenant, post) is { } account
                ? await index.PageAsync('r', [keys.ShardOf(tenant, account)], s => KeySpace.ReportsOf(s, tenant, post), token, size)
                : ([], false);
        var reports = await Task.WhenAll(page.Ids.Select(FindAsync));
        return ([.. reports.OfType<StoredReport>()], RecordIndexStore.TokenOf(page));
    }

    /// <summary>Ends a report that waits for a task, and tells the platform; once, whoever else does the same.</summary>
    public async Task ConcludeAsync(string reportId, string taskId, Decision? decision, ReportEnd end)
    {
        if (await FindAsync(reportId) is not { Conclusion: null } stored)
        {
            return;
        }

        var (record, now) = (stored.Record, time.GetUtcNow());
        var conclusion = ReportOutcomes.Of(decision, end, now);
        if (end == ReportEnd.Decided)
        {
            // First, because it changes nothing when it is done again; after a crash in between it is.
            await reporters.CountAsync(record.TenantId, record.ReporterId, reportId, conclusion.State == ReportState.Acted, now);
        }

        var shard = keys.ShardOf(record.TenantId, record.AccountId);
        var waiting = KeySpace.Waiting(shard, record.TenantId, record.PostId);
        var action = new ActionRecorded { Action = "report.decided", ObjectId = reportId, Actor = "enforcement", TenantId = record.TenantId };
        var happened = new WatchDecisionsResponse { EventId = "report:" + reportId, ReportDecided = ReportOutcomes.EventOf(record, conclusion) };
        await actions.RecordAsync(
            shard, action, happened, [new(EndedBefore, GuardKind.Equal, waiting, reportId, taskId)],
            [new("HDEL", waiting, reportId), new("HSET", KeySpace.Report(shard, reportId), "o", conclusion.ToByteArray())]);
    }

    /// <summary>What a report asks for, to be asked again about another revision; null when it is not there any more.</summary>
    public async Task<TaskCall?> CallOfAsync(string reportId, ReviewTaskRecord from)
        => await FindAsync(reportId) is { } stored
            // What the task was worth with its reports, the next one is worth.
            ? CallOf(
                stored.Record, TimeSpan.FromMilliseconds(from.RankBonusMs),
                stored.Record.TrustedFlaggerId.Length > 0 && from.RankBonusMs >= ReportPriority.Preferred.TotalMilliseconds, "")
            : null;

    /// <summary>The reports that a task answers: those of trusted flaggers first, and how many there are, counted to a limit.</summary>
    public async Task<(IReadOnlyList<FiledReport> Reports, int Count)> OfTaskAsync(ReviewTaskRecord task, int most, int countTo)
    {
        var (found, count) = (new List<StoredReport>(), 0);
        await foreach (var source in closed.AttachedAsync(keys.ShardOf(task.TenantId, task.AccountId), task.TenantId, task.PostId, task.TaskId))
        {
            if (source[0] != 'r' || count == countTo)
            {
                continue;
            }

            count++;
            if (await FindAsync(source) is { } stored && (found.Count < most || stored.Record.TrustedFlaggerId.Length > 0))
            {
                found.Add(stored);
            }
        }

        var shown = found.OrderBy(r => r.Record.TrustedFlaggerId.Length == 0).ThenBy(r => r.Record.ReportId, StringComparer.Ordinal).Take(most);
        return (await Task.WhenAll(shown.Select(ReadAsync)), count);
    }

    private static TaskCall CallOf(ReportRecord record, TimeSpan bonus, bool trusted, string text)
        => new(record.TenantId, record.AccountId, record.PostId, record.ReportId, ReviewTaskKind.Report, record.Category, bonus, trusted) { Text = text };

    private static ReportRecord Make(string tenant, string account, FileReportRequest request, PostView view, int shard, DateTimeOffset now) => new()
    {
        ReportId = KeySpace.MintId('r', shard, now),
        TenantId = tenant,
        PostId = request.PostId,
        AccountId = account,
        Revision = Math.Max(1, view.Revision),
        ReporterId = request.ReporterId,
        Category = request.Category,
        Explanation = request.Explanation,
        TrustedFlaggerId = request.TrustedFlaggerId,
        CreateTime = Timestamp.FromDateTimeOffset(now),
        Nonce = DecisionStore.NewNonce(),
    };

    private static IEnumerable<CommitEffect> Write(int shard, ReportRecord record, string once, DateTimeOffset now)
    {
        var (key, kept) = (KeySpace.Report(shard, record.ReportId), (long)Kept.TotalMilliseconds);
        yield return new CommitEffect("HSET", key, "r", record.ToByteArray());
        yield return new CommitEffect("PEXPIRE", key, kept);
        // It only has to outlive the 24 hours, which are counted by the report's own time.
        yield return new CommitEffect("HSET", once, "r", record.ReportId);
        yield return new CommitEffect("PEXPIRE", once, (long)(Once * 2).TotalMilliseconds);
        var ofPost = KeySpace.ReportsOf(shard, record.TenantId, record.PostId);
        foreach (var effect in RecordIndexStore.Add(KeySpace.Reports(shard, record.TenantId), record.ReportId, now, Kept)
            .Concat(RecordIndexStore.Add(ofPost, record.ReportId, now, Kept)))
        {
            yield return effect;
        }

        yield return new CommitEffect("PEXPIRE", ofPost, kept);
    }

    private Task<string> TaskOfAsync(ReportRecord record)
        => closed.TaskOfAsync(keys.ShardOf(record.TenantId, record.AccountId), record.TenantId, record.PostId, record.ReportId);
}

/// <summary>A report and how it ended.</summary>
/// <param name="Record">As filed.</param>
/// <param name="Conclusion">How it ended; null until then.</param>
internal sealed record StoredReport(ReportRecord Record, ReportConclusion? Conclusion);
