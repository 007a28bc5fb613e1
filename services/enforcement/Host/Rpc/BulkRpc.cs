using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Bulk;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Policies;
using Moderation.Enforcement.Host.Review;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

/// <summary>One verdict on many decisions. One RPC a file.</summary>
internal sealed partial class BulkRpc(BulkDesk desk, BulkJobStore jobs, PolicyCatalogue policies, TimeProvider time) : BulkService.BulkServiceBase
{
    private const int LargestSample = 100;
    private const int DefaultSample = 10;
    private const int LongestEvidence = 200;
    private static readonly TimeSpan LongestRange = TimeSpan.FromDays(214);

    private static Moderator ModeratorOf(ServerCallContext context)
    {
        var caller = Caller.Of(context);
        return new Moderator(caller.Subject, caller.Roles.Contains(Role.Lead));
    }

    private BulkWish WishOf(string tenant, BulkSelection? selection, Contracts.V1.Verdict? verdict, ServerCallContext context)
    {
        // Measures about posts are right here; where a decision is about an account alone, they are refused for that one.
        var by = ModeratorOf(context);
        var read = VerdictRules.Check(verdict, "verdict", policies.Live, by, aboutPost: true, time.GetUtcNow());
        return new BulkWish(tenant, selection!, verdict!, read, by); // both were required before
    }

    private static void RequireSelection(BulkSelection? selection, FieldViolations violations)
    {
        switch (selection?.ByCase)
        {
            case BulkSelection.ByOneofCase.Evidence:
                RequireEvidence(selection.Evidence, "selection.evidence", violations);
                break;
            case BulkSelection.ByOneofCase.AccountId:
                violations.RequireId(selection.AccountId, "selection.account_id");
                break;
            case BulkSelection.ByOneofCase.Rule:
                var (start, end) = (selection.Rule.StartTime?.ToDateTimeOffset(), selection.Rule.EndTime?.ToDateTimeOffset());
                violations.RequireId(selection.Rule.RuleId, "selection.rule.rule_id");
                violations.Require(start is not null, "selection.rule.start_time", "is required");
                violations.Require(
                    end is not null && start is not null && end > start && end - start <= LongestRange, "selection.rule.end_time",
                    $"must be after start_time, by {LongestRange.Days} days at most");
                break;
            default:
                violations.Add("selection", "must be by evidence, rule or account_id");
                break;
        }
    }

    // It becomes part of a cause and of a key, so it holds nothing that ids do not, but for the slash between bank and entry.
    private static void RequireEvidence(string evidence, string field, FieldViolations violations)
    {
        var parts = evidence.StartsWith("claim:", StringComparison.Ordinal) ? [evidence["claim:".Length..]] : evidence.Split('/');
        var right = evidence.Length <= LongestEvidence && parts.Length == (evidence.StartsWith("claim:", StringComparison.Ordinal) ? 1 : 2)
            && parts.All(p => p.Length > 0 && p.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or ':' or '-'));
        violations.Require(right, field, "must be <bank>/<entry> or claim:<id>");
    }

    private static void RequireBulkVerdict(Contracts.V1.Verdict? verdict, FieldViolations violations)
        => violations.Require(
            verdict is null || verdict.Measures.All(m => m.Kind != Contracts.V1.MeasureKind.TerminateAccount), "verdict.measures",
            "must not hold TERMINATE_ACCOUNT: accounts are ended one at a time");

    private static void RequireSample(int size, FieldViolations violations)
        => violations.Require(size is >= 0 and <= LargestSample, "sample_size", $"must be 1..{LargestSample}, or 0 for {DefaultSample}");

    private void RequireCap(int cap, FieldViolations violations)
        => violations.Require(cap >= 1 && cap <= desk.LargestCap, "cap", $"must be at least the number of decisions that the preview counted, and 1..{desk.LargestCap}");

    private async Task<BulkJob> FindAsync(string jobId, ServerCallContext context)
        => await jobs.FindAsync(jobId) is { } record && Caller.Of(context).MayAct(record.Job.TenantId)
            ? record.Job
            : throw RpcErrors.Create(ErrorReason.BulkJobNotFound, ("job_id", jobId));
}
