using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Review;
using Moderation.Enforcement.Host.Standing;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Appeals;

/// <summary>Appeals: filed here, decided by the commit of the decision about them.</summary>
internal sealed class AppealStore(
    RedisConnectionStore redis, KeySpace keys, DecisionStore decisions, StandingLedger ledgers, ReviewTasks tasks, ActionStore actions,
    IOptions<RetentionOptions> retention, TimeProvider time)
{
    private const string AppealedBefore = "appealed";
    private const string OpenState = "open";
    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>Files an appeal, once for each measure.</summary>
    public async Task<Appeal> FileAsync(string tenant, string key, FileAppealRequest request)
    {
        var about = await decisions.FindRecordAsync(request.DecisionId);
        if (about is null || about.Decision.TenantId != tenant)
        {
            throw RpcErrors.Create(ErrorReason.DecisionNotFound, ("decision_id", request.DecisionId));
        }

        var decision = about.Decision;
        var shard = keys.ShardOf(tenant, decision.AccountId);
        while (true)
        {
            if (await FindFiledAsync(shard, request) is { } filed)
            {
                return filed;
            }

            await RequireAppealableAsync(request, decision);
            var now = time.NowToStore();
            var (record, task) = Make(request, about, shard, now);
            var (appealKey, ofDecision) = (KeySpace.Appeal(shard, record.Appeal.AppealId), KeySpace.AppealsOf(shard, decision.DecisionId));
            var number = request.MeasureNumber.ToString(CultureInfo.InvariantCulture);
            List<CommitEffect> effects =
            [
                new("HSET", appealKey, "r", record.ToByteArray(), "s", OpenState),
                new("PEXPIRE", appealKey, (long)retention.Value.Appeal.TotalMilliseconds),
                new("HSET", ofDecision, number, record.Appeal.AppealId),
                new("PEXPIRE", ofDecision, (long)retention.Value.Appeal.TotalMilliseconds),
                // Who decided is barred for good: the script that leases asks nothing else.
                .. ReviewTasks.Open(shard, task, DecidedBy(about)),
            ];
            var action = new ActionRecorded { Action = "appeal.filed", ObjectId = record.Appeal.AppealId, Actor = key, TenantId = tenant };
            CommitGuard[] guards =
            [
                new(AppealedBefore, GuardKind.Equal, ofDecision, "0", ""), new(AppealedBefore, GuardKind.Equal, ofDecision, number, ""),
            ];
            if (await actions.RecordAsync(shard, action, null, guards, effects) is null)
            {
                return record.Appeal;
            }
        }
    }

    /// <summary>An appeal, or null.</summary>
    public async Task<AppealRecord?> FindAsync(string appealId)
    {
        if (keys.ShardOfId(appealId, 'a') is not { } shard)
        {
            return null;
        }

        var row = await Database.HashGetAsync(KeySpace.Appeal(shard, appealId), "r");
        return row.IsNull ? null : AppealRecord.Parser.ParseFrom((byte[])row!);
    }

    // Whatever way they came: by review, with all who voted, or directly, or in bulk.
    private static IEnumerable<string> DecidedBy(DecisionRecord about)
        => about.Verdict is { } verdict ? verdict.Reviewers.Append(verdict.Person).Distinct(StringComparer.Ordinal) : [];

    /// <summary>The effects by which a decision about an appeal ends it.</summary>
    public static IEnumerable<CommitEffect> Decide(int shard, AppealRecord record, DecisionRecord? about, Decision decision, DateTimeOffset now)
    {
        var decided = record.Clone();
        decided.Appeal.State = StateOf(record.Appeal.MeasureNumber, about, decision);
        decided.Appeal.OutcomeDecisionId = decision.DecisionId;
        decided.Appeal.DecideTime = Timestamp.FromDateTimeOffset(now);
        var key = KeySpace.Appeal(shard, record.Appeal.AppealId);
        yield return new CommitEffect("HSET", key, "r", decided.ToByteArray(), "s", "decided");
    }

    /// <summary>What became of the measures appealed against.</summary>
    internal static AppealState StateOf(int number, DecisionRecord? about, Decision decision)
    {
        var measures = about?.Decision.Measures ?? [];
        var challenged = measures.Where((m, i) => number == 0 ? !m.FromLadder : number == i + 1).ToList();
        var untouched = measures.Except(challenged).ToList();
        return challenged.TrueForAll(c => decision.Measures.Any(m => m.Kind == c.Kind && m.Category == c.Category)) ? AppealState.Upheld
            : decision.Measures.All(m => untouched.Exists(u => u.Kind == m.Kind && u.Category == m.Category)) ? AppealState.Overturned
            : AppealState.Modified;
    }

    private async Task<Appeal?> FindFiledAsync(int shard, FileAppealRequest request)
    {
        var rows = await Database.HashGetAllAsync(KeySpace.AppealsOf(shard, request.DecisionId));
        var number = request.MeasureNumber.ToString(CultureInfo.InvariantCulture);
        var found = rows.FirstOrDefault(r => r.Name == "0" || r.Name == number || request.MeasureNumber == 0);
        return found.Name.IsNull ? null : (await FindAsync(found.Value.ToString()))?.Appeal;
    }

    private async Task RequireAppealableAsync(FileAppealRequest request, Decision decision)
    {
        var end = decision.CreateTime.ToDateTimeOffset().AddMonths(StatementBuilder.AppealMonths);
        if (time.GetUtcNow() > end)
        {
            throw RpcErrors.Create(
                ErrorReason.AppealTooLate, ("decision_id", decision.DecisionId), ("appeal_end_time", end.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)));
        }

        var entry = (await ledgers.ReadAsync(decision.TenantId, decision.AccountId)).Find(decision.DecisionId);
        var number = request.MeasureNumber;
        // A measure that has ended by itself can still be appealed against: its strike counts.
        var stands = entry is not null && number <= entry.Measures.Length
            && (entry.Strike is { RevertTime: null } || entry.Measures.Where((m, i) => number == 0 || number == i + 1).Any(m => m.RevertTime is null));
        if (!stands || decision.Cause.StartsWith("appeal:", StringComparison.Ordinal))
        {
            throw RpcErrors.Create(
                ErrorReason.NothingToAppeal, ("decision_id", decision.DecisionId), ("measure_number", number.ToString(CultureInfo.InvariantCulture)));
        }
    }

    private (AppealRecord Record, ReviewTaskRecord Task) Make(FileAppealRequest request, DecisionRecord about, int shard, DateTimeOffset now)
    {
        var decision = about.Decision;
        var challenged = request.MeasureNumber == 0 ? decision.Measures[0] : decision.Measures[request.MeasureNumber - 1];
        var id = KeySpace.MintId('a', shard, now);
        var severity = decision.Reasons.Where(r => r.Category == challenged.Category).Select(r => r.Severity).DefaultIfEmpty(0).Max();
        var task = tasks.Make(
            ReviewTaskKind.Appeal, decision, challenged.Category, severity, shard, now, about.Inputs?.Facts.Reach ?? 0, about.Inputs?.Text.Language ?? "", id);
        task.MeasureNumber = request.MeasureNumber;
        var record = new AppealRecord
        {
            Appeal = new Appeal
            {
                AppealId = id,
                DecisionId = decision.DecisionId,
                MeasureNumber = request.MeasureNumber,
                State = AppealState.Open,
                CreateTime = task.CreateTime,
                DueTime = task.DueTime,
            },
            TenantId = decision.TenantId,
            AccountId = decision.AccountId,
            PostId = decision.PostId,
            Text = request.Text,
            TaskId = task.TaskId,
        };
        return (record, task);
    }
}
